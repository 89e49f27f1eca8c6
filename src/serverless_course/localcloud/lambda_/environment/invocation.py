"""What an environment is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

from .governor import CpuUsage
from .report import InvocationReport, XRay
from .response_stream import ResponseStream


@dataclass(frozen=True)
class Event:
    """One event for a handler, with what the Runtime API's headers carry.

    ``stream`` takes the response while it comes; without one the whole response is the result.
    """

    request_id: str
    payload: bytes
    invoked_arn: str
    trace_id: str
    client_context: str = ""
    xray: XRay | None = None
    stream: ResponseStream | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """When the parts of an invocation began and ended, in seconds since the epoch.

    The environment has the event from ``began`` to ``released`` (frozen, or ended). The runtime
    was ``given`` it, ``posted`` its response, and ``ended`` its turn: it asked for the next event,
    or broke. It was ``ready`` before that where extensions went on. None stands for what did not
    come to pass. ``first`` is when the first byte of a streamed response came. ``init`` is Init,
    for the first invocation of an environment and for one that had to initialise it again.
    """

    began: float
    given: float | None
    posted: float | None
    ended: float
    released: float
    init: tuple[float, float] | None = None
    ready: float | None = None
    first: float | None = None


@dataclass(frozen=True)
class InvocationResult:
    """How an invocation ended, for whoever asked for it.

    ``payload`` is the function's answer or error, ``function_error`` AWS's FunctionError word
    ("" for a success), ``executed_version`` the number of the version that ran, or $LATEST.
    ``error_cause`` is what the runtime says of an error for X-Ray, as JSON, or empty.
    """

    payload: bytes
    function_error: str
    executed_version: str
    report: InvocationReport
    log_tail: str
    usage: CpuUsage
    moments: Moments
    error_cause: str = ""


@dataclass(frozen=True)
class Ending:
    """How a runtime's turn ended.

    ``status``: "ready", "exit", "timeout" or "memory"; ``error_type`` is AWS's name for it where
    the status does not say it all.
    """

    status: str
    reason: str = ""
    error_type: str = ""
