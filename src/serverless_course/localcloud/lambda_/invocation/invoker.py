"""Invoke: from a signed request to the function's answer, or into the event queue."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from ...cloudwatch.metrics.store import MetricStores
from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.rest_json import model
from ...wire.validation import validate
from ..api.connecting import not_running
from ..api.functions import not_ready
from ..api.not_offered import INVOKE_HEADERS, refuse
from ..environment.environment import Event, Outcome
from ..environment.environment_factory import EnvironmentFactory
from ..environment.governor.bandwidth import share_of
from ..function_version import FunctionVersion
from ..registry import Configuration, Found, FunctionRecord, Registry
from ..tracing import Segment, Tracer, undecided, untraced
from . import loop_detection
from .concurrency import RegionConcurrency
from .event_queue import EventQueue
from .fleet import IDLE_END_S, Capacity, Fleet
from .lambda_metrics import LambdaMetrics
from .lambda_namespace import RECURSIONS

MAX_SYNC_BYTES = 6_291_456
# 1 MB since October 2025; 256 KB before (Lambda quotas, read 2026-11).
MAX_EVENT_BYTES = 1_048_576
INVOCATION_PATH = "/2015-03-31/functions/"


@dataclass(frozen=True)
class Executed:
    """An invocation that ran: how it ended, which version it was, its answer's trace header."""

    outcome: Outcome
    version: FunctionVersion
    trace: str


class Invoker:
    """Finds the function version, its fleet, and runs the event there."""

    def __init__(
        self,
        registry: Registry,
        factory: EnvironmentFactory,
        tracer: Tracer,
        max_environments: int,
        account_concurrency: int,
        idle_end_s: tuple[float, float] = IDLE_END_S,
        metrics: LambdaMetrics | None = None,
    ) -> None:
        self.metrics = metrics or LambdaMetrics(MetricStores())
        self.events: EventQueue
        # Called when a function that may be Inactive was invoked.
        self.wake: Callable[[Found], None] = lambda _: None
        self._registry = registry
        self._idle_end_s = idle_end_s
        self._factory = factory
        self._tracer = tracer
        self._account_concurrency = account_concurrency
        self._capacity = Capacity(max_environments, self._end_longest_idle)
        self._fleets: dict[tuple[str, str, str], Fleet] = {}
        self._regions: dict[str, RegionConcurrency] = {}

    async def answer(self, request: Request, region: str) -> Response:
        """Answer ``POST /2015-03-31/functions/NAME/invocations``.

        Raises `ServiceError` with AWS's codes and words for everything that is refused before
        the function runs.
        """
        request_id = str(uuid.uuid4())
        name = unquote(request.path[len(INVOCATION_PATH) :].rpartition("/invocations")[0])
        qualifier = dict(parse_qsl(request.query)).get("Qualifier") if request.query else None
        kind = request.header("x-amz-invocation-type", "RequestResponse")
        log_type = request.header("x-amz-log-type", "None")
        check_call(name, qualifier, kind, log_type)
        refuse(
            {header: request.header(header.lower()) for header in INVOKE_HEADERS}, INVOKE_HEADERS
        )
        found = self._registry.find(region, name, qualifier)
        payload = check_payload(request.body, kind)
        if kind == "DryRun":
            return Response(204, {"x-amzn-RequestId": request_id})
        trace = undecided(request.header("x-amzn-trace-id"))
        if kind == "Event":
            self.serving(found)
            trace = self.events.put(found, payload, request_id, trace)
            return Response(202, {"x-amzn-RequestId": request_id, "X-Amzn-Trace-Id": trace})
        context = _client_context(request.header("x-amz-client-context"))
        trace, hops = loop_detection.next_hop(trace, found.record.arn)
        if loop_detection.is_loop(hops, found.record.recursive_loop):
            self.metrics.note(found.resource, RECURSIONS)
            raise ServiceError(
                "RecursiveInvocationException", loop_detection.STOPPED, fields={"Type": "User"}
            )
        executed = await self.run(found, payload, request_id, trace, context)
        return self._respond(executed, request_id, wants_log=log_type == "Tail")

    async def run(
        self,
        found: Found,
        payload: bytes,
        request_id: str,
        trace: str,
        client_context: str = "",
        *,
        segment: Segment | None = None,
        messages: Sequence[str] = (),
    ) -> Executed:
        """Run one event in an environment of the function, version or alias that was found.

        ``trace`` is the request's trace header; an event from the queue brings the ``segment``
        that was begun when it was accepted, and a batch the trace headers of its ``messages``.
        Raises `ServiceError`: a throttle (429), or a function that is not Active (409).
        """
        version = self.serving(found)
        segment = segment or self._tracer.begin(version, trace, request_id, messages)
        if segment is None:
            trace = untraced(trace)
            event = Event(request_id, payload, found.arn, trace, client_context)
            return Executed(await self._measured(found, version, event), version, trace)
        attempt = segment.attempt()
        event = Event(
            request_id, payload, found.arn, attempt.header, client_context, attempt.report
        )
        try:
            outcome = await self._measured(found, version, event)
        except ServiceError as error:
            attempt.refused(error.status)
            raise
        except Exception:
            attempt.refused(500)
            raise
        attempt.ended(version, outcome)
        return Executed(outcome, version, segment.header)

    async def _measured(self, found: Found, version: FunctionVersion, event: Event) -> Outcome:
        """Run an event, and count it in the function's metrics."""
        fleet = self.fleet(found.record, version)
        running = self.metrics.began(found, version, fleet.ready_provisioned)
        try:
            outcome = await fleet.invoke(event)
        except BaseException as error:
            throttled = isinstance(error, ServiceError) and error.status == 429
            self.metrics.refused(running, throttled=throttled)
            raise
        self.metrics.ended(running, outcome)
        return outcome

    def accept(self, found: Found, request_id: str, trace: str) -> Segment | None:
        """The trace segment of an event that goes into the queue; None when it is not traced."""
        version = found.configuration.serving
        if version is None:
            return None
        segment = self._tracer.begin(version, trace, request_id)
        if segment is not None:
            segment.accepted()
        return segment

    def serving(self, found: Found) -> FunctionVersion:
        """The version that this call runs: an alias with weights chooses anew each time.

        Raises `ServiceError` (409) while the function is not Active.
        """
        configuration = self._chosen(found)
        if configuration.serving is None:
            problem = not_running(configuration.members)
            self.wake(found)
            raise problem or not_ready(configuration.members["State"])
        return configuration.serving

    def room(self, found: Found) -> int:
        """How many more events of that function could begin now, without being throttled.

        Provisioned environments of all its versions count: which version runs is drawn later.
        """
        record = found.record
        ready = 0
        if record.provisioned:
            ready = sum(
                fleet.ready_provisioned
                for key, fleet in self._fleets.items()
                if key[:2] == (record.region, record.name)
            )
        return ready + self.concurrency(record.region).room(record)

    def fleet(self, record: FunctionRecord, version: FunctionVersion) -> Fleet:
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
        fleet = self.fleet(record, version)
        wanted = config["RequestedProvisionedConcurrentExecutions"]
        try:
            ready = await fleet.provision(wanted)
        except ServiceError as error:
            ready, reason = 0, error.message
        except OSError as error:
            ready, reason = 0, f"This machine has no room for another one: {error.strerror}"
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

    def _chosen(self, found: Found) -> Configuration:
        record = found.record
        alias = record.aliases.get(found.qualifier) if found.qualifier else None
        if alias is None or not alias.weights:
            return found.configuration
        other, weight = next(iter(alias.weights.items()))
        drawn = random.random() < weight  # noqa: S311 - a routing weight is no secret
        return record.versions[other if drawn else alias.version]

    def _respond(self, executed: Executed, request_id: str, *, wants_log: bool) -> Response:
        outcome, version = executed.outcome, executed.version
        usage = outcome.usage
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": request_id,
            "X-Amz-Executed-Version": version.version,
            "X-Amzn-Trace-Id": executed.trace,
            "Server-Timing": (
                f"cpu;dur={usage.cpu_ms:.2f}, held;dur={usage.held_ms:.2f}, "
                f"contended;dur={usage.waited_ms:.2f}, "
                f'share;desc="{share_of(version.memory_mb):.4f}", '
                f'governor;desc="{self._factory.governor.name}"'
            ),
        }
        if outcome.function_error:
            headers["X-Amz-Function-Error"] = outcome.function_error
        if wants_log:
            headers["X-Amz-Log-Result"] = base64.b64encode(outcome.log_tail.encode()).decode()
        return Response(200, headers, outcome.payload)


@lru_cache(maxsize=1024)
def check_call(name: str, qualifier: str | None, kind: str, log_type: str) -> None:
    """Refuse names and words that the service model does not allow; what passes is remembered."""
    given = {"FunctionName": name, "InvocationType": kind, "LogType": log_type}
    if qualifier is not None:
        given["Qualifier"] = qualifier
    validate(model().operation_model("Invoke").input_shape, given)


def check_payload(body: bytes, kind: str = "RequestResponse") -> bytes:
    """The event as the handler gets it: an absent body is an empty object.

    Raises `ServiceError` for what is too large (6 MB, or 1 MB for Event; Lambda quotas, read
    2026-11) or no JSON.
    """
    limit = MAX_EVENT_BYTES if kind == "Event" else MAX_SYNC_BYTES
    if len(body) > limit:
        raise ServiceError(
            "RequestEntityTooLargeException",
            f"{len(body)} byte payload is too large for the {kind} invocation type "
            f"(limit {limit} bytes)",
            413,
        )
    if not body:
        return b"{}"
    prefix = "Could not parse request body into json: Could not parse payload into json: "
    try:
        json.loads(body, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        bad = body[error.start]
        raise ServiceError(
            "InvalidRequestContentException", f"{prefix}Invalid UTF-8 start byte 0x{bad:02x}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ServiceError("InvalidRequestContentException", f"{prefix}{error}") from error
    return body


def _refuse_constant(name: str) -> None:
    """NaN and Infinity are Python's, and no JSON."""
    raise ValueError(f"Non-standard token '{name}'")


def _client_context(encoded: str) -> str:
    if not encoded:
        return ""
    try:
        context = base64.b64decode(encoded, validate=True).decode()
        fits = isinstance(json.loads(context), dict)
    except ValueError:
        fits = False
    if not fits:
        raise ServiceError(
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON object.",
        )
    return context
