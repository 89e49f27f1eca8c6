"""The door: every invocation passes here, whoever asks for it.

Invoke, function URLs, pollers, the event queue and other services each make an
`InvocationRequest`. Here, once for all of them: recursive loops are stopped, an alias with weights
draws its version, the trace segment begins, concurrency is permitted or throttled, and metrics
are noted. What comes back is an `InvocationResult`.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from ...wire.errors import ServiceError
from ..environment.invocation import Event, InvocationResult
from ..environment.report import XRay
from ..function_state import not_ready, not_running
from ..function_version import ACTIVE, FunctionVersion
from ..registry import Configuration, Found
from ..tracing import Segment, Tracer, untraced
from . import loop_detection
from .fleet import Permit
from .fleets import Fleets
from .lambda_metrics import LambdaMetrics
from .lambda_namespace import RECURSIONS
from .request import InvocationRequest, Received

Durable = Callable[[Received], Awaitable[InvocationResult]]


class Door:
    """``durable`` runs the executions of durable functions.

    ``wake`` is told of a function that was invoked and is not Active: it may be Inactive.
    """

    def __init__(
        self,
        fleets: Fleets,
        tracer: Tracer,
        metrics: LambdaMetrics,
        wake: Callable[[Found], None] = lambda _: None,
    ) -> None:
        self.metrics = metrics
        self.durable: Durable | None = None
        self._fleets = fleets
        self._tracer = tracer
        self._wake = wake

    def receive(self, request: InvocationRequest) -> Received:
        """Count the hop, look for a loop, draw the version, and begin the trace segment."""
        found = request.found
        incoming, hops = loop_detection.next_hop(request.trace, found.record.arn)
        loops = loop_detection.is_loop(hops, found.record.recursive_loop)
        if loops:
            self.metrics.note(found.resource, RECURSIONS)
        version = _drawn(found).serving
        segment = self._segment(request, version, incoming)
        trace = untraced(incoming) if segment is None else segment.header
        return Received(request, version, incoming, trace, segment, loops)

    def receive_again(self, received: Received, found: Found, *, keep_version: bool) -> Received:
        """An asynchronous event's next attempt. ``found`` is what its name stands for now.

        With ``keep_version`` it runs the version drawn before, if that may still be drawn.
        """
        drawn = received.version if keep_version else None
        possible = _possible(found)
        kept = [each for each in possible if drawn is not None and each.version == drawn.version]
        version = (kept[0] if kept else _drawn(found)).serving
        segment = received.segment
        request = replace(received.request, found=found)
        if segment is None and version is not None and version.tracing_mode == ACTIVE:
            segment = self._segment(request, version, received.incoming)
            if segment is not None:
                segment.accepted()
        return replace(received, request=request, version=version, segment=segment)

    def not_active(self, found: Found) -> ServiceError:
        """Why a function that is not Active is not run (409, or 502 without its network)."""
        members = next(each for each in _possible(found) if each.serving is None).members
        problem = not_running(members)
        self._wake(found)
        return problem or not_ready(members["State"])

    def permit(self, received: Received) -> Permit:
        """Count the request in its function's concurrency, before it runs.

        Whoever asks for a permit gives it to `run`, or releases it. Raises `ServiceError`: a
        recursive loop (400), `not_active`, a throttle (429) at a limit.
        """
        found, version = received.request.found, received.version
        if received.loops:
            raise loop_detection.stopped()
        if version is None:
            raise self.not_active(found)
        try:
            return self._fleets.of(found.record, version).permit()
        except ServiceError as throttle:
            self.metrics.throttled(found, version)
            if received.segment is not None:
                received.segment.refused(throttle.status)
            raise

    async def run(self, received: Received, permit: Permit | None = None) -> InvocationResult:
        """Run the request in an environment of its version.

        Raises `ServiceError` when the function was not reached: see `permit`.
        """
        if permit is None:
            permit = self.permit(received)
        request, version, segment = received.request, received.version, received.segment
        assert version is not None
        if version.durable is not None and not request.replays:
            permit.release()
            return await self.run_durable(received)
        if segment is None or version.tracing_mode != ACTIVE:
            event = _event(request, untraced(received.trace))
            return await self._measured(request.found, version, event, permit)
        attempt = segment.attempt(received.attempt)
        event = _event(request, attempt.header, attempt.report)
        try:
            result = await self._measured(request.found, version, event, permit)
        except ServiceError as error:
            attempt.refused(error.status)
            raise
        except Exception:
            attempt.refused(500)
            raise
        attempt.ended(version, result)
        return result

    async def run_durable(self, received: Received) -> InvocationResult:
        """Run a durable execution to its end: each of its invocations comes to the door again.

        It needs no permit, as its invocations have theirs. Raises `ServiceError`.
        """
        assert self.durable is not None
        if received.request.stream is not None:
            raise ServiceError(
                "InvalidParameterValueException",
                "The embedded cloud does not offer streamed responses of durable functions.",
            )
        return await self.durable(received)

    async def _measured(
        self, found: Found, version: FunctionVersion, event: Event, permit: Permit
    ) -> InvocationResult:
        """Run an event, and count it in the function's metrics."""
        running = self.metrics.began(found, version, on_provisioned=permit.is_provisioned)
        try:
            result = await permit.run(event)
        except BaseException as error:
            throttled = isinstance(error, ServiceError) and error.status == 429
            self.metrics.refused(running, throttled=throttled)
            raise
        self.metrics.ended(running, result)
        return result

    def _segment(
        self, request: InvocationRequest, version: FunctionVersion | None, trace: str
    ) -> Segment | None:
        if version is None:
            return None
        return self._tracer.begin(version, trace, request.request_id, request.messages)


def _event(request: InvocationRequest, trace: str, xray: XRay | None = None) -> Event:
    arn = request.found.arn
    context, stream = request.client_context, request.stream
    return Event(request.request_id, request.payload, arn, trace, context, xray, stream)


def _drawn(found: Found) -> Configuration:
    """The configuration that this request runs: an alias with weights chooses each time."""
    record = found.record
    alias = record.aliases.get(found.qualifier) if found.qualifier else None
    if alias is None or not alias.weights:
        return found.configuration
    other, weight = next(iter(alias.weights.items()))
    drawn = random.random() < weight  # noqa: S311 - a routing weight is no secret
    return record.versions[other if drawn else alias.version]


def _possible(found: Found) -> list[Configuration]:
    """All configurations that may be drawn."""
    record = found.record
    alias = record.aliases.get(found.qualifier) if found.qualifier else None
    if alias is None or not alias.weights:
        return [found.configuration]
    return [record.versions[number] for number in (alias.version, *alias.weights)]
