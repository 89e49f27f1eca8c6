"""The one loop that waits for something."""

from __future__ import annotations

import time

import pytest

from serverless_course.waiting import until


def test_it_ends_with_the_first_look_that_is_true() -> None:
    looks = iter([None, [], ["a letter"], ["two"]])
    paused: list[float] = []
    assert until(lambda: next(looks), 60, every_s=0.7, sleep=paused.append) == ["a letter"]
    assert paused == [0.7, 0.7]


def test_what_ends_it_may_be_said() -> None:
    looks = iter([2, 1, 0, 3])
    seen = until(lambda: next(looks), 60, ends=lambda number: number == 0, sleep=lambda _: None)
    assert seen == 0


def test_it_looks_once_though_there_is_no_time_and_gives_what_it_saw_last() -> None:
    looks = iter([0, 5])
    paused: list[float] = []
    assert until(lambda: next(looks), 0, sleep=paused.append) == 0
    assert paused == []


def test_it_ends_in_time_and_tells_the_seconds_that_passed() -> None:
    told: list[float] = []
    started = time.monotonic()
    assert until(lambda: False, 0.3, every_s=0.05, tell=told.append) is False
    assert 0.3 <= time.monotonic() - started < 2
    assert told == sorted(told)
    assert all(0 <= passed < 0.3 for passed in told)
    assert told


def test_an_interruption_of_a_pause_ends_it() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        until(lambda: False, 60, sleep=interrupted)
