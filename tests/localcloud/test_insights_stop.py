"""A query while it runs, and one that is stopped; and what the room of queries may know."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from running_cloud import wait_for

from serverless_course.localcloud.logs import filter_patterns as log_filter
from serverless_course.localcloud.logs import insights
from serverless_course.localcloud.logs.api.call import LogsCall
from serverless_course.localcloud.logs.api.queries import MOST_AT_ONCE, Queries
from serverless_course.localcloud.moto_seam.log_groups import LogGroup
from serverless_course.localcloud.wire.errors import ServiceError


class SlowStream:
    """Stands for moto's stream: its events are there when ``gate`` is open."""

    log_stream_name = "s"

    def __init__(self, gate: threading.Event) -> None:
        self._gate = gate

    @property
    def events(self) -> Iterator[Any]:
        self._gate.wait(10)
        return iter([SimpleNamespace(timestamp=1, event_id=1, message="m", ingestion_time=2)])


class OneGroup:
    """A region with one log group, of one slow stream."""

    def __init__(self, gate: threading.Event) -> None:
        held = SimpleNamespace(streams={"s": SlowStream(gate)})
        self._group = LogGroup("/g", "arn", 0, held)

    def log_group(self, region: str, name: str) -> LogGroup:
        return self._group

    def log_groups(self, region: str) -> list[LogGroup]:
        return [self._group]

    def metric_filters(self, region: str, group: str) -> int:
        return 0


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def queries() -> Iterator[Queries]:
    made = Queries()
    yield made
    made.close()


def call(gate: threading.Event, **parameters: Any) -> LogsCall:
    return LogsCall(parameters, "arn:aws:iam::1:user/me", "us-east-1", OneGroup(gate))


def start(queries: Queries, gate: threading.Event) -> str:
    asked = {"queryString": "fields @message", "startTime": 0, "endTime": 1, "logGroupName": "/g"}
    return str(queries.start(call(gate, **asked))["queryId"])


def status(queries: Queries, gate: threading.Event, query_id: str) -> str:
    return str(queries.results(call(gate, queryId=query_id))["status"])


def test_a_query_is_scheduled_running_and_complete(queries: Queries, gate: threading.Event) -> None:
    first, second, third = (start(queries, gate) for _ in range(3))
    wait_for(lambda: status(queries, gate, second) == "Running")
    assert queries.results(call(gate, queryId=first))["results"] == []
    assert status(queries, gate, third) == "Scheduled", "two run at once"
    listed = queries.describe(call(gate, status="Scheduled"))["queries"]
    assert [each["queryId"] for each in listed] == [third]
    gate.set()
    for query_id in (first, second, third):
        wait_for(lambda query_id=query_id: status(queries, gate, query_id) == "Complete")
    (row,) = queries.results(call(gate, queryId=third))["results"]
    assert row[0] == {"field": "@message", "value": "m"}


def test_a_stopped_query_is_cancelled(queries: Queries, gate: threading.Event) -> None:
    running, _, waiting = (start(queries, gate) for _ in range(3))
    wait_for(lambda: status(queries, gate, running) == "Running")
    for query_id in (running, waiting):
        assert queries.stop(call(gate, queryId=query_id)) == {"success": True}
    assert status(queries, gate, waiting) == "Cancelled"
    gate.set()
    wait_for(lambda: status(queries, gate, running) == "Cancelled")
    with pytest.raises(ServiceError, match="not running"):
        queries.stop(call(gate, queryId=running))
    assert status(queries, gate, waiting) == "Cancelled"


class TextGroup(OneGroup):
    """Its stream holds one event of this text."""

    def __init__(self, text: str) -> None:
        event = SimpleNamespace(timestamp=1, event_id=1, message=text, ingestion_time=2)
        stream = SimpleNamespace(log_stream_name="s", events=[event])
        self._group = LogGroup("/g", "arn", 0, SimpleNamespace(streams={"s": stream}))


@pytest.mark.parametrize(
    "query",
    [
        "filter @message like /a*a*a*a*a*a*a*a*[bc]/",
        "parse @message /(?<v>a*)(?<w>a*)(?<x>a*)(?<y>a*)(?<z>a*)[bc]/",
        "parse @message '*a*a*a*a*a*a*b' as a,b,c,d,e,f,g",
    ],
)
def test_an_expression_that_backtracks_on_and_on_ends_its_query_and_holds_nobody_up(
    queries: Queries, query: str
) -> None:
    group = TextGroup("a" * 3000 + "!")

    def asked(**parameters: Any) -> LogsCall:
        return LogsCall(parameters, "arn:aws:iam::1:user/me", "us-east-1", group)

    given = {"queryString": query, "startTime": 0, "endTime": 1, "logGroupName": "/g"}
    query_id = queries.start(asked(**given))["queryId"]
    # This very thread would not run if the expression held Python's lock.
    wait_for(lambda: queries.results(asked(queryId=query_id))["status"] == "Timeout", 20)


def test_an_expression_that_backtracks_on_and_on_in_a_filter_pattern_does_not_match() -> None:
    matches = log_filter.matcher("%a*a*a*a*a*a*a*a*[bc]%")
    assert matches("xaab")
    assert not matches("a" * 3000)


def test_a_flood_of_queries_is_refused_until_some_are_over(
    queries: Queries, gate: threading.Event
) -> None:
    ids = [start(queries, gate) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(ServiceError, match=r"Account maximum query concurrency limit of \[100\]"):
        start(queries, gate)
    gate.set()
    wait_for(lambda: status(queries, gate, ids[-1]) == "Complete", 10)
    start(queries, gate)


@pytest.mark.parametrize(
    ("room", "others"),
    [
        (insights, {"cloudwatch.metrics.nearest_rank", "regular_expression"}),
        (log_filter, {"wildcards", "regular_expression"}),
    ],
)
def test_a_pure_room_needs_the_standard_library_only(room: Any, others: set[str]) -> None:
    """``others``: the modules of its parent that it may import, pure themselves."""
    for path in Path(room.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= sys.stdlib_module_names
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert str(node.module).partition(".")[0] in sys.stdlib_module_names
            elif isinstance(node, ast.ImportFrom) and node.level > 1:
                assert node.module in others
