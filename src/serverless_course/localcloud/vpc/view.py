"""The network as EC2 describes it now, and what becomes of a call in it.

A description is kept until something may have changed it: a call of EC2 or CloudFormation that
is no read, an interface of Lambda's, an experiment. So a change counts at once, also for calls
that hang: they are looked at again, as a client's packets are sent again.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from serverless_course.network import (
    Behaviour,
    Destination,
    Network,
    Path,
    Reason,
    Service,
    Source,
    UnknownResource,
    Verdict,
    travel,
)

from ..wire.http import Request
from .ec2 import Ec2
from .faults import Faults

_READS = re.compile(rb"(?:^|&)Action=(?:Describe|Get|List|Search)")
_CHANGING = frozenset({"ec2", "cloudformation"})


def may_change(request: Request, service: str) -> bool:
    """Whether a call may change the network."""
    if service not in _CHANGING:
        return False
    return _READS.search(request.body or request.query.encode()) is None


class View:
    """The networks of all regions. Everything runs on the event loop, but `changed_elsewhere`."""

    def __init__(self, ec2: Ec2) -> None:
        self.faults = Faults(self.changed)
        self._ec2 = ec2
        self._networks: dict[str, asyncio.Task[Network]] = {}
        self._change: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def changed(self) -> None:
        """Something may have changed: describe anew, and look again at what hangs."""
        self._networks.clear()
        change, self._change = self._change, None
        if change is not None and not change.done():
            change.set_result(None)

    def changed_elsewhere(self) -> None:
        """`changed`, told on another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.changed)

    async def next_change(self) -> None:
        """Wait until something may have changed."""
        if self._change is None:
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._change)

    async def path(self, region: str, source: Source, destination: Destination) -> Path:
        """Where a call goes, with the faults of experiments; an unknown source is dropped."""
        while True:
            described = await self._network(region)
            if described is not None:
                break
        failed = self.faults.failed_zones(region)
        try:
            path = travel(described, source, destination, failed)
        except UnknownResource as problem:
            verdict = Verdict(Behaviour.DROPPED, Reason.NOT_DESCRIBED, str(problem))
            return Path(source, destination, (), verdict)
        if path.verdict.delivered and self._is_disrupted(region, path):
            words = f"An experiment disrupts the connectivity of {source.subnet_id}."
            verdict = Verdict(
                Behaviour.DROPPED,
                Reason.ACL_DENIES,
                words,
                path.verdict.through,
                source.subnet_id,
            )
            return replace(path, verdict=verdict)
        return path

    async def _network(self, region: str) -> Network | None:
        """The description; None when it has become old while it was made."""
        self._loop = asyncio.get_running_loop()
        task = self._networks.get(region)
        if task is None:
            describing = asyncio.to_thread(self._described, region)
            task = self._networks[region] = asyncio.ensure_future(describing)
        try:
            found = await asyncio.shield(task)
        except Exception:
            # The next call tries again.
            if self._networks.get(region) is task:
                del self._networks[region]
            raise
        return found if self._networks.get(region) is task else None

    def _described(self, region: str) -> Network:
        return Network.of(self._ec2.describe(region))

    def _is_disrupted(self, region: str, path: Path) -> bool:
        scopes = self.faults.disrupted(region, path.source.subnet_id)
        target = path.destination
        return isinstance(target, Service) and target.name in scopes
