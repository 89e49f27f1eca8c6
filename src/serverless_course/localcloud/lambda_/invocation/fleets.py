"""All fleets: one for each function version that was invoked or has provisioned concurrency."""

from __future__ import annotations

import asyncio
import time

from ...wire.errors import ServiceError
from ...wire.exhaustion import told
from ..environment.environment_factory import EnvironmentFactory
from ..function_version import FunctionVersion
from ..registry import FunctionRecord, Registry
from .capacity import Capacity
from .concurrency import RegionConcurrency
from .fleet import IDLE_END_S, Fleet


class Fleets:
    """``max_environments`` is what this host holds at once, ``account_concurrency`` the account's
    quota in each region, ``idle_end_s`` for how long idle environments are kept, in seconds."""

    def __init__(
        self,
        registry: Registry,
        factory: EnvironmentFactory,
        max_environments: int,
        account_concurrency: int,
        idle_end_s: tuple[float, float] = IDLE_END_S,
    ) -> None:
        self._registry = registry
        self._factory = factory
        self._account_concurrency = account_concurrency
        self._idle_end_s = idle_end_s
        self._capacity = Capacity(max_environments, self._end_longest_idle)
        self._fleets: dict[tuple[str, str, str], Fleet] = {}
        self._regions: dict[str, RegionConcurrency] = {}

    def of(self, record: FunctionRecord, version: FunctionVersion) -> Fleet:
        """The fleet of a version; a changed configuration retires the one before."""
        fleet = self._fleets.get(version.key)
        if fleet is not None and (fleet.version is version or fleet.version == version):
            return fleet
        if fleet is not None:
            self._factory.later(fleet.retire())
        fleet = Fleet(
            version, record, self.concurrency(record.region), self._capacity, self._factory.build
        )
        self._fleets[version.key] = fleet
        return fleet

    def concurrency(self, region: str) -> RegionConcurrency:
        """What is busy in a region."""
        if region not in self._regions:
            self._regions[region] = RegionConcurrency(
                self._registry.region(region), self._account_concurrency
            )
        return self._regions[region]

    # what the control plane asks for

    def provision(self, record: FunctionRecord) -> None:
        """Initialise, and give up, provisioned environments as the record now says."""
        self._factory.later(self._provision(record))

    async def forget(self, region: str, name: str) -> None:
        """A function was deleted: end its environments."""
        for key in [key for key in self._fleets if key[:2] == (region, name)]:
            await self._fleets.pop(key).retire()

    async def retire(self, region: str, name: str, version: str) -> None:
        """A version was deleted: end its environments."""
        fleet = self._fleets.pop((region, name, version), None)
        if fleet is not None:
            await fleet.retire()

    # housekeeping

    async def end_idle(self) -> None:
        """End environments idle for long."""
        for fleet in list(self._fleets.values()):
            await fleet.end_idle(time.monotonic(), self._idle_end_s)

    async def close(self) -> None:
        """End every environment."""
        for fleet in self._fleets.values():
            await fleet.close()

    async def _end_longest_idle(self) -> bool:
        waiting = [
            (since, fleet)
            for fleet in self._fleets.values()
            if (since := fleet.longest_idle_since) is not None
        ]
        if not waiting:
            return False
        await min(waiting, key=lambda pair: pair[0])[1].end_longest_idle()
        return True

    async def _provision(self, record: FunctionRecord) -> None:
        if self._registry.region(record.region).functions.get(record.name) is not record:
            return
        wanted = {}
        for qualifier in record.provisioned:
            configuration = record.configuration(qualifier)
            if configuration is not None and configuration.serving is not None:
                wanted[configuration.version] = qualifier, configuration.serving
        fleets = [fleet for key, fleet in self._fleets.items() if key[:2] == record.key]
        await asyncio.gather(
            *(each.provision(0) for each in fleets if each.version.version not in wanted),
            *(self._allocate(record, *each) for each in wanted.values()),
        )

    async def _allocate(
        self, record: FunctionRecord, qualifier: str, version: FunctionVersion
    ) -> None:
        """Allocate what one configuration asks for. All of it is ready, or it has failed."""
        config = record.provisioned[qualifier]
        if config["Status"] != "IN_PROGRESS":
            return
        fleet = self.of(record, version)
        wanted = config["RequestedProvisionedConcurrentExecutions"]
        try:
            ready = await fleet.provision(wanted)
        except ServiceError as error:
            ready, reason = 0, error.message
        except OSError as error:
            ready, reason = 0, told(error).message
        else:
            reason = "FUNCTION_ERROR_INIT_FAILURE"
        if record.provisioned.get(qualifier) is not config:
            return
        if ready < wanted:
            await fleet.provision(0)
            config |= {"Status": "FAILED", "StatusReason": reason}
            return
        config |= {
            "Status": "READY",
            "AllocatedProvisionedConcurrentExecutions": ready,
            "AvailableProvisionedConcurrentExecutions": ready,
        }
