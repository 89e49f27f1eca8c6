"""The REPORT line: what Lambda writes at the end of every invocation.

Formats read here: text of 2019 (a blank before the tab), text of today with ``Status``,
``Error Type``, ``Restore Duration`` and an XRAY line, and the JSON log format
(``platform.report``). Source: AWS Lambda Developer Guide, runtime environment and log pages, 2019
to 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_LINE = re.compile(
    rf"^REPORT RequestId: (?P<id>{_UUID})(?P<rest>[^\n]*)(?P<after>\nXRAY [^\n]*)?", re.M
)
_FIELD = re.compile(r"\s*(?P<key>[A-Za-z][A-Za-z ]*?): (?P<value>.*)")


class NoReport(ValueError):
    """The log text holds no REPORT line."""


@dataclass(frozen=True)
class Report:
    """What the REPORT line says.

    Attributes:
        request_id: AWS request id.
        duration_ms: Duration, milliseconds of the Invoke phase.
        billed_ms: Billed Duration in milliseconds.
        memory_mb: Memory Size in MB.
        max_memory_mb: Max Memory Used in MB.
        init_ms: Init Duration in milliseconds; None for a warm invocation.
        restore_ms: Restore Duration in milliseconds (SnapStart); None without.
        status: ``"timeout"``, ``"error"`` or ``"failure"``; None when the invocation ended well
            (the text format says nothing then, the JSON format says success), and also in old
            text logs, which have no Status.
        error_type: for example ``"Runtime.ExitError"``.
        trace_id: X-Ray trace id, when the invocation was traced.
    """

    request_id: str
    duration_ms: float
    billed_ms: int
    memory_mb: int
    max_memory_mb: int
    init_ms: float | None = None
    restore_ms: float | None = None
    status: str | None = None
    error_type: str | None = None
    trace_id: str | None = None

    @classmethod
    def parse(cls, log_text: str) -> Report:
        """Read the last REPORT of a log text.

        The text may be the last 4 KB of a log (``LogType=Tail``), cut at any place before the
        REPORT.

        Raises:
            NoReport: there is none, for example because the log was cut or is not there yet.
        """
        found = _last_json(log_text) or _last_text(log_text)
        if found is None:
            raise NoReport(
                "This log holds no REPORT line. Lambda writes it at the end of an invocation; "
                "an asynchronous invocation does not return its log."
            )
        return found


def _last_text(log: str) -> Report | None:
    lines = list(_LINE.finditer(log))
    for line in reversed(lines):
        fields = _fields(line["rest"])
        xray = _fields(line["after"] or "")
        try:
            return Report(
                request_id=line["id"],
                duration_ms=_ms(fields["Duration"]),
                billed_ms=round(_ms(fields["Billed Duration"])),
                memory_mb=_mb(fields["Memory Size"]),
                max_memory_mb=_mb(fields["Max Memory Used"]),
                init_ms=_ms(fields["Init Duration"]) if "Init Duration" in fields else None,
                restore_ms=(
                    _ms(fields["Restore Duration"]) if "Restore Duration" in fields else None
                ),
                status=_ended(fields.get("Status")),
                error_type=fields.get("Error Type"),
                trace_id=xray.get("XRAY TraceId") or fields.get("XRAY TraceId"),
            )
        except (KeyError, ValueError):
            # A function may print a line that begins like a REPORT.
            continue
    return None


def _fields(text: str) -> dict[str, str]:
    found = (_FIELD.fullmatch(part.rstrip()) for part in text.split("\t"))
    return {match["key"]: match["value"].strip() for match in found if match}


def _ms(text: str) -> float:
    return float(text.removesuffix("ms").strip())


def _mb(text: str) -> int:
    return int(text.removesuffix("MB").strip())


def _ended(status: str | None) -> str | None:
    return None if status in (None, "success") else status


def _last_json(log: str) -> Report | None:
    for line in reversed(log.splitlines()):
        if '"platform.report"' not in line:
            continue
        try:
            event = json.loads(line)
            if event["type"] == "platform.report":
                return _of_record(event["record"])
        except (ValueError, KeyError, TypeError):
            # Cut by the 4 KB tail, or a line of the function's own.
            continue
    return None


def _of_record(record: Mapping[str, Any]) -> Report:
    metrics = record["metrics"]
    init, restore = metrics.get("initDurationMs"), metrics.get("restoreDurationMs")
    return Report(
        request_id=str(record["requestId"]),
        duration_ms=float(metrics["durationMs"]),
        billed_ms=round(metrics["billedDurationMs"]),
        memory_mb=int(metrics["memorySizeMB"]),
        max_memory_mb=int(metrics["maxMemoryUsedMB"]),
        init_ms=None if init is None else float(init),
        restore_ms=None if restore is None else float(restore),
        status=_ended(record.get("status")),
        error_type=record.get("errorType"),
        trace_id=_trace_id(record.get("tracing")),
    )


def _trace_id(tracing: Mapping[str, Any] | None) -> str | None:
    match = re.search(r"Root=([^;]+)", str((tracing or {}).get("value", "")))
    return match[1] if match else None
