"""What lab 06's checks say to formulas, time-outs and bursts that come out of usual mistakes.

What is deployed is tried on the embedded cloud: tests/authoring/test_wrong_answers.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import pytest

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.burst import (
    BURST,
    Seen,
    wrong_with,
)
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.courier import (
    Records,
    judged,
)
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.plan import (
    fresh_loads,
    needed,
    plan,
)
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.switch import switch
from serverless_course.exercises.feedback import EnvironmentProblem, NotYet
from serverless_course.exercises.verdict import State

NOTHING = cast("CheckedLab", None)
RECORDS = Records(count=2400, p50=7.0, p99=57.0, p995=71.3, p999=112.6, longest=180.0)


def right(per_second: int, seconds: float) -> int:
    return max(math.ceil(round(per_second * seconds, 9)), math.ceil(per_second / 10))


@pytest.mark.parametrize(
    ("load", "environments"),
    [
        ((20, 2.0), 40),
        ((21, 0.25), 6),
        ((25, 0.28), 7),  # 7.000000000000001 as a product
        ((3, 1 / 3), 1),
        ((200, 0.05), 20),
        ((205, 0.01), 21),
        ((1, 0.001), 1),
    ],
)
def test_a_load_needs_rate_times_duration_and_a_tenth_of_its_rate(
    load: tuple[int, float], environments: int
) -> None:
    assert needed(*load) == environments == right(*load)


def test_each_check_draws_other_loads_long_broken_and_short() -> None:
    drawn = [tuple(fresh_loads()) for _ in range(30)]
    assert len(set(drawn)) > 20
    for long, broken, short, rest in drawn:
        assert long[1] >= 1
        assert 0 < (broken[0] * broken[1]) % 1 < 0.5, "A product that is rounded must be wrong."
        for each in (short, rest):
            assert each[1] < 0.1
            assert each[0] * each[1] < needed(*each)
        assert 0 < rest[0] / 10 % 1 < 0.5, "A tenth that is rounded must be wrong, too."


def test_the_formula_is_right_in_each_form() -> None:
    for answer in (right, lambda r, s: float(right(r, s)), lambda r, s: str(right(r, s))):
        assert plan.run(NOTHING, answer).state is State.RIGHT


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda r, s: r * s, "Environments are whole"),
        (lambda r, s: math.floor(r * s), "Environments are whole"),
        (lambda r, s: round(r * s + 0.26), "it is not all"),
        (lambda r, s: math.ceil(r * s), "it is not all"),
        (lambda r, s: max(round(r * s), math.ceil(r / 10)), "a part of one is one more"),
        (lambda r, s: max(math.ceil(r * s), round(r / 10)), "whole here, too"),
        (lambda r, s: max(math.ceil(r * s), r / 10), "whole here, too"),
        (lambda r, s: max(math.ceil(r * s), r // 10), "whole here, too"),
        (lambda r, s: math.ceil(r * s) + math.ceil(r / 10), "the sum of two numbers"),
        (lambda r, s: r / s, "divided by the duration"),
        (lambda r, s: math.ceil(r / s), "divided by the duration"),
        (lambda r, s: r, "the rate alone"),
        (lambda r, s: math.ceil(r * s / 1000), "not in milliseconds"),
        (lambda r, s: 40, "the same number for each rate"),
        (lambda r, s: 1, "the same number for each rate"),
        (lambda r, s: 2 * right(r, s), "another number"),
        (lambda r, s: right(r, s) + 1_000, "another number"),
        (lambda r, s: None, "`return` missing"),
        (lambda r, s: "40 environments", "write the number alone"),
        (40, "the function itself"),
        (lambda r: 40, "is called as `environments(per_second, seconds)`"),
        (lambda r, s, memory: 40, "yours takes other arguments"),
    ],
)
def test_each_usual_formula_has_its_own_words(
    answer: Callable[[int, float], Any] | int, says: str
) -> None:
    for _ in range(5):
        verdict = plan.run(NOTHING, answer)
        assert verdict.state is State.NOT_YET_RIGHT
        assert says in verdict.message


@pytest.mark.parametrize("limit_ms", [71.3, 71, 90, 112.6, 113])
def test_a_time_out_between_the_two_percentiles_is_good_rounded_or_not(limit_ms: float) -> None:
    assert judged(limit_ms, RECORDS) is None


@pytest.mark.parametrize(
    ("limit_ms", "says"),
    [
        (0.09, "in seconds"),
        (0, "above 0"),
        (-90, "above 0"),
        (7, "Half of all calls"),
        (1, "Half of all calls"),
        (40, "One call in a hundred"),
        (57, "One call in a hundred"),
        (65, "Nearly"),
        (140, "Fewer than one call in a thousand"),
        (180, "it cuts nothing"),
        (5000, "it cuts nothing"),
        (90_000, "it cuts nothing"),
    ],
)
def test_each_other_time_out_is_told_what_it_does(limit_ms: float, says: str) -> None:
    said = judged(limit_ms, RECORDS)
    assert isinstance(said, NotYet)
    assert says in said.message
    assert "71" not in said.message
    assert not any("71" in line for line in said.evidence), "The verdict gives the answer away."


def seen(**changed: Any) -> Seen:
    good: dict[str, Any] = {
        "times": {f"order {n}": 1 for n in range(BURST)},
        "opened": 31,
        "refused": 0,
        "throttled": 0,
        "left": 0,
    }
    return Seen(**{**good, **changed})


def test_a_burst_that_went_well_is_good_and_twice_booked_orders_are_a_queues_right() -> None:
    assert wrong_with(seen(), 10, 5, 5) is None
    assert wrong_with(seen(), 10, 3, 5) is None
    assert wrong_with(seen(times={"order": 2}), 10, 5, 5) is None


@pytest.mark.parametrize(
    ("changed", "settings", "says"),
    [
        ({"refused": 3}, (10, 10, 50), "asks for up to 10 at once, and the till's cap is 50"),
        ({"refused": 3}, (10, None, None), "has no bound, and the till has no cap"),
        ({"throttled": 9}, (10, None, 5), "has no bound"),
        ({"throttled": 9, "refused": 1}, (10, 6, 6), "The database refused"),
        ({"opened": 300}, (1, 5, 5), "batches of 1 make it slow"),
        ({}, (10, None, 5), "by luck"),
        ({}, (10, 20, None), "by luck"),
        ({}, (10, 5, None), "task 2 is undone"),
        ({}, (10, 5, 9), "task 2 is undone"),
        ({"times": {"a": 0, "b": 1}}, (10, 5, 5), "1 of 2 orders left the queue"),
        ({"times": dict.fromkeys(range(BURST), 2)}, (10, 5, 5), "300 of 300 orders were booked"),
        ({"opened": 0}, (10, 5, 5), "books without a connection"),
        ({"opened": 29}, (10, 5, 5), "books without a connection"),
    ],
)
def test_each_burst_that_went_badly_is_told_why(
    changed: dict[str, Any], settings: tuple[int, int | None, int | None], says: str
) -> None:
    said = wrong_with(seen(**changed), *settings)
    assert isinstance(said, NotYet)
    assert says in said.message


def test_a_burst_that_is_not_done_is_not_judged() -> None:
    late = seen(left=12, times={"a": 0, "b": 1})
    assert isinstance(wrong_with(late, 10, 5, 5), EnvironmentProblem)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("stop", "a pair of two functions"),
        (lambda: None, "a pair of two functions"),
        ((lambda: None,), "a pair of two functions"),
        ((0, 5), "the function itself"),
        ((lambda cap: None, lambda: None), "is called as `stop()`"),
        ((lambda: None, lambda cap: None), "is called as `restore()`"),
        ((lambda: None, None), "the function itself"),
    ],
)
def test_the_switch_wants_two_functions(answer: Any, says: str) -> None:
    verdict = switch.run(NOTHING, answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message
