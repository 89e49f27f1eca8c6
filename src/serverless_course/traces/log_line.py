"""One log event of a function: who wrote it, at which level, for which request.

Formats: the platform's lines in text and JSON, Python's and Node.js's text lines, JSON lines of
the runtimes and of Powertools (Lambda Developer Guide, "Log and report formats", read 2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
PLATFORM = "PLATFORM"

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PLATFORM = re.compile(
    r"(?P<kind>INIT_START|INIT_REPORT|START|END|REPORT|RESTORE_START|RESTORE_REPORT|EXTENSION|TELEMETRY|"
    rf"LOGS)[ \t](?:RequestId: (?P<id>{_UUID}))?"
)
_PYTHON = re.compile(rf"\[([A-Z]+)\]\t(\S+Z)\t({_UUID})?\t?(.*)", re.S)
# An exception that nobody caught, by the Python runtime: no tab, and carriage returns for lines.
_UNCAUGHT = re.compile(r"\[([A-Z]+)\] (.*)", re.S)
# What Lambda writes of a time-out, and of a process that ended, where REPORT has no Status.
_ENDED = re.compile(rf"(?:\S+Z |RequestId: )(?P<id>{_UUID}) (?:Task timed out after|Error: )")
_NODE = re.compile(rf"(\d{{4}}-\d\d-\d\dT\S+Z)\t({_UUID}|undefined)\t([A-Z]+)\t(.*)", re.S)
_ALIASES = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_REQUEST_KEYS = ("requestId", "AWSRequestId", "function_request_id", "request_id")


@dataclass(frozen=True)
class LogLine:
    """A log event, read.

    Attributes:
        time_ms: the event's timestamp, milliseconds since the epoch.
        stream: its log stream; one execution environment writes one stream.
        level: one of LEVELS, ``"PLATFORM"`` for Lambda's own lines, "" when it tells none.
        request_id: the request it names or stands between the lines of; "" outside of any.
        message: the text, without what the columns beside it say.
        kind: of platform lines ``"START"``, ``"platform.report"`` and so on, ``"ended"`` for those
            of a time-out or a process that ended; else "".
        fields: of JSON lines, what they hold.
    """

    time_ms: int
    stream: str
    level: str
    request_id: str
    message: str
    kind: str = ""
    fields: Mapping[str, Any] | None = None


def log_lines(events: Iterable[Mapping[str, Any]]) -> list[LogLine]:
    """Read ``filter_log_events(...)["events"]``, in order of time.

    What names no request is given the one whose START came last in its stream, until its REPORT.

    Raises:
        ValueError: an event has no ``timestamp`` or no ``message``.
    """
    ordered = sorted(events, key=_place)
    current: dict[str, str] = {}
    lines: list[LogLine] = []
    for event in ordered:
        line = _read(event, current.get(str(event.get("logStreamName", "")), ""))
        if line.kind in ("START", "platform.start"):
            current[line.stream] = line.request_id
        elif (
            line.kind in ("REPORT", "platform.report")
            # The next START may stand in the same millisecond, before this.
            and current.get(line.stream) == line.request_id
        ):
            del current[line.stream]
        lines.append(line)
    return lines


def _place(event: Mapping[str, Any]) -> tuple[int, int]:
    if "timestamp" not in event or "message" not in event:
        raise ValueError(
            "A log event needs timestamp and message: pass what filter_log_events returns under "
            "'events'."
        )
    # Within a millisecond the order in which they came is kept, as Python's sort is stable, but
    # START stands first and REPORT last: what a request wrote lies between them.
    text = str(event["message"])
    last = text.startswith("REPORT") or '"platform.report"' in text
    first = text.startswith(("INIT_START", "START ", "START\t")) or '"platform.start"' in text
    return int(event["timestamp"]), 1 if last else -1 if first else 0


def _read(event: Mapping[str, Any], current: str) -> LogLine:
    time_ms, stream = int(event["timestamp"]), str(event.get("logStreamName", ""))
    text = str(event["message"]).rstrip("\n")
    if platform := _PLATFORM.match(text) or _ENDED.match(text):
        own, kind = platform["id"] or current, platform.groupdict().get("kind", "ended")
        return LogLine(time_ms, stream, PLATFORM, own, text.rstrip(), kind)
    if text.lstrip().startswith("{"):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError):
            fields = None
        if isinstance(fields, dict):
            return _of_json(fields, time_ms, stream, text, current)
    if python := _PYTHON.match(text):
        return LogLine(time_ms, stream, _level(python[1]), python[3] or current, python[4])
    if node := _NODE.match(text):
        own = current if node[2] == "undefined" else node[2]
        return LogLine(time_ms, stream, _level(node[3]), own, node[4])
    uncaught = _UNCAUGHT.match(text)
    level, rest = (_level(uncaught[1]), uncaught[2]) if uncaught else ("", text)
    return LogLine(time_ms, stream, level, current, rest if level else text)


def _of_json(fields: dict[str, Any], time_ms: int, stream: str, text: str, current: str) -> LogLine:
    kind = fields.get("type")
    if isinstance(kind, str) and kind.startswith("platform."):
        record = fields.get("record")
        own = record.get("requestId") if isinstance(record, dict) else None
        return LogLine(time_ms, stream, PLATFORM, str(own or current), text, kind, fields)
    own = next((fields[key] for key in _REQUEST_KEYS if fields.get(key)), current)
    message = fields.get("message")
    return LogLine(
        time_ms,
        stream,
        _level(fields.get("level")),
        str(own),
        message if isinstance(message, str) else text,
        "",
        fields,
    )


def _level(value: Any) -> str:
    told = str(value or "").upper()
    told = _ALIASES.get(told, told)
    return told if told in LEVELS else ""
