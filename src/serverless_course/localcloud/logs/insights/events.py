"""Log events as a query sees them: the fields that Logs Insights discovers, and new ones.

Source: CloudWatch Logs User Guide, "Supported logs and discovered fields" (read 2026-11): five
fields of every event; for Lambda ``@requestId``, ``@duration``, ``@billedDuration``, ``@type``,
``@maxMemoryUsed``, ``@memorySize``, and ``@xrayTraceId`` and ``@xraySegmentId``; of JSON the first
fragment, with periods between names, and 200 fields at most. AWS's sample queries read
``@initDuration``, too, and divide memory by 1000 * 1000: it is in bytes.
An answer of AWS's, recorded 2022-05-02, shows the fields of REPORT and START.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from .values import Timestamp, Value

MB = 1_000_000
MOST_FIELDS = 200
# So many braces are tried as the beginning of a JSON fragment.
MOST_BRACES = 8
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PLATFORM = re.compile(rf"(START|END|REPORT) RequestId: ({UUID})")
# Lines of the runtimes: Python's "[LEVEL]\ttime\tid\t", Node.js's "time\tid\tLEVEL\t".
_RUNTIME = re.compile(rf"(?:\[\w+\]\t)?\d{{4}}-\d\d-\d\dT[\d:.]+Z\t({UUID})\t")
_FIGURES = re.compile(
    r"\t(?P<name>Duration|Billed Duration|Init Duration|Memory Size|Max Memory Used): "
    r"(?P<value>[\d.]+) (?:ms|MB)"
)
_XRAY = re.compile(r"XRAY TraceId: (\S+)\tSegmentId: (\S+)")
_FIELDS = {
    "Duration": ("@duration", 1),
    "Billed Duration": ("@billedDuration", 1),
    "Init Duration": ("@initDuration", 1),
    "Memory Size": ("@memorySize", MB),
    "Max Memory Used": ("@maxMemoryUsed", MB),
}
_JSON = json.JSONDecoder()


class Event(NamedTuple):
    """A log event. Times in ms since the epoch; ``number`` puts events of one millisecond in
    their order; ``log`` is ``ACCOUNT:GROUP``."""

    timestamp: int
    number: int
    message: str
    ingestion_time: int
    log_stream: str
    log: str


# The fields that every event has.
SYSTEM_FIELDS: dict[str, Callable[[Event], Value]] = {
    "@timestamp": lambda event: Timestamp(event.timestamp),
    "@message": attrgetter("message"),
    "@logStream": attrgetter("log_stream"),
    "@log": attrgetter("log"),
    "@ingestionTime": lambda event: Timestamp(event.ingestion_time),
}


class Row:
    """An event with the fields that the query has made of it so far.

    A row without an event holds what ``stats`` has calculated.
    """

    __slots__ = ("_found", "event", "own")

    def __init__(self, event: Event | None = None, own: dict[str, Value] | None = None) -> None:
        self.event = event
        self.own: dict[str, Value] = {} if own is None else own
        self._found: dict[str, Value] | None = None

    def get(self, name: str) -> Value:
        """A field's value; None when it is missing."""
        if name in self.own:
            return self.own[name]
        event = self.event
        if event is not None:
            if name in SYSTEM_FIELDS:
                return SYSTEM_FIELDS[name](event)
            if self._found is None:
                self._found = of_message(event.message)
            if name in self._found:
                return self._found[name]
        return self._within(name) if "." in name else None

    def _within(self, name: str) -> Value:
        """A part of a field that holds JSON: ``parsed.user.id``."""
        whole, _, rest = name.partition(".")
        return part(self.own.get(whole), rest)


def part(value: Value, path: str) -> Value:
    """A part of a JSON value; None when there is none."""
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def discovered(event: Event) -> dict[str, Value]:
    """All fields of an event, by name."""
    system = {name: field(event) for name, field in SYSTEM_FIELDS.items()}
    return {**system, **of_message(event.message)}


def of_message(message: str) -> dict[str, Value]:
    """The fields that the text of a message holds."""
    line = _PLATFORM.match(message)
    if line is not None:
        found: dict[str, Value] = {"@type": line[1], "@requestId": line[2]}
        return {**found, **_of_report(message)} if line[1] == "REPORT" else found
    found = {}
    written = _RUNTIME.match(message)
    if written is not None:
        found["@requestId"] = written[1]
    if "{" in message:
        _flatten(found, "", _fragment(message))
    return found


def _of_report(message: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for figure in _FIGURES.finditer(message):
        name, unit = _FIELDS[figure["name"]]
        value = float(figure["value"]) * unit
        found[name] = int(value) if value.is_integer() else value
    traced = _XRAY.search(message)
    if traced is not None:
        found["@xrayTraceId"], found["@xraySegmentId"] = traced.groups()
    return found


def _fragment(message: str) -> Any:
    """The first JSON object in a message; an empty one when there is none."""
    start = -1
    for _ in range(MOST_BRACES):
        start = message.find("{", start + 1)
        if start < 0:
            break
        try:
            return _JSON.raw_decode(message, start)[0]
        except (ValueError, RecursionError):
            continue
    return {}


def _flatten(found: dict[str, Value], prefix: str, value: Any) -> None:
    """Put the leaves of a JSON value into ``found``; null is a missing field."""
    waiting = [(prefix, value)]
    while waiting and len(found) < MOST_FIELDS:
        name, item = waiting.pop()
        if isinstance(item, (dict, list)):
            inner = list(item.items() if isinstance(item, dict) else enumerate(item))
            for key, each in reversed(inner):
                # "@" belongs to Logs Insights; a field's own is doubled.
                own = f"@{key}" if not name and str(key).startswith("@") else str(key)
                waiting.append((f"{name}.{own}" if name else own, each))
        elif item is not None:
            found.setdefault(name, item)
