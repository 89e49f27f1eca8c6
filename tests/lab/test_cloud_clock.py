"""Waiting on the cloud's clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from serverless_course import cloud_clock
from serverless_course.aws.cloud import Cloud
from serverless_course.cloud_clock import DELAYS_S, let_pass, longest_s, wait_until


def cloud(kind: Any, factor: float) -> Cloud:
    return Cloud(kind, None, "us-east-1", "123456789012", None, factor, "a cloud")  # type: ignore[arg-type]


def test_a_minute_of_the_scaled_clock_is_a_second_at_sixty() -> None:
    assert longest_s(cloud("embedded", 60.0), 3) == 3 + DELAYS_S["embedded"]
    assert longest_s(cloud("aws", 1.0), 3) == 180 + DELAYS_S["aws"]
    started = time.monotonic()
    let_pass(cloud("embedded", 600.0), 2)
    assert 0.19 < time.monotonic() - started < 1.5


def test_waiting_gives_what_came() -> None:
    answers = iter([None, [], ["a letter"]])
    assert wait_until(cloud("embedded", 60.0), "it is there", lambda: next(answers), 1) == [
        "a letter"
    ]


def test_the_bar_is_full_when_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int, str]] = []

    @contextmanager
    def bar(total: int, text: str) -> Iterator[Callable[[int, int, str], None]]:
        yield lambda done, of, now: told.append((done, of, now))

    monkeypatch.setattr(cloud_clock, "progress", bar)
    wait_until(cloud("embedded", 60.0), "it is there", lambda: True, 1)
    assert told == [(6, 6, "")]


def test_what_does_not_come_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DELAYS_S, "embedded", 0.0)
    with pytest.raises(TimeoutError, match="within 1 minutes of AWS's clock that it is there"):
        wait_until(cloud("embedded", 600.0), "it is there", lambda: False, 1)
