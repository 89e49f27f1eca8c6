"""What an invocation answers: the runtime's own result or error, or the platform's words."""

from __future__ import annotations

import json

from .invocation import Ending, Event
from .runtime_api import MAX_RESPONSE_BYTES, Posted

UNHANDLED = "Unhandled"


def answer(
    event: Event, ending: Ending, posted: Posted | None, init_error: Posted | None, timeout_s: int
) -> tuple[bytes, str]:
    """The payload, and AWS's FunctionError word ("" for a success).

    ``posted`` is what the runtime posted for this event, ``init_error`` what it posted while it
    started.
    """
    if posted is not None:
        if posted.too_large:
            text = (
                "Response payload size exceeded maximum allowed payload size "
                f"({MAX_RESPONSE_BYTES} bytes)."
            )
            return payload_of("Function.ResponseSizeTooLarge", text), UNHANDLED
        return posted.body, UNHANDLED if posted.is_error else ""
    request = f"RequestId: {event.request_id} Error: "
    if ending.status == "timeout":
        text = f"{request}Task timed out after {timeout_s:.2f} seconds"
        return payload_of("Sandbox.Timedout", text), UNHANDLED
    if init_error is not None:
        return init_error.body, UNHANDLED
    error_type = ending.error_type or "Runtime.ExitError"
    return payload_of(error_type, f"{request}{ending.reason}"), UNHANDLED


def error_type_of(ending: Ending, init_error: Posted | None) -> str:
    """The Error Type of a log line, for an environment that ended in its turn."""
    if ending.status == "memory":
        return "Runtime.OutOfMemory"
    if init_error is not None:
        return init_error.error_type or "Runtime.Unknown"
    return ending.error_type or "Runtime.ExitError"


def payload_of(error_type: str, message: str) -> bytes:
    """An error of the platform's as JSON, as AWS writes it: without blanks."""
    body = {"errorType": error_type, "errorMessage": message}
    return json.dumps(body, separators=(",", ":")).encode()
