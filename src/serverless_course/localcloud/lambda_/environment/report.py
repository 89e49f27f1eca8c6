"""The platform's log lines, in AWS's words.

Source: Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle" and
"Viewing CloudWatch logs for Lambda" (read 2026); billing of the Init phase since 1 Aug 2025:
AWS Compute Blog, 29 Apr 2025.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class XRay:
    """The trace of an invocation, for those that are sampled: its id, the function segment's id,
    and the id of that segment's parent."""

    trace_id: str
    segment_id: str
    parent_id: str

    def line(self) -> str:
        """What follows REPORT within the same log event (public logs of 2019 to 2025)."""
        return f"XRAY TraceId: {self.trace_id}\tSegmentId: {self.segment_id}\tSampled: true\t\n"

    def record(self) -> dict[str, str]:
        """``tracing`` of a platform event (Lambda Telemetry API schema reference, 2026-11)."""
        value = f"Root={self.trace_id};Parent={self.parent_id};Sampled=1"
        return {"spanId": self.segment_id, "type": "X-Amzn-Trace-Id", "value": value}


def stamp(at: float) -> str:
    """A moment as events of the platform tell it; ``at`` is in seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclass(frozen=True)
class ExtensionOverhead:
    """How long extensions went on after the runtime was done. ``began`` is in seconds since the
    epoch, ``duration_ms`` in ms."""

    began: float
    duration_ms: float

    def span(self) -> dict[str, Any]:
        """The span in ``platform.report`` (Lambda Telemetry API schema reference, 2026-11)."""
        return {
            "name": "extensionOverhead",
            "start": stamp(self.began),
            "durationMs": round(self.duration_ms, 3),
        }


@dataclass(frozen=True)
class InvocationReport:
    """What REPORT tells of one invocation. Times in ms, memory in MB.

    ``extensions`` is there when extensions went on after the runtime was done; ``init_ms`` for
    the first invocation of an environment. ``status`` is "success", "error" or "timeout";
    ``error_type`` goes with "error"; ``xray`` is there when it is sampled.
    """

    request_id: str
    duration_ms: float
    memory_mb: int
    max_memory_mb: int
    init_ms: float | None = None
    status: str = "success"
    error_type: str = ""
    xray: XRay | None = None
    extensions: ExtensionOverhead | None = None

    @property
    def billed_ms(self) -> int:
        """Billed duration: duration and initialisation together, rounded up to 1 ms."""
        return math.ceil(round(self.duration_ms + (self.init_ms or 0.0), 2))

    def line(self) -> str:
        """The REPORT line in the text format."""
        parts = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration_ms:.2f} ms",
            f"Billed Duration: {self.billed_ms} ms",
            f"Memory Size: {self.memory_mb} MB",
            f"Max Memory Used: {self.max_memory_mb} MB",
        ]
        if self.init_ms is not None:
            parts.append(f"Init Duration: {self.init_ms:.2f} ms")
        if self.status != "success":
            parts.append(f"Status: {self.status}")
        if self.error_type:
            parts.append(f"Error Type: {self.error_type}")
        return "\t".join(parts) + "\t\n" + (self.xray.line() if self.xray else "")

    def record(self) -> dict[str, Any]:
        """The same as the record of a ``platform.report`` event."""
        metrics: dict[str, Any] = {
            "durationMs": round(self.duration_ms, 3),
            "billedDurationMs": self.billed_ms,
            "memorySizeMB": self.memory_mb,
            "maxMemoryUsedMB": self.max_memory_mb,
        }
        if self.init_ms is not None:
            metrics["initDurationMs"] = round(self.init_ms, 3)
        record: dict[str, Any] = {
            "requestId": self.request_id,
            "metrics": metrics,
            "status": self.status,
        }
        if self.extensions is not None:
            record["spans"] = [self.extensions.span()]
        if self.xray is not None:
            record["tracing"] = self.xray.record()
        return self._with_error_type(record)

    def done_record(
        self, produced_bytes: int, spans: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        """The record of a ``platform.runtimeDone`` event; ``produced_bytes`` is the size of the
        response (seen on AWS, 9 July 2026)."""
        metrics = {"durationMs": round(self.duration_ms, 3), "producedBytes": produced_bytes}
        record: dict[str, Any] = {"requestId": self.request_id, "status": self.status}
        if spans:
            record["spans"] = spans
        return self._with_error_type({**record, "metrics": metrics})

    def _with_error_type(self, record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "errorType": self.error_type} if self.error_type else record


def response_spans(
    given: float, first: float | None, posted: float | None, done: float
) -> list[dict[str, Any]]:
    """The spans in ``platform.runtimeDone`` of a response that was posted (as public captures of
    2024 have them; Lambda Telemetry API schema reference, 2026-11).

    All are in seconds since the epoch: when the runtime was given the event, when the first byte
    of a streamed response came, when the response was whole, when the runtime was done.
    """
    if posted is None:
        return []
    begun = posted if first is None else first
    spans = (
        ("responseLatency", given, begun),
        ("responseDuration", begun, posted),
        ("runtimeOverhead", posted, done),
    )
    return [
        {"name": name, "start": stamp(start), "durationMs": round((end - start) * 1e3, 3)}
        for name, start, end in spans
    ]


def init_report_line(duration_ms: float, phase: str, status: str, error_type: str = "") -> str:
    """INIT_REPORT, which AWS writes when initialisation failed, and for provisioned concurrency.

    How it ends when all went well AWS does not show; like REPORT it then has no Status here.
    """
    parts = [f"INIT_REPORT Init Duration: {duration_ms:.2f} ms", f"Phase: {phase}"]
    if status != "success":
        parts.append(f"Status: {status}")
    if error_type:
        parts.append(f"Error Type: {error_type}")
    return "\t".join(parts) + "\n"


def init_record(
    initialization_type: str, phase: str, status: str, error_type: str = ""
) -> dict[str, Any]:
    """The record of a ``platform.initRuntimeDone`` event, and without metrics that of a
    ``platform.initReport`` (Lambda Telemetry API schema reference, read 2026-11)."""
    record = {"initializationType": initialization_type, "phase": phase, "status": status}
    return {**record, "errorType": error_type} if error_type else record
