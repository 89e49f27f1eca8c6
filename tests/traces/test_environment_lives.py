"""Log events tell the lives of environments, and which line belongs to which request."""

import json
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.traces.environment import environments
from serverless_course.traces.log_line import log_lines
from tests.traces.log_events import START_MS, event, invocation, json_invocation, request


def test_init_invoke_and_frozen_follow_each_other() -> None:
    events = [*invocation(1, 300, 50, init_ms=200), *invocation(2, 1000, 20)]
    (found,) = environments(events, until_ms=START_MS + 5000)
    assert [
        (phase.kind, phase.start_ms - START_MS, round(phase.milliseconds)) for phase in found.phases
    ] == [
        ("init", 100, 200),
        ("invoke", 300, 50),
        ("frozen", 350, 650),
        ("invoke", 1000, 20),
        ("frozen or gone", 1020, 3980),
    ]


def test_the_json_format_tells_the_same() -> None:
    text = environments([*invocation(1, 300, 50, init_ms=200), *invocation(2, 1000, 20)])
    told = environments([*json_invocation(1, 300, 50, init_ms=200), *json_invocation(2, 1000, 20)])
    assert told == text


def test_a_log_of_2019_without_init_start_shows_init_before_start() -> None:
    events = [
        each
        for each in invocation(1, 300, 50, init_ms=200)
        if not each["message"].startswith("INIT_START")
    ]
    (found,) = environments(events)
    assert [(phase.kind, phase.start_ms - START_MS) for phase in found.phases] == [
        ("init", 100),
        ("invoke", 300),
    ]


def test_report_lines_alone_are_enough() -> None:
    events = [each for each in invocation(1, 300, 50) if each["message"].startswith("REPORT")]
    (found,) = environments(events)
    assert [(phase.kind, phase.start_ms - START_MS) for phase in found.phases] == [("invoke", 300)]


def test_each_stream_is_an_environment_and_the_first_comes_first() -> None:
    events = [
        *invocation(1, 500, 50, stream="late"),
        *invocation(2, 300, 50, init_ms=100, stream="early"),
    ]
    assert [each.stream[-5:] for each in environments(events)] == ["early", "]late"]


def test_streams_may_be_given_by_name() -> None:
    bare = [
        {"timestamp": each["timestamp"], "message": each["message"]} for each in invocation(1, 0, 9)
    ]
    assert [each.stream for each in environments({"a": bare, "b": bare})] == ["a", "b"]


def test_an_invocation_without_a_report_is_unfinished() -> None:
    (found,) = environments(invocation(1, 0, 40)[:1], until_ms=START_MS + 70)
    assert [(phase.unfinished, phase.milliseconds) for phase in found.phases] == [(True, 70)]


def test_a_timeout_is_told() -> None:
    (found,) = environments(invocation(1, 0, 3000, status="timeout"))
    assert found.of_kind("invoke")[0].failure == "timeout"


def test_an_init_that_failed_is_told() -> None:
    line = "INIT_REPORT Init Duration: 9999.47 ms\tPhase: init\tStatus: timeout\n"
    (found,) = environments([event(10_000, line)])
    (init,) = found.of_kind("init")
    assert (init.failure, round(init.milliseconds)) == ("timeout", 9999)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 900), min_size=1, max_size=9))
def test_phases_never_overlap_and_leave_no_gap(rng: random.Random, lengths: list[int]) -> None:
    at, events = 0.0, []
    for number, length in enumerate(lengths):
        events += invocation(number, at, length * 0.7, init_ms=None if number else 33)
        at += length
    rng.shuffle(events)
    (found,) = environments(events)
    assert len(found.of_kind("invoke")) == len(lengths)
    for before, after in pairwise(found.phases):
        assert before.end_ms == after.start_ms


def test_levels_and_request_ids_are_read_from_every_format() -> None:
    own = request(1)
    lines = (
        f"[WARNING]\t2026-11-24T12:00:00.000Z\t{own}\tlow stock\n",
        f"2026-11-24T12:00:00.000Z\t{own}\tERROR\tno stock\n",
        '{"timestamp": "2026-11-24T12:00:00Z", "level": "DEBUG", "message": "x", "requestId": "r"}',
        "plain print\n",
        "[ERROR] ValueError: no tea\rTraceback (most recent call last):\r  File x",
        f"2026-11-24T12:00:03.000Z {own} Task timed out after 3.00 seconds\n\n",
    )
    found = log_lines(invocation(1, 0, 10, lines=lines))
    assert [(line.level, line.request_id, line.message.split("\t")[0][:11]) for line in found] == [
        ("PLATFORM", own, "START Reque"),
        ("WARN", own, "low stock"),
        ("ERROR", own, "no stock"),
        ("DEBUG", "r", "x"),
        ("", own, "plain print"),
        ("ERROR", own, "ValueError:"),
        ("PLATFORM", own, "2026-11-24T"),
        ("PLATFORM", own, "END Request"),
        ("PLATFORM", own, "REPORT Requ"),
    ]


def test_a_line_between_requests_belongs_to_none() -> None:
    found = log_lines([*invocation(1, 0, 10), event(50, "from a thread")])
    assert found[-1].request_id == ""


def test_what_is_no_log_event_is_refused() -> None:
    with pytest.raises(ValueError, match="filter_log_events"):
        log_lines([{"message": "x"}])


def test_an_exception_is_a_failure_though_the_report_calls_it_a_success() -> None:
    raised = {"level": "ERROR", "errorType": "KeyError", "requestId": request(2)}
    logged = {**raised, "message": "checkout failed", "requestId": request(1)}
    events = [
        *json_invocation(1, 300, 50),
        event(310, json.dumps(logged)),
        *json_invocation(2, 400, 50),
        event(410, json.dumps(raised)),
    ]
    (found,) = environments(events)
    assert [phase.failure for phase in found.of_kind("invoke")] == ["", "KeyError"]
