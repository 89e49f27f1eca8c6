"""The synchronous path of Invoke: from a signed request to the function's answer."""

from __future__ import annotations

import base64
import json
import secrets
import time
import uuid
from urllib.parse import parse_qsl, unquote

from .environment import Event, Outcome
from .errors import ServiceError
from .fleet import IDLE_END_S, Capacity, Fleet
from .function_version import FunctionVersion
from .governor.bandwidth import share_of
from .http import Request, Response
from .services import Services
from .workshop import Workshop

MAX_SYNC_BYTES = 6_291_456
INVOCATION_PATH = "/2015-03-31/functions/"


class Invoker:
    """Finds the function version, its fleet, and runs the event there."""

    def __init__(
        self,
        services: Services,
        workshop: Workshop,
        max_environments: int,
        idle_end_s: tuple[float, float] = IDLE_END_S,
    ) -> None:
        self._idle_end_s = idle_end_s
        self._services = services
        self._workshop = workshop
        self._capacity = Capacity(max_environments)
        self._fleets: dict[tuple[str, str, str], Fleet] = {}

    async def invoke(self, request: Request, region: str) -> Response:
        """Answer ``POST /2015-03-31/functions/NAME/invocations``.

        Raises `ServiceError` with AWS's codes and words for everything that is refused before
        the function runs.
        """
        request_id = str(uuid.uuid4())
        name = unquote(request.path[len(INVOCATION_PATH) :].rpartition("/invocations")[0])
        qualifier = dict(parse_qsl(request.query)).get("Qualifier")
        kind = request.header("x-amz-invocation-type", "RequestResponse")
        version, executed_arn = self._services.function_version(region, name, qualifier)
        payload = check_payload(request.body)
        if kind == "DryRun":
            return Response(204, {"x-amzn-RequestId": request_id})
        if kind != "RequestResponse":
            raise ServiceError(
                "InvalidParameterValueException",
                f"Invocation type {kind} is not available in this version of the embedded cloud. "
                "Use RequestResponse.",
            )
        trace_id = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Sampled=0"
        event = Event(
            request_id,
            payload,
            executed_arn,
            trace_id,
            _client_context(request.header("x-amz-client-context")),
        )
        outcome = await self.fleet(version).invoke(event)
        wants_log = request.header("x-amz-log-type") == "Tail"
        return self._respond(version, outcome, request_id, trace_id, wants_log)

    def fleet(self, version: FunctionVersion) -> Fleet:
        """The fleet of a version; a changed configuration retires the one before."""
        fleet = self._fleets.get(version.key)
        if fleet is not None and fleet.version == version:
            return fleet
        if fleet is not None:
            self._workshop.later(fleet.retire())
        fleet = Fleet(version, self._capacity, self._workshop.build)
        self._fleets[version.key] = fleet
        return fleet

    async def end_idle(self) -> None:
        """End environments idle for long, and fleets of functions that were deleted."""
        for key, fleet in list(self._fleets.items()):
            await fleet.end_idle(time.monotonic(), self._idle_end_s)
            if not self._services.has_function(key[0], key[1]):
                del self._fleets[key]
                await fleet.retire()

    async def forget(self, region: str, name: str) -> None:
        """A function was deleted: end its environments."""
        for key in [key for key in self._fleets if key[:2] == (region, name)]:
            await self._fleets.pop(key).retire()

    async def close(self) -> None:
        """End every environment."""
        for fleet in self._fleets.values():
            await fleet.close()

    def _respond(
        self,
        version: FunctionVersion,
        outcome: Outcome,
        request_id: str,
        trace_id: str,
        wants_log: bool,
    ) -> Response:
        usage = outcome.usage
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": request_id,
            "X-Amz-Executed-Version": version.version,
            "X-Amzn-Trace-Id": trace_id,
            "Server-Timing": (
                f"cpu;dur={usage.cpu_ms:.2f}, held;dur={usage.held_ms:.2f}, "
                f"contended;dur={usage.waited_ms:.2f}, "
                f'share;desc="{share_of(version.memory_mb):.4f}", '
                f'governor;desc="{self._workshop.governor.name}"'
            ),
        }
        if outcome.function_error:
            headers["X-Amz-Function-Error"] = outcome.function_error
        if wants_log:
            headers["X-Amz-Log-Result"] = base64.b64encode(outcome.log_tail.encode()).decode()
        return Response(200, headers, outcome.payload)


def check_payload(body: bytes) -> bytes:
    """The event as the handler gets it: an absent body is an empty object.

    Raises `ServiceError` for what is too large (6 MB, Lambda quotas, read 2026-11) or no JSON.
    """
    if len(body) > MAX_SYNC_BYTES:
        raise ServiceError(
            "RequestEntityTooLargeException",
            f"{len(body)} byte payload is too large for the RequestResponse invocation type "
            f"(limit {MAX_SYNC_BYTES} bytes)",
            413,
        )
    if not body:
        return b"{}"
    prefix = "Could not parse request body into json: Could not parse payload into json: "
    try:
        json.loads(body)
    except UnicodeDecodeError as error:
        bad = body[error.start]
        raise ServiceError(
            "InvalidRequestContentException", f"{prefix}Invalid UTF-8 start byte 0x{bad:02x}"
        ) from error
    except ValueError as error:
        raise ServiceError("InvalidRequestContentException", f"{prefix}{error}") from error
    return body


def _client_context(encoded: str) -> str:
    if not encoded:
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError as error:
        raise ServiceError(
            "InvalidRequestContentException", "Client context must be base64-encoded JSON"
        ) from error
