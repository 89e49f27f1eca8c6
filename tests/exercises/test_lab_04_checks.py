"""What lab 04's checks say to answers that learners give, on figures that are written down here.

The checks that measure (waiting, hungry) are tried on the embedded cloud in tests/lab.
"""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from serverless_course.exercises.task import tasks_of
from serverless_course.exercises.verdict import State, Verdict
from serverless_course.functions.sweep_input import SweepInput
from serverless_course.pricing.cost import invocation_cost, month
from serverless_course.pricing.tables import price_table
from serverless_course.tuning import Row, TunedSweep

TASKS = tasks_of("04-memory-tuning")
BILLED = {128: 640, 256: 312, 512: 160, 1024: 80, 1769: 46}


def row(memory: int, ms: float, spread: float | None = 0.02) -> Row:
    usd = float(invocation_cost(memory, ms, price_table()))
    low, high = (None, None) if spread is None else (1 - spread, 1 + spread)
    return Row(
        memory_mb=memory,
        n=7,
        median_ms=ms,
        low_ms=low and ms * low,
        high_ms=high and ms * high,
        mean_ms=ms,
        billed_ms=ms,
        usd=usd,
        usd_low=low and usd * low,
        usd_high=high and usd * high,
        max_memory_mb=40,
        cold_ms=None,
        rejected=0,
        doubtful=0,
    )


def sweep(times: dict[int, float], short: str = "primes", payload: Any = None, **how: Any) -> Any:
    rows = tuple(row(memory, ms, **how) for memory, ms in times.items())
    wanted = SweepInput(f"course-{short}", tuple(times), 7, payload)
    return TunedSweep(f"course-{short}", rows, {}, wanted, "x86_64")


class Measured:
    """A lab as the checks see it, once its learner has measured."""

    def __init__(self, *sweeps: TunedSweep) -> None:
        self.past_sweeps = list(sweeps)
        self.sweeps = {one.function: one for one in sweeps}

    def name(self, short: str) -> str:
        return f"course-{short}"


def say(task: str, answer: object, lab: Any = None) -> Verdict:
    return TASKS[task].run(lab or Measured(sweep(BILLED)), answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"primes": "waiting", "waiting": "cpu", "hungry": "memory"}, "waiting took as long"),
        ({"primes": "cpu", "waiting": "waiting", "hungry": "cpu"}, "hungry fills its memory"),
        ({"primes": "cpu"}, "one entry for each"),
        ("cpu", "dictionary"),
        ({"primes": "io", "waiting": 3, "hungry": "memory"}, "none of the three words"),
        ({"primes": "cpu", "waiting": ..., "hungry": ...}, "part of your answer"),
    ],
)
def test_kinds_names_what_is_wrong(answer: object, words: str) -> None:
    verdict = say("kinds", answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message


def test_kinds_takes_capitals() -> None:
    assert say("kinds", {"primes": "CPU", "waiting": "Waiting ", "hungry": "memory"}).right


@pytest.mark.parametrize("answer", [256, np.int64(256), 256.0, [256], {256}, (256,), [256, 512]])
def test_cheapest_takes_any_size_that_cannot_be_told_from_the_best(answer: object) -> None:
    assert say("cheapest", answer).right, say("cheapest", answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (0.0000015, "looks like dollars"),
        (np.float64(0.0000015), "looks like dollars"),
        (3008, "3008 is not among the sizes"),
        ("cheap", "cheap is not among the sizes"),
        (True, "not among the sizes"),
        ([], "not among the sizes"),
        (float("nan"), "not among the sizes"),
        ([256, 128], "costs less than 128 MB"),
    ],
)
def test_cheapest_names_what_is_wrong(answer: object, words: str) -> None:
    times = {128: 800, 256: 312, 512: 160, 1024: 80}
    verdict = say("cheapest", answer, Measured(sweep(times)))
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message


def test_cheapest_tells_the_fastest_apart_and_shows_both_costs() -> None:
    lab = Measured(sweep({128: 600, 256: 300, 1769: 60}))
    verdict = say("cheapest", 1769, lab)
    assert "fastest" in verdict.message
    assert verdict.got is not None
    assert "at 1769 MB" in verdict.got
    assert len(verdict.evidence) == 3


def test_cheapest_speaks_of_intervals_only_when_there_are_some() -> None:
    lab = Measured(sweep({128: 800, 256: 300, 512: 149, 1024: 70}, spread=None))
    assert "interval" not in say("cheapest", 128, lab).message


@pytest.mark.parametrize("task", ["cheapest", "balanced", "bill"])
def test_without_a_sweep_nothing_was_attempted(task: str) -> None:
    verdict = say(task, 128, Measured())
    assert verdict.state is State.NOT_ATTEMPTED
    assert "no sweep of primes" in verdict.message


# 1,024 MB is best; 128 is slowest, 256 cheapest, 3,538 fastest.
PEAKED = {128: 640, 256: 290, 512: 150, 1024: 80, 3538: 44}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (128, "slowest size"),
        (3538, "fastest size"),
        (256, "cheapest size"),
        (512, "lower sum"),
        (333, "not among the sizes"),
        ("x", "not among the sizes"),
    ],
)
def test_balanced_names_what_is_wrong(answer: object, words: str) -> None:
    verdict = say("balanced", answer, Measured(sweep(PEAKED)))
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message
    assert say("balanced", 1024, Measured(sweep(PEAKED))).right


def pair(gain_at_1769: float = 1.0, gain_at_3538: float = 1.9) -> Measured:
    one = {1769: 200.0, 3538: 200.0}
    two = {1769: 200 / gain_at_1769, 3538: 200 / gain_at_3538}
    return Measured(
        sweep(one, "primes_pair", {"limit": 1, "workers": 1}),
        sweep(two, "primes_pair", {"limit": 1, "workers": 2}),
    )


@pytest.mark.parametrize("yes", [True, np.bool_(True)])
def test_threads_shows_the_ratios_that_were_measured(yes: object) -> None:
    verdict = say("threads", {"1769": False, 3538: yes}, pair())
    assert verdict.right
    assert "3,538 MB: two workers were 1.90 times as fast as one" in verdict.evidence
    assert "no second CPU" not in str(verdict)


def test_threads_says_when_the_machine_could_not_show_it() -> None:
    assert "no second CPU" in str(say("threads", {1769: False, 3538: True}, pair(1.0, 1.05)))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({1769: True, 3538: True}, "Two processes share it"),
        ({1769: True, 3538: False}, "Two processes share it"),
        ({1769: False, 3538: False}, "At 3,538 MB there are two"),
        ({1769: "no", 3538: "yes"}, "True or False"),
        ({"a": False, "b": True}, "keys 1769 and 3538"),
        (True, "dictionary"),
    ],
)
def test_threads_names_what_is_wrong(answer: object, words: str) -> None:
    verdict = say("threads", answer, pair())
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message


def test_threads_asks_for_the_measurement_that_is_missing() -> None:
    lab = Measured(sweep({1769: 200.0}, "primes_pair", {"workers": 1}))
    verdict = say("threads", {1769: False, 3538: True}, lab)
    assert verdict.state is State.NOT_ATTEMPTED
    assert "2 workers at 1,769 MB" in verdict.message


BILL = month(3_000_000, 1024, 80, price_table())
COMPUTE = float(BILL.compute_usd)
TOTAL = float(BILL.total_usd)


@pytest.mark.parametrize(
    "answer", [TOTAL, TOTAL * 1.01, TOTAL * 0.985, np.float64(TOTAL), Decimal("4.6")]
)
def test_bill_takes_two_per_cent(answer: object) -> None:
    assert say("bill", answer).right, say("bill", answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (COMPUTE, "request fee is missing"),
        (COMPUTE + 0.2, "three million"),
        (0.4, "free tier is taken off"),
        (COMPUTE * 1.024 + 0.6, "1,024 MB here"),
        (TOTAL / 3, "bill of one million"),
        (COMPUTE * 1000 + 0.6, "seconds x rate"),
        (99.0, "requests x fee"),
        ("$4.60", "a number of dollars"),
        (float("inf"), "a number of dollars"),
        (-4.6, "a number of dollars"),
        ([TOTAL], "a number of dollars"),
    ],
)
def test_bill_recognises_each_mistake(answer: object, words: str) -> None:
    verdict = say("bill", answer)
    assert verdict.state is State.NOT_YET_RIGHT, verdict
    assert words in verdict.message


def test_bill_sees_a_decimal_gb_even_where_it_hides_within_two_per_cent() -> None:
    # 20 ms: the wrong GB moves the whole bill by 1.5 % only.
    bill = month(3_000_000, 1024, 20, price_table())
    wrong = float(bill.compute_usd) * 1.024 + float(bill.requests_usd)
    assert wrong < 1.02 * float(bill.total_usd)
    verdict = say("bill", wrong, Measured(sweep({1024: 20.0})))
    assert "1,024 MB here" in verdict.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (1024, "pair"),
        ("no", "pair"),
        (("because", 1024), "pair"),
        ((1024, "too short"), "five words"),
        ((333, "a reason of five words here"), "not among the sizes"),
    ],
)
def test_decide_names_what_is_wrong(answer: object, words: str) -> None:
    verdict = say("decide", answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message


# `waiting` takes no answer: it looks at the function.
@pytest.mark.parametrize("task", sorted(set(TASKS) - {"waiting"}))
@pytest.mark.parametrize(
    "strange",
    [object(), "x", b"x", 3.7, float("nan"), -1, True, [1, "a"], {}, {1: 2}, (), 10**40],
    ids=["object", "text", "bytes", "3.7", "nan", "-1", "True", "list", "{}", "dict", "()", "huge"],
)
def test_a_strange_answer_is_not_yet_right_and_breaks_no_check(task: str, strange: object) -> None:
    lab = Measured(sweep(BILLED), *pair().past_sweeps)
    assert say(task, strange, lab).state is State.NOT_YET_RIGHT
