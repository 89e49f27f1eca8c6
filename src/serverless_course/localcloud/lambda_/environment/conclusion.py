"""What is left of an invocation that has ended: its result, and its last log lines."""

from __future__ import annotations

from dataclasses import dataclass

from ..function_version import FunctionVersion
from .error_cause import error_cause
from .governor import CpuUsage
from .invocation import Ending, Event, InvocationResult, Moments
from .log_stream import LogStream
from .platform_log import PlatformLog
from .report import ExtensionOverhead
from .response import answer, report_of
from .turn import Turn


@dataclass(frozen=True)
class Measured:
    """Times in ms; ``init_ms`` is None unless it was the environment's first invocation."""

    duration_ms: float
    init_ms: float | None
    peak_bytes: int
    usage: CpuUsage
    moments: Moments


def conclude(
    event: Event,
    version: FunctionVersion,
    ending: Ending,
    turn: Turn,
    measured: Measured,
    platform: PlatformLog,
    logs: LogStream,
) -> InvocationResult:
    """Write END and REPORT, and tell how the invocation went."""
    payload, function_error = answer(event, ending, turn.posted, turn.init_error, version.timeout_s)
    overhead = None
    moments = measured.moments
    if turn.ready_at is not None and moments.given is not None:
        overhead = ExtensionOverhead(turn.ready_at, (moments.ended - turn.ready_at) * 1e3)
    report = report_of(
        event,
        version,
        ending,
        turn.init_error,
        measured.duration_ms,
        measured.init_ms,
        measured.peak_bytes,
        overhead,
    )
    times = None
    if moments.given is not None:
        times = moments.given, moments.first, moments.posted, moments.ended
    platform.end(report, turn.produced, times, was_done=overhead is not None)
    tail = logs.tail()
    logs.begin()
    told = turn.posted if turn.posted is not None else turn.init_error
    cause = error_cause(told.error_cause) if function_error and told is not None else ""
    return InvocationResult(
        payload,
        function_error,
        version.version,
        report,
        tail,
        measured.usage,
        moments,
        cause,
    )
