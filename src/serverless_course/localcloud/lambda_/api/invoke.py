"""Invoke: from a signed request to the function's answer, or into the event queue."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.rest_json import model
from ...wire.validation import validate
from ..durable.durable_config import check_synchronous, unqualified
from ..durable.executions import DurableExecutions
from ..environment.governor.bandwidth import share_of
from ..environment.invocation import InvocationResult
from ..invocation import loop_detection
from ..invocation.door import Door
from ..invocation.event_queue import EventQueue
from ..invocation.request import InvocationRequest, Received, new_request_id
from ..not_offered import INVOKE_HEADERS, refuse
from ..registry import LATEST, Found, Registry
from ..tracing import undecided
from .payload_errors import reason

MAX_SYNC_BYTES = 6_291_456
# 1 MB since October 2025; 256 KB before (Lambda quotas, read 2026-11).
MAX_EVENT_BYTES = 1_048_576
EXECUTION_NAME = "x-amz-durable-execution-name"
INVOCATION_PATH = "/2015-03-31/functions/"


class InvokeApi:
    """The operation Invoke. ``governor`` is the name of what holds environments to their CPU."""

    def __init__(
        self,
        registry: Registry,
        door: Door,
        events: EventQueue,
        governor: str,
        executions: DurableExecutions,
    ) -> None:
        self._executions = executions
        self._registry = registry
        self._door = door
        self._events = events
        self._governor = governor

    async def answer(self, request: Request, region: str) -> Response:
        """Answer ``POST /2015-03-31/functions/NAME/invocations``.

        Raises `ServiceError` with AWS's codes and words for everything that is refused before
        the function runs.
        """
        request_id = new_request_id()
        name = unquote(request.path[len(INVOCATION_PATH) :].rpartition("/invocations")[0])
        qualifier = dict(parse_qsl(request.query)).get("Qualifier") if request.query else None
        kind = request.header("x-amz-invocation-type", "RequestResponse")
        log_type = request.header("x-amz-log-type", "None")
        check_call(name, qualifier, kind, log_type)
        refuse(
            {header: request.header(header.lower()) for header in INVOKE_HEADERS}, INVOKE_HEADERS
        )
        found = self._registry.find(region, name, qualifier, told=LATEST)
        payload = check_payload(request.body, kind)
        if kind == "DryRun":
            return Response(204, {"x-amzn-RequestId": request_id})
        trace = undecided(request.header("x-amzn-trace-id"))
        if "DurableConfig" in found.configuration.members:
            return await self._start_durable(request, kind, found, payload, trace)
        if request.has_header(EXECUTION_NAME):
            raise ServiceError(
                "InvalidParameterValueException",
                "DurableExecutionName is only for durable functions.",
            )
        if kind == "Event":
            received = self._door.receive(InvocationRequest(found, payload, trace, request_id))
            if received.version is None:
                raise self._door.not_active(found)
            self._events.put(received)
            headers = {"x-amzn-RequestId": request_id, "X-Amzn-Trace-Id": received.trace}
            return Response(202, headers)
        context = client_context(request.header("x-amz-client-context"))
        received = self._door.receive(InvocationRequest(found, payload, trace, request_id, context))
        result = await self._door.run(received)
        return self._respond(received, result, wants_log=log_type == "Tail")

    async def _start_durable(
        self, request: Request, kind: str, found: Found, payload: bytes, trace: str
    ) -> Response:
        """Start a durable execution, or find the one of that name; and wait for it, or not."""
        if found.qualifier is None:
            raise unqualified()
        if kind != "Event":
            check_synchronous(found.configuration.members["DurableConfig"])
        name = request.header(EXECUTION_NAME)
        if request.has_header(EXECUTION_NAME):
            shape = model().operation_model("Invoke").input_shape
            validate(shape, {"FunctionName": found.record.name, "DurableExecutionName": name})
        request_id = new_request_id()
        asked = InvocationRequest(found, payload, trace, request_id, durable_name=name)
        received = self._door.receive(asked)
        if received.version is None:
            raise self._door.not_active(found)
        if received.loops:
            raise loop_detection.stopped()
        execution, is_new = self._executions.open(received)
        arn = {"X-Amz-Durable-Execution-Arn": execution.arn}
        if kind == "Event":
            if is_new:
                self._events.put(received)
            headers = {"x-amzn-RequestId": request_id, "X-Amzn-Trace-Id": received.trace}
            return Response(202, headers | arn)
        result = await self._executions.run(received)
        wants_log = request.header("x-amz-log-type") == "Tail"
        response = self._respond(received, result, wants_log=wants_log)
        response.headers.update(arn)
        return response

    def _respond(
        self, received: Received, result: InvocationResult, *, wants_log: bool
    ) -> Response:
        usage = result.usage
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": received.request.request_id,
            "X-Amz-Executed-Version": result.executed_version,
            "X-Amzn-Trace-Id": received.trace,
            "Server-Timing": (
                f"cpu;dur={usage.cpu_ms:.2f}, held;dur={usage.held_ms:.2f}, "
                f"contended;dur={usage.waited_ms:.2f}, "
                f'share;desc="{share_of(result.report.memory_mb):.4f}", '
                f'governor;desc="{self._governor}"'
            ),
        }
        if result.function_error:
            headers["X-Amz-Function-Error"] = result.function_error
        if wants_log:
            headers["X-Amz-Log-Result"] = base64.b64encode(result.log_tail.encode()).decode()
        return Response(200, headers, result.payload)


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
    except RecursionError as error:
        raise ServiceError("InvalidRequestContentException", f"{prefix}{error}") from error
    except ValueError as error:
        told = str(error) if isinstance(error, NoSuchToken) else reason(body) or str(error)
        raise ServiceError("InvalidRequestContentException", prefix + told) from error
    return body


class NoSuchToken(ValueError):
    """NaN and Infinity are Python's, and no JSON."""


def _refuse_constant(name: str) -> None:
    raise NoSuchToken(f"Non-standard token '{name}'")


def client_context(encoded: str) -> str:
    """The client context as JSON. Raises `ServiceError` for what is none."""
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
