"""The attempts at an event, as the log tells them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverless_course.functions.attempts import EventLife, attempts, wait_for_attempts

ID = "11111111-2222-3333-4444-555555555555"


def line(at_s: float, text: str) -> dict[str, Any]:
    return {"timestamp": int(at_s * 1000), "message": text}


def start(at_s: float, request_id: str = ID) -> dict[str, Any]:
    return line(at_s, f"START RequestId: {request_id} Version: $LATEST\n")


def report(at_s: float, ms: float, request_id: str = ID) -> dict[str, Any]:
    return line(at_s, f"REPORT RequestId: {request_id}\tDuration: {ms:.2f} ms\tBilled …\n")


class Log:
    """A stand-in for a client of CloudWatch Logs: pages of events, one set for each look."""

    def __init__(self, *looks: list[dict[str, Any]], error: str = "") -> None:
        self.looks = list(looks)
        self.error = error
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, name: str) -> Log:
        assert name == "filter_log_events"
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        self.asked.append(asked)
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "FilterLogEvents")
        events = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [{"events": events[:2]}, {"events": events[2:]}]


def test_each_start_line_is_an_attempt_in_the_order_of_its_time() -> None:
    log = Log(
        [start(160.0), start(100.0), report(100.5, 12.5), report(160.2, 3), start(99, "other")]
    )
    found = attempts(log, "primes", ID)
    assert [(each.number, each.at_s, each.after_s) for each in found] == [
        (1, 100.0, None),
        (2, 160.0, 60.0),
    ]
    assert [each.duration_ms for each in found] == [12.5, 3.0]
    assert log.asked == [{"logGroupName": "/aws/lambda/primes", "filterPattern": f'"{ID}"'}]


def test_an_attempt_that_is_still_running_has_no_duration() -> None:
    assert [each.duration_ms for each in attempts(Log([start(1.0)]), "primes", ID)] == [None]


def test_a_log_that_is_not_there_yet_has_no_attempts() -> None:
    assert attempts(Log([], error="ResourceNotFoundException"), "primes", ID) == ()
    with pytest.raises(ClientError):
        attempts(Log([], error="AccessDeniedException"), "primes", ID)


def test_waiting_ends_with_the_number_that_was_asked_for() -> None:
    log = Log([], [start(1.0)], [start(1.0), report(1.1, 5)])
    told: list[int] = []
    found = wait_for_attempts(
        log, "primes", ID, 1, limit_s=60, tell=told.append, sleep=lambda _: None
    )
    assert [each.duration_ms for each in found] == [5.0]
    assert told == [0, 1, 1]


def test_waiting_ends_with_the_time_and_gives_what_there_is() -> None:
    found = wait_for_attempts(Log([start(1.0)]), "f", ID, 3, limit_s=0, sleep=lambda _: None)
    assert len(found) == 1


def test_a_life_tells_its_pauses_on_the_clock_of_aws() -> None:
    life = EventLife(attempts(Log([start(10.0), start(11.1), start(13.2)]), "f", ID), 60.0)
    assert [round(gap) for gap in life.gaps_s] == [66, 126]
    assert repr(life) == "3 attempts; pauses between them on AWS's clock: 66 s, 126 s."
    assert repr(EventLife((), 60.0)).endswith("none yet.")
