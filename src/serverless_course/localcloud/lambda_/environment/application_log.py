"""An application's log events in the JSON format: their level, and their timestamp.

"If you don't supply a valid timestamp" (RFC 3339) "Lambda will assign the log the level INFO and
add a timestamp for you"; "if the level is invalid or missing, Lambda assigns the log output the
level INFO". Source: Lambda Developer Guide, "Log-level filtering" and "Using JSON log format"
(2026-11). What is no JSON object is text: it counts as INFO, and is left as it is.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from ...logs.log_event import LogEvent

# The levels of events in the JSON format, the finest first.
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
INFO = LEVELS.index("INFO")
# What awslambdaric writes for two of them: Python's own names.
PYTHON_LEVELS = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
    r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)


def rank(level: str) -> int:
    """A level's place among all, 0 for the finest and for what is none."""
    return LEVELS.index(level) if level in LEVELS else 0


def wanted(events: list[LogEvent], lowest: int) -> list[LogEvent]:
    """Those at or above a level (its `rank`), each with a timestamp of its own."""
    found = []
    for event in events:
        level, stamped = _read(event)
        if level >= lowest:
            found.append(stamped)
    return found


def _read(event: LogEvent) -> tuple[int, LogEvent]:
    text = event.message
    if not text.startswith("{"):
        return INFO, event
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return INFO, event
    if not isinstance(record, dict):
        return INFO, event
    if is_rfc_3339(record.get("timestamp")):
        return _level_of(record), event
    return INFO, LogEvent(event.at_ms, _stamped(text, record, event.at_ms))


def is_rfc_3339(value: object) -> bool:
    """Whether a value is the text of a moment, as RFC 3339 writes it."""
    match = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _level_of(record: dict[str, Any]) -> int:
    level = str(record.get("level")).upper()
    level = PYTHON_LEVELS.get(level, level)
    return LEVELS.index(level) if level in LEVELS else INFO


def _stamped(text: str, record: dict[str, Any], at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"
    if "timestamp" in record:
        return json.dumps({**record, "timestamp": stamp}, ensure_ascii=False) + "\n"
    rest = text[1:].lstrip()
    separator = "" if rest.startswith("}") else ", "
    return f'{{"timestamp": "{stamp}"{separator}{rest}'
