"""The networks of functions, put together: interfaces, placement, experiments' faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ..clock import ScaledClock
from ..lambda_.function_version import FunctionVersion
from ..lambda_.registry import FunctionRecord, Registry
from ..wire.connection import Allow
from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from .ec2 import Ec2
from .eni import Eni, Surroundings
from .hyperplane import Hyperplane
from .membership import vpc_of
from .namespace import Namespaces
from .placement import Placement
from .proxy import EniProtocol
from .view import View


class FunctionNetworks:
    """What the control plane, the factory and experiments ask of functions' networks.

    ``port`` is the public endpoint's. `serve` says who answers it before the first call.
    """

    def __init__(self, ec2: Ec2, registry: Registry, clock: ScaledClock, port: int) -> None:
        self._ec2 = ec2
        self.view = View(ec2)
        self.namespaces = Namespaces()
        self.placement = Placement(self.view.faults)
        self.hyperplane = Hyperplane(
            ec2, registry, clock, self.view, isolated=self.namespaces.works
        )
        self._port = port
        self._around: Surroundings | None = None

    def serve(
        self,
        answer: Callable[[Request], Awaitable[Response]],
        action: Callable[[Request], str | None],
        allow: Allow,
    ) -> None:
        """Say who answers delivered requests, which IAM action a request asks for, and how large
        a body may be."""
        self._around = Surroundings(
            self.view,
            self.placement,
            self.namespaces,
            answer,
            action,
            allow,
            self._port,
            EniProtocol,
        )

    def eni(self, version: FunctionVersion) -> Eni | None:
        """The ENI of a new environment; None for a version without a VPC.

        Raises ENINotReadyException (502) when no interface of the version is there.
        """
        if not version.subnet_ids:
            return None
        found = self.hyperplane.of(version)
        if not found:
            raise ServiceError(
                "ENINotReadyException",
                "Lambda couldn't invoke the Lambda function because the elastic network "
                "interface (ENI) configured for its VPC connection isn't ready yet. Wait a few "
                "moments and try again.",
                502,
            )
        assert self._around is not None
        region, arn = version.region, version.qualified_arn
        chosen = found[self.placement.choose(region, arn, [each.zone for each in found])]
        return Eni(chosen, region, arn, self._around, dual_stack=version.dual_stack)

    def vpc_of(self, region: str, subnet_ids: list[str], group_ids: list[str]) -> str:
        """The one VPC of these subnets and groups; empty for none. Raises `ServiceError`."""
        return vpc_of(self._ec2, region, subnet_ids, group_ids)

    async def connect(self, region: str, function: str, vpc_config: dict[str, Any]) -> None:
        """Make what interfaces are missing for a function. Raises `NotConnected`."""
        await self.hyperplane.connect(region, function, vpc_config)

    def review(self, region: str) -> None:
        """Functions were changed or deleted: what none of them uses ends after a while."""
        self.hyperplane.review(region)

    def reclaim(self, record: FunctionRecord) -> None:
        """Take an Inactive function's interfaces away, but for those that others use."""
        self.hyperplane.reclaim(record)

    def close(self) -> None:
        """Stop all waiting; every environment has ended."""
        self.hyperplane.close()
        self.namespaces.close()
