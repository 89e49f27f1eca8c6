"""The life of execution environments, read from their logs: one environment writes one stream.

A log tells when an environment was started and what it ran. It never tells when one ended: an
environment that writes no more is frozen or gone, and nothing on AWS says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from serverless_course.traces.log_line import LogLine, log_lines

PhaseKind = Literal["init", "invoke", "frozen", "frozen or gone"]

_FIELD = r"{}: ([\d.]+) ms"
_FIELDS = {
    name: re.compile(rf"(?:^|\t| ){_FIELD.format(name)}")
    for name in ("Duration", "Init Duration", "Restore Duration")
}
_STATUS = re.compile(r"\tStatus: (\w+)")
_ERROR_TYPE = re.compile(r"\tError Type: (\S+)")
_JSON = {
    "Duration": "durationMs",
    "Init Duration": "initDurationMs",
    "Restore Duration": "restoreDurationMs",
}


@dataclass(frozen=True)
class Phase:
    """A stretch of an environment's life; times in milliseconds since the epoch.

    Attributes:
        kind: ``init``, ``invoke``, ``frozen`` between invocations, ``frozen or gone`` at the end.
        start_ms: its begin.
        end_ms: its end.
        request_id: of ``invoke``: which request.
        failure: of ``init`` and ``invoke``: ``timeout``, ``error`` or an error type; "" when well.
            An exception that the function raised is known from JSON logs only: the report calls
            such an invocation a success.
        unfinished: of ``invoke``: its REPORT is not in the log (yet).
    """

    kind: PhaseKind
    start_ms: float
    end_ms: float
    request_id: str = ""
    failure: str = ""
    unfinished: bool = False

    @property
    def milliseconds(self) -> float:
        """Its length."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Environment:
    """One execution environment: its log stream, and its phases in order."""

    stream: str
    phases: tuple[Phase, ...]

    def of_kind(self, kind: PhaseKind) -> list[Phase]:
        """Its phases of one kind."""
        return [phase for phase in self.phases if phase.kind == kind]


def environments(
    events: Iterable[Mapping[str, Any]] | Mapping[str, Iterable[Mapping[str, Any]]],
    until_ms: float | None = None,
) -> list[Environment]:
    """Read the lives of environments, the one that began first first.

    Args:
        events: ``filter_log_events(...)["events"]``; or, by log stream, what ``get_log_events``
            returns, whose events do not name their stream.
        until_ms: the end of what was looked at, in ms since the epoch; without it, the last event.

    Raises:
        ValueError: an event has no timestamp or message.
    """
    lines = log_lines(_flat(events))
    if not lines:
        return []
    by_stream: dict[str, list[LogLine]] = {}
    for line in lines:
        by_stream.setdefault(line.stream, []).append(line)
    until = float(lines[-1].time_ms) if until_ms is None else until_ms
    found = [Environment(stream, _phases(own, until)) for stream, own in by_stream.items()]
    lived = [each for each in found if each.phases]
    return sorted(lived, key=lambda each: (each.phases[0].start_ms, each.stream))


def _flat(
    events: Iterable[Mapping[str, Any]] | Mapping[str, Iterable[Mapping[str, Any]]],
) -> Iterable[Mapping[str, Any]]:
    if not isinstance(events, Mapping):
        return events
    return [
        {"logStreamName": stream, **event}
        for stream, several in events.items()
        for event in several
    ]


def _phases(lines: list[LogLine], until: float) -> tuple[Phase, ...]:
    busy: list[Phase] = []
    init_at: float | None = None
    started: dict[str, float] = {}
    raised: dict[str, str] = {}
    for line in lines:
        raised |= _raised(line)
        if line.kind in ("INIT_START", "platform.initStart", "RESTORE_START"):
            init_at = float(line.time_ms)
        elif line.kind in ("START", "platform.start"):
            started[line.request_id] = float(line.time_ms)
        elif line.kind in ("INIT_REPORT", "platform.initReport"):
            length = _number(line, "Init Duration") or _number(line, "Duration") or 0.0
            start = line.time_ms - length if init_at is None else init_at
            busy.append(Phase("init", start, start + length, failure=_failure(line)))
            init_at = None
        elif line.kind in ("REPORT", "platform.report"):
            length = _number(line, "Duration") or 0.0
            start = started.pop(line.request_id, line.time_ms - length)
            init = _number(line, "Init Duration") or _number(line, "Restore Duration")
            told = init_at is None and any(each.kind == "init" for each in busy)
            if init is not None and not told:
                begin = start - init if init_at is None else init_at
                busy.append(Phase("init", begin, min(begin + init, max(begin, start))))
            init_at = None
            failure = _failure(line) or raised.get(line.request_id, "")
            busy.append(Phase("invoke", start, start + length, line.request_id, failure))
    for request_id, start in started.items():
        busy.append(Phase("invoke", start, max(start, until), request_id, unfinished=True))
    return _with_rests(sorted(busy, key=lambda each: (each.start_ms, each.end_ms)), until)


def _with_rests(busy: list[Phase], until: float) -> tuple[Phase, ...]:
    phases: list[Phase] = []
    for phase in busy:
        if phases:
            last = phases[-1]
            if phase.start_ms > last.end_ms:
                phases.append(Phase("frozen", last.end_ms, phase.start_ms))
            elif phase.start_ms < last.end_ms:
                # Timestamps are whole milliseconds; one event at a time runs in an environment.
                phases[-1] = replace(last, end_ms=max(last.start_ms, phase.start_ms))
        phases.append(phase)
    if phases and phases[-1].end_ms < until:
        phases.append(Phase("frozen or gone", phases[-1].end_ms, until))
    return tuple(phases)


def _number(line: LogLine, field: str) -> float | None:
    if line.fields is None:
        found = _FIELDS[field].search(line.message)
        return float(found[1]) if found else None
    record = line.fields.get("record")
    metrics = record.get("metrics") if isinstance(record, dict) else None
    value = metrics.get(_JSON[field]) if isinstance(metrics, dict) else None
    return float(value) if isinstance(value, int | float) else None


def _raised(line: LogLine) -> dict[str, str]:
    """The request and the error type, when the runtime tells of an exception nobody caught.

    What a logger tells of an exception has a message, and was caught.
    """
    fields = line.fields or {}
    kind = fields.get("errorType")
    if not isinstance(kind, str) or line.kind or "message" in fields or not line.request_id:
        return {}
    return {line.request_id: kind}


def _failure(line: LogLine) -> str:
    if line.fields is None:
        kind, status = _ERROR_TYPE.search(line.message), _STATUS.search(line.message)
        return kind[1] if kind else status[1] if status and status[1] != "success" else ""
    record = line.fields.get("record")
    told = record if isinstance(record, dict) else {}
    status_text = str(told.get("status") or "")
    return str(told.get("errorType") or ("" if status_text == "success" else status_text))
