"""FilterLogEvents, GetLogEvents and TestMetricFilter.

Source: Amazon CloudWatch Logs API Reference of the three (botocore's model, read 2026-11): pages of
10,000 events or 1 MB; events of several streams interleaved by time; GetLogEvents' tokens that stay
the same at the end of a stream.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...moto_seam.log_groups import StoredEvent
from ...wire.errors import ServiceError
from ..filter_patterns import FilterPattern, InvalidPattern, filter_pattern
from .call import LogsCall
from .positions import INVALID, Position, position, read, written

PAGE_EVENTS = 10_000
PAGE_BYTES = 1024 * 1024


def filter_log_events(call: LogsCall) -> dict[str, Any]:
    """Events of a group that match a pattern, from all its streams or some."""
    given = call.parameters
    group = call.group()
    pattern = read_pattern(given.get("filterPattern", ""))
    # "Events with a timestamp later than this time are not returned": it is inclusive.
    until = given["endTime"] + 1 if "endTime" in given else math.inf
    found = group.events(given.get("startTime", 0), until, _wanted(given))
    matching = [event for event in found if pattern.values(event.message) is not None]
    forward = given.get("startFromHead", True)
    after: Position | None = None
    if "nextToken" in given:
        direction, _, place = given["nextToken"].partition("/")
        if direction not in ("f", "b"):
            raise ServiceError("InvalidParameterException", INVALID)
        forward, after = direction == "f", read(place)
    matching.sort(key=position, reverse=not forward)
    if after is not None:
        matching = [each for each in matching if _lies(forward, position(each), after)]
    page = _page(matching, given.get("limit", PAGE_EVENTS))
    token = None
    if len(page) < len(matching):
        token = f"{'f' if forward else 'b'}/{written(position(page[-1]))}"
    return {
        "events": [_filtered(event) for event in page],
        "searchedLogStreams": [],
        "nextToken": token,
    }


def get_log_events(call: LogsCall) -> dict[str, Any]:
    """Events of one stream, a page forward or backward."""
    given = call.parameters
    group = call.group()
    stream = given["logStreamName"]
    if not group.has_stream(stream):
        raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")
    found = group.events(
        given.get("startTime", 0), given.get("endTime", math.inf), lambda name: name == stream
    )
    events = sorted(found, key=position)
    limit = given.get("limit", PAGE_EVENTS)
    forward = given.get("startFromHead", False)
    before = after = (0, 0)
    if "nextToken" in given:
        direction, _, place = given["nextToken"].partition("/")
        if direction not in ("f", "b"):
            raise ServiceError("InvalidParameterException", INVALID)
        before = after = read(place)
        forward = direction == "f"
        events = [each for each in events if _lies(forward, position(each), before)]
    page = _page(events, limit) if forward else _page(events[::-1], limit)[::-1]
    if page:
        before, after = position(page[0]), position(page[-1])
    return {
        "events": [
            {
                "timestamp": event.timestamp,
                "message": event.message,
                "ingestionTime": event.ingestion_time,
            }
            for event in page
        ],
        "nextForwardToken": f"f/{written(after)}",
        "nextBackwardToken": f"b/{written(before)}",
    }


def test_metric_filter(call: LogsCall) -> dict[str, Any]:
    """Which of some messages a pattern matches, and what it takes out of them."""
    pattern = read_pattern(call.parameters["filterPattern"])
    matches = []
    for number, message in enumerate(call.parameters["logEventMessages"], 1):
        values = pattern.values(message)
        if values is not None:
            matches.append(
                {"eventNumber": number, "eventMessage": message, "extractedValues": values}
            )
    return {"matches": matches}


def read_pattern(text: str) -> FilterPattern:
    """A filter pattern. Raises `ServiceError`: InvalidParameterException in AWS's words."""
    try:
        return filter_pattern(text)
    except InvalidPattern as problem:
        raise ServiceError("InvalidParameterException", str(problem)) from problem


def _wanted(given: dict[str, Any]) -> Callable[[str], bool]:
    names, prefix = given.get("logStreamNames"), given.get("logStreamNamePrefix", "")
    if names and prefix:
        raise ServiceError(
            "InvalidParameterException",
            "logStreamNames and logStreamNamePrefix cannot be used together.",
        )
    if names:
        chosen = frozenset(names)
        return lambda name: name in chosen
    return lambda name: name.startswith(prefix)


def _page(events: Iterable[StoredEvent], limit: int) -> Sequence[StoredEvent]:
    """As many events as a page holds, one at least."""
    page: list[StoredEvent] = []
    size = 0
    for event in events:
        size += len(event.message.encode())
        if len(page) == limit or (page and size > PAGE_BYTES):
            break
        page.append(event)
    return page


def _lies(forward: bool, place: Position, mark: Position) -> bool:
    return place > mark if forward else place < mark


def _filtered(event: StoredEvent) -> dict[str, Any]:
    return {
        "logStreamName": event.stream,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingestion_time,
        "eventId": written(position(event)),
    }
