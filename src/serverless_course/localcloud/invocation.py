"""What an environment is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

from .governor import CpuUsage
from .report import InvocationReport


@dataclass(frozen=True)
class Event:
    """One event for a handler, with what the Runtime API's headers carry."""

    request_id: str
    payload: bytes
    invoked_arn: str
    trace_id: str
    client_context: str = ""


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended: the payload, AWS's FunctionError word, the report, the log."""

    payload: bytes
    function_error: str
    report: InvocationReport
    log_tail: str
    usage: CpuUsage


@dataclass(frozen=True)
class Ending:
    """How a runtime's turn ended.

    ``status``: "ready", "exit", "timeout" or "memory"; ``error_type`` is AWS's name for it where
    the status does not say it all.
    """

    status: str
    reason: str = ""
    error_type: str = ""
