"""The control plane: finds the operation a request names, and answers it."""

from __future__ import annotations

import asyncio
import inspect
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ...clock import ScaledClock
from ...moto_seam import Services
from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.rest_json import find_operation, read_parameters, write_response
from ..code_store import CodeStore
from ..durable.executions import DurableExecutions
from ..environment.runtimes import Runtimes
from ..registry import FunctionRecord, Registry
from .call import Call

# How long a function stays Pending, and an update InProgress. On AWS it is seconds, and for a
# function in a VPC minutes; here a client has to wait for it, and not long. Only a clock that runs
# more than 600 times faster than AWS's shortens it.
SETTLE_S = 0.2
SETTLE_AWS_S = 120.0
# AWS's limit for a request that carries a package, in bytes (recorded 2023-11): 50 MB in Base64.
MAX_PACKAGE_REQUEST = 70_167_211
WITH_PACKAGE = frozenset({"CreateFunction", "UpdateFunctionCode", "PublishLayerVersion"})
# What to do instead of an operation that is not offered.
INSTEAD = {
    "InvokeAsync": "It is deprecated: call Invoke with InvocationType Event.",
}


class Engine(Protocol):
    """What the control plane asks of the part that runs functions."""

    async def forget(self, region: str, name: str) -> None:
        """A function was deleted: end its environments."""

    async def retire(self, region: str, name: str, version: str) -> None:
        """A version was deleted: end its environments."""

    def provision(self, record: FunctionRecord) -> None:
        """Initialise, and give up, provisioned environments as the record now says."""


class Mappings(Protocol):
    """What the control plane asks of the pollers."""

    def start(self, region: str, uuid: str) -> None:
        """A mapping was made, enabled or changed."""

    def stop(self, region: str, uuid: str) -> None:
        """A mapping was disabled or deleted."""


class Vpc(Protocol):
    """What the control plane asks of functions' networks."""

    def vpc_of(self, region: str, subnet_ids: list[str], group_ids: list[str]) -> str:
        """The one VPC of these subnets and groups; empty for none. Raises `ServiceError`."""

    async def connect(self, region: str, function: str, vpc_config: dict[str, Any]) -> None:
        """Make what interfaces are missing for a function. Raises `NotConnected`."""

    def review(self, region: str) -> None:
        """Functions were changed or deleted: what none of them uses ends after a while."""

    def reclaim(self, record: FunctionRecord) -> None:
        """Take a function's interfaces away, but for those that others use."""


@dataclass
class ControlPlane:
    """Every operation of Lambda's API except those that invoke. Runs on the server's event loop.

    ``operations`` are the functions that answer, by the operation's name.
    """

    registry: Registry
    code: CodeStore
    services: Services
    runtimes: Runtimes
    clock: ScaledClock
    endpoint: str
    account_concurrency: int
    engine: Engine
    pollers: Mappings
    vpc: Vpc
    operations: Mapping[str, Operation]
    executions: DurableExecutions
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def answer(self, request: Request, region: str, caller: str = "") -> Response:
        """Answer one request of Lambda's API. Raises `ServiceError` for every refusal."""
        operation, fields = find_operation(request)
        handler = self.operations.get(operation.name)
        if handler is None:
            raise ServiceError(
                "UnsupportedOperationException",
                f"The embedded cloud does not offer Lambda's {operation.name}. "
                + INSTEAD.get(operation.name, "docs/lambda-api.md lists what it does offer."),
                501,
            )
        if operation.name in WITH_PACKAGE and len(request.body) >= MAX_PACKAGE_REQUEST:
            raise ServiceError(
                "RequestEntityTooLargeException",
                f"Request must be smaller than {MAX_PACKAGE_REQUEST} bytes for the "
                f"{operation.name} operation",
                413,
            )
        request_id = str(uuid.uuid4())
        parameters = read_parameters(request, operation, fields)
        call = Call(region, parameters, request_id, caller, operation.name)
        result = handler(self, call)
        if inspect.isawaitable(result):
            result = await result
        return write_response(operation, result, request_id)

    @property
    def settle_s(self) -> float:
        """Seconds that a function stays Pending, and an update InProgress."""
        return min(SETTLE_S, self.clock.real_s(SETTLE_AWS_S))

    def finish_later(self, done: Callable[[], None]) -> None:
        """Do something after the time that a function stays Pending or an update InProgress."""
        asyncio.get_running_loop().call_later(self.settle_s, done)

    def later(self, work: Any) -> None:
        """Run a coroutine in the background and keep it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


Operation = Callable[[ControlPlane, Call], dict[str, Any] | Awaitable[dict[str, Any]]]
