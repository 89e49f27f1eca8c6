"""GetLogRecord and GetLogGroupFields: the discovered fields of one event, and of a group.

Source: Amazon CloudWatch Logs API Reference of both (botocore's model, read 2026-11).
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from ...wire.errors import ServiceError
from ..insights import Timestamp, Value, discovered, text
from .call import LogsCall
from .pointers import insights_events, pointer

# "the 8 minutes before and 8 minutes after this time", or "the most recent 15 minutes".
AROUND_MS = 8 * 60_000
RECENT_MS = 15 * 60_000


def get_log_record(call: LogsCall) -> dict[str, Any]:
    """All fields of the event that a ``@ptr`` names."""
    wanted = pointer(call.parameters["logRecordPointer"])
    group = call.group(named=wanted.group)
    at = wanted.place[0]
    found = group.events(at, at + 1, lambda name: name == wanted.stream)
    for event in insights_events(group, found):
        if (event.timestamp, event.number) == wanted.place:
            return {"logRecord": {name: _plain(each) for name, each in discovered(event).items()}}
    raise ServiceError("ResourceNotFoundException", "The specified log record does not exist.")


def _plain(value: Value) -> str:
    """A value as text; times are ms since the epoch (AWS CLI reference, example of
    get-log-record, read 2026-11)."""
    return str(int(value)) if isinstance(value, Timestamp) else text(value)


def get_log_group_fields(call: LogsCall) -> dict[str, Any]:
    """The fields of a group's events, and how many of a hundred events hold each."""
    middle = call.parameters.get("time")
    now = time.time() * 1000
    since, until = now - RECENT_MS, now + 1
    if middle is not None:
        since, until = middle * 1000 - AROUND_MS, middle * 1000 + AROUND_MS
    group = call.group()
    count: Counter[str] = Counter()
    total = 0
    for event in insights_events(group, group.events(since, until)):
        total += 1
        count.update(discovered(event).keys())
    return {
        "logGroupFields": [
            {"name": name, "percent": round(100 * number / total)}
            for name, number in count.most_common()
        ]
    }
