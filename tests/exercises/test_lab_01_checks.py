"""Lab 01's checks of functions: fresh inputs that mean what they say, and mistakes by name."""

from __future__ import annotations

from typing import Any

import pytest

from serverless_course.exercises.checks.lab_01_why_serverless import bill, hosts
from serverless_course.exercises.verdict import State

NO_LAB: Any = None
RATE, FEE = 0.0000166667, 0.0000002


def month_usd(requests: float, memory_mb: float, billed_ms: float) -> float:
    return requests * (FEE + memory_mb / 1024 * billed_ms / 1000 * RATE)


def test_the_days_of_decide_mean_what_they_are_called() -> None:
    meant = ["lambda", "lambda", "servers", "too close", "lambda", "servers"]
    for _ in range(300):
        days = hosts._days()
        assert [hosts._right(day, low, high) for _, day, low, high in days] == meant
        assert all(0 <= rate <= 1000 for _, day, _, _ in days for rate in day)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda r, m, b: month_usd(r, m, b) - r * FEE, "request fee is missing"),
        (lambda r, m, b: month_usd(r, m, b * 1000), "Milliseconds were taken for seconds"),
        (lambda r, m, b: month_usd(r, 1024, b), "memory size is not in it"),
        (lambda r, m, b: r * FEE, "the time is missing"),
        (lambda r, m, b: month_usd(r, m * 1024, b), "Megabytes were taken"),
        (lambda r, m, b: month_usd(r, m * 1.024, b), "divided by 1,000"),
        (lambda r, m, b: 1e9, "not what the price list gives"),
        (lambda r, m, b: None, "`return` missing"),
        (12.5, "the function itself"),
        ("month_usd", "the function itself"),
    ],
)
def test_a_wrong_month_is_told_what_is_wrong_with_it(answer, says) -> None:
    verdict = bill.month.run(NO_LAB, answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message


def test_a_right_month_is_right_and_an_error_in_it_is_the_learners() -> None:
    assert bill.month.run(NO_LAB, month_usd).right
    verdict = bill.month.run(NO_LAB, lambda r, m, b: r / 0)
    assert verdict.state is State.ERROR_IN_YOUR_CODE


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda usd, hour: hour * 730 / (usd * 730 * 3600), "one server"),
        (lambda usd, hour: 2 * hour / usd, "requests an hour"),
        (lambda usd, hour: 2 * hour * 730 / usd, "requests a month"),
        (lambda usd, hour: 2 * hour / (usd * 730 * 3600), "for a whole month"),
        (lambda usd, hour: 21.7, "do not cost the same"),
        (21.7, "the function itself"),
    ],
)
def test_a_wrong_break_even_is_told_what_is_wrong_with_it(answer, says) -> None:
    verdict = hosts.break_even.run(NO_LAB, answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message


def test_a_right_break_even_is_right() -> None:
    assert hosts.break_even.run(NO_LAB, lambda usd, hour: 2 * hour / (usd * 3600)).right


def cheaper(per_second: list[float], usd_low: float, usd_high: float) -> str:
    requests = sum(per_second) / 24 * 730 * 3600
    servers = max(2, -(-max(per_second) // 40)) * 0.0208 * 730
    if requests * usd_high < servers:
        return "Lambda"
    return "servers" if requests * usd_low > servers else "too close"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda day, low, high: "Lambda", "servers"),
        (lambda day, low, high: "servers", "the other one costs less"),
        (lambda day, low, high: "too close", "same side"),
        (lambda day, low, high: cheaper(day, low, low), "cannot tell which"),
        (lambda day, low, high: cheaper([sum(day) / 24] * 24, low, high), "paid all day"),
        (lambda day, low, high: True, "returns"),
        (lambda day, low, high: None, "`return` missing"),
    ],
)
def test_a_wrong_decision_is_told_what_is_wrong_with_it(answer, says) -> None:
    for _ in range(20):
        verdict = hosts.decide.run(NO_LAB, answer)
        assert verdict.state is State.NOT_YET_RIGHT
    assert says in f"{verdict.message} {verdict.expected}"


def test_a_right_decision_is_right() -> None:
    for _ in range(20):
        assert hosts.decide.run(NO_LAB, cheaper).right
