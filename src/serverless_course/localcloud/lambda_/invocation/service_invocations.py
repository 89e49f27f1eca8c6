"""What other services bring to Lambda: events into the asynchronous queue, and runs for them.

moto's services work on worker threads; functions live on the event loop. Here is the crossing.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ...moto_seam import FunctionFailed
from ...wire.errors import ServiceError
from ..environment.invocation import InvocationResult
from ..function_version import parse_reference
from ..registry import Found, Registry
from ..tracing import undecided
from .door import Door
from .event_queue import EventQueue
from .request import InvocationRequest
from .resource_policy import allows_service

RUN_LIMIT_S = 1000.0


class ServiceInvocations:
    """Lambda as the other services see it (`services.Functions`). Made on the event loop.

    The registry is the event loop's; reading it from another thread takes single dictionary
    look-ups, which are atomic.
    """

    def __init__(self, registry: Registry, door: Door, events: EventQueue) -> None:
        self._registry = registry
        self._door = door
        self._events = events
        self._loop = asyncio.get_running_loop()

    def exists(self, arn: str) -> bool:
        """Whether there is such a function, version or alias."""
        return self._found(arn) is not None

    def allows(self, arn: str, service: str, source_arn: str) -> bool:
        """Whether a function exists and its policy lets a service invoke it for a source."""
        found = self._found(arn)
        return found is not None and allows_service(
            found.record, found.qualifier, service, source_arn
        )

    def send(self, arn: str, event: Any, service: str, source_arn: str, trace: str = "") -> None:
        """Hand an event to the asynchronous queue and return at once.

        Nothing is delivered to a function that is not there, or whose policy does not let the
        service invoke it for this source. Without a ``service`` no permission is checked.
        """
        payload = event.encode() if isinstance(event, str) else json.dumps(event).encode()
        self._loop.call_soon_threadsafe(self._put, arn, payload, service, source_arn, trace)

    def run(self, arn: str, event: Any, trace: str = "") -> None:
        """Run a function and wait for it.

        Raises `FunctionFailed` when it ends in an error, or is not reached: it is not there, not
        Active, throttled, or called in a recursive loop.
        """
        found = self._found(arn)
        if found is None:
            raise FunctionFailed(f"Function not found: {arn}")
        request = InvocationRequest(found, json.dumps(event).encode(), undecided(trace))
        work = asyncio.run_coroutine_threadsafe(self._run(request), self._loop)
        try:
            result = work.result(RUN_LIMIT_S)
        except ServiceError as refusal:
            raise FunctionFailed(f"{refusal.code}: {refusal.message}") from refusal
        if result.function_error:
            raise FunctionFailed(result.payload.decode("utf-8", "replace"))

    async def _run(self, request: InvocationRequest) -> InvocationResult:
        return await self._door.run(self._door.receive(request))

    def _put(self, arn: str, payload: bytes, service: str, source_arn: str, trace: str) -> None:
        found = self._found(arn)
        if found is None:
            return
        if service and not allows_service(found.record, found.qualifier, service, source_arn):
            return
        if found.qualifier is None and "DurableConfig" in found.configuration.members:
            # Lambda refuses the service's call: a durable function is invoked by a qualified ARN.
            return
        request = InvocationRequest(found, payload, undecided(trace))
        self._events.put(self._door.receive(request))

    def _found(self, arn: str) -> Found | None:
        reference = parse_reference(arn)
        if reference is None or reference.region is None:
            return None
        try:
            return self._registry.find(reference.region, arn)
        except ServiceError:
            return None
