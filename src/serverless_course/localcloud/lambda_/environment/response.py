"""What an invocation answers: the runtime's own result or error, or the platform's words; and what
its REPORT line tells."""

from __future__ import annotations

import json
import re

from ..function_version import FunctionVersion
from .invocation import Ending, Event
from .report import ExtensionOverhead, InvocationReport
from .runtime_api import Posted

UNHANDLED = "Unhandled"
_SHOWN = re.compile(r"(Runtime|Function)\.[A-Z][a-zA-Z]+")
MB = 1024 * 1024
# How REPORT calls the end of a turn; every other is an error.
_STATUSES = {"ready": "success", "timeout": "timeout"}


def answer(
    event: Event, ending: Ending, posted: Posted | None, init_error: Posted | None, timeout_s: int
) -> tuple[bytes, str]:
    """The payload, and AWS's FunctionError word ("" for a success).

    ``posted`` is what the runtime posted for this event, ``init_error`` what it posted while it
    started.
    """
    if posted is not None and not (posted.is_truncated and ending.status != "ready"):
        if posted.too_large:
            text = (
                "Response payload size exceeded maximum allowed payload size "
                f"({posted.limit} bytes)."
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
        return _known(init_error.error_type)
    return ending.error_type or "Runtime.ExitError"


def _known(error_type: str) -> str:
    """An error's type as log lines show it: AWS's emulator knows ``Runtime.`` and ``Function.``
    with a word behind (``fatalerror.go``), as does AWS (public logs, 2024 to 2026)."""
    if _SHOWN.search(error_type):
        return error_type
    return "Function.Unknown" if error_type.startswith("Function.") else "Runtime.Unknown"


def report_of(
    event: Event,
    version: FunctionVersion,
    ending: Ending,
    init_error: Posted | None,
    duration_ms: float,
    init_ms: float | None,
    peak_bytes: int,
    extensions: ExtensionOverhead | None = None,
) -> InvocationReport:
    """What REPORT tells of an invocation that ended.

    ``peak_bytes`` is the most memory that the environment took; what ran out of memory took all.
    """
    failed = ending.status not in ("ready", "timeout")
    used_mb = version.memory_mb if ending.status == "memory" else -(-peak_bytes // MB)
    return InvocationReport(
        event.request_id,
        duration_ms,
        version.memory_mb,
        min(used_mb, version.memory_mb),
        init_ms,
        _STATUSES.get(ending.status, "error"),
        error_type_of(ending, init_error) if failed else "",
        event.xray,
        extensions,
    )


def payload_of(error_type: str, message: str) -> bytes:
    """An error of the platform's as JSON, as AWS writes it: without blanks."""
    body = {"errorType": error_type, "errorMessage": message}
    return json.dumps(body, separators=(",", ":")).encode()
