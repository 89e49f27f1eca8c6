"""What lab 04's checks say to answers that learners give, on figures that are written down here.

The checks that measure (waiting, hungry) are tried on the embedded cloud in tests/lab.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from serverless_course.exercises.task import tasks_of
from serverless_course.exercises.verdict import State, Verdict
from serverless_course.functions.function import Function
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.report import Report
from serverless_course.functions.samples import Summary
from serverless_course.functions.size_result import SizeResult
from serverless_course.functions.sweep_input import SweepInput
from serverless_course.functions.sweep_result import Sweep
from serverless_course.pricing.cost import invocation_cost, month
from serverless_course.pricing.tables import price_table

TASKS = tasks_of("04-memory-tuning")
BILLED = {128: 640, 256: 312, 512: 160, 1024: 80, 1769: 46}


def summary(value: float, spread: float | None) -> Summary:
    low, high = (None, None) if spread is None else (value * (1 - spread), value * (1 + spread))
    return Summary(7, value, low, high, value, value, value, value, value)


def row(memory: int, ms: float, spread: float | None = 0.02, most_mb: int = 40) -> SizeResult:
    usd = float(invocation_cost(memory, ms, price_table()))
    report = Report("r", ms, round(ms), memory, most_mb)
    return SizeResult(
        memory_mb=memory,
        at_once=1,
        samples=(Invocation("r", 200, None, None, None, "", report, ms),) * 7,
        cold=(),
        rejected_why={},
        failure=None,
        doubtful=0,
        excluded=0,
        duration=summary(ms, spread),
        billed=summary(ms, spread),
        cost=summary(usd, spread),
        cold_duration=None,
        init=None,
    )


def sweep(times: dict[int, float], short: str = "primes", payload: Any = None, **how: Any) -> Sweep:
    rows = tuple(row(memory, ms, **how) for memory, ms in times.items())
    name = f"course-{short}"
    function = Function(name, f"arn:{name}", 1024, 60, "python3.12", "x86_64")
    return Sweep(function, SweepInput(name, tuple(times), 7, payload), rows, price_table(), 0.0)


class Deployed:
    """A Lambda client that knows one memory size for every function."""

    def __init__(self, memory: int) -> None:
        self.memory = memory

    def get_function_configuration(self, FunctionName: str) -> dict[str, int]:
        return {"MemorySize": self.memory}


class Measured:
    """A lab as the checks see it, once its learner has measured."""

    def __init__(self, *sweeps: Sweep, deployed: int = 1024) -> None:
        self.past_sweeps = list(sweeps)
        self.sweeps = {one.function.name: one for one in sweeps}
        self.deployed = deployed

    def name(self, short: str) -> str:
        return f"course-{short}"

    def client(self, service: str) -> Deployed:
        return Deployed(self.deployed)

    def invoke(self, function: str, payload: Any = None) -> Invocation:
        report = Report("r", 80, 80, self.deployed, 40)
        return Invocation("r", 200, {"primes": 49098}, None, "$LATEST", "", report, 80)


def say(task: str, answer: object, lab: Any = None) -> Verdict:
    return TASKS[task].run(lab or Measured(sweep(BILLED)), answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            {"primes": "waiting", "waiting": "cpu", "hungry": "memory"},
            "waiting took 1.00 times as long",
        ),
        ({"primes": "cpu", "waiting": "waiting", "hungry": "cpu"}, "hungry fills its memory"),
        ({"primes": "cpu"}, "one entry for each"),
        ("cpu", "dictionary"),
        ({"primes": "io", "waiting": 3, "hungry": "memory"}, "none of the three words"),
        ({"primes": "cpu", "waiting": ..., "hungry": ...}, "part of your answer"),
    ],
)
def test_kinds_names_what_is_wrong(answer: object, words: str) -> None:
    verdict = say("kinds", answer, kinds_measured())
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message


def kinds_measured() -> Measured:
    return Measured(
        sweep({256: 320, 1024: 81}),
        sweep({256: 101, 1024: 100.5}, "waiting"),
        sweep({256: 410, 1024: 100}, "hungry", most_mb=167),
    )


@pytest.mark.parametrize(
    ("name", "said", "figures"),
    [
        ("primes", "memory", ["3.95 times"]),
        ("waiting", "cpu", ["1.00 times"]),
        ("hungry", "cpu", ["167 MB", "4.10 times", "128 MB"]),
    ],
)
def test_kinds_quotes_what_the_learner_measured(name: str, said: str, figures: list[str]) -> None:
    answer = {"primes": "cpu", "waiting": "waiting", "hungry": "memory", name: said}
    verdict = say("kinds", answer, kinds_measured())
    assert verdict.state is State.NOT_YET_RIGHT
    assert all(figure in verdict.message for figure in figures), verdict.message
    assert "about four" not in str(verdict)
    assert len(verdict.evidence) == 3


def test_kinds_takes_capitals() -> None:
    said = {"primes": "CPU", "waiting": "Waiting ", "hungry": "memory"}
    assert say("kinds", said, kinds_measured()).right


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
    assert "at 1,769 MB" in verdict.got
    assert len(verdict.evidence) == 3


# As measured on a laptop: the intervals of all sizes up to 1,769 MB overlap.
FLAT = {128: 400, 256: 202, 512: 99, 1024: 50.5, 1769: 29, 3008: 29}


def test_cheapest_says_that_intervals_overlap_and_refuses_what_is_clearly_dearer() -> None:
    lab = Measured(sweep(FLAT, spread=0.04))
    lowest, other = say("cheapest", 512, lab), say("cheapest", 1024, lab)
    assert lowest.right
    assert other.right
    assert "name no winner" in lowest.message
    assert "512 MB has a lower figure" in other.message
    assert "overlap" in other.message
    dearest = say("cheapest", 3008, lab)
    assert dearest.state is State.NOT_YET_RIGHT
    assert "costs less than 3,008 MB" in dearest.message
    assert "do not overlap" in dearest.message


def test_cheapest_names_a_winner_where_there_is_one() -> None:
    verdict = say("cheapest", 512, Measured(sweep({128: 500, 512: 100, 1024: 60})))
    assert verdict.right
    assert "512 MB costs least" in verdict.message


@pytest.mark.parametrize("task", ["cheapest", "balanced"])
def test_a_whole_row_is_told_back_short(task: str) -> None:
    lab = Measured(sweep(BILLED))
    verdict = say(task, lab.past_sweeps[0].rows[1], lab)
    assert verdict.state is State.NOT_YET_RIGHT
    assert "whole row" in verdict.message
    assert "memory_mb" in (verdict.next_step or "")
    assert len(verdict.got or "") <= 60


def test_cheapest_speaks_of_intervals_only_when_there_are_some() -> None:
    lab = Measured(sweep({128: 800, 256: 300, 512: 149, 1024: 70}, spread=None))
    assert "interval" not in say("cheapest", 128, lab).message
    assert say("cheapest", 128, lab).state is State.NOT_YET_RIGHT


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


def test_balanced_says_as_good_as_the_least_to_one_that_is_not_the_least() -> None:
    lab = Measured(sweep({128: 640, 1024: 80, 1769: 50.5}, spread=0.2))
    scores = lab.past_sweeps[0].scores(0.5)
    least, near = sorted(scores, key=lambda size: scores[size])[:2]
    assert 1 < scores[near] / scores[least] < 1.05
    assert "the least sum" in say("balanced", least, lab).message
    verdict = say("balanced", near, lab)
    assert verdict.right
    assert "as good as the least" in verdict.message
    assert f"{scores[near]:.3f}" in verdict.message


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


def test_bill_takes_the_right_sum_rounded_as_text_too_and_without_a_unit() -> None:
    # $2.55 rounded to one place is what a divisor of 1,000 gives, too.
    lab = Measured(sweep({1024: 39.0}))
    total = float(month(3_000_000, 1024, 39, price_table()).total_usd)
    assert total == pytest.approx(2.55, abs=0.001)
    for rounded in (2.6, 2.55, 2.5, np.float64(2.6)):
        assert say("bill", rounded, lab).right, rounded
    assert say("bill", "2.6", lab).right
    verdict = say("bill", "$2.6", lab)
    assert "write the number alone" in verdict.message
    assert verdict.got == '"$2.6"'


def test_bill_sees_a_decimal_gb_even_where_it_hides_within_two_per_cent() -> None:
    # 20 ms: the wrong GB moves the whole bill by 1.5 % only.
    bill = month(3_000_000, 1024, 20, price_table())
    wrong = float(bill.compute_usd) * 1.024 + float(bill.requests_usd)
    assert wrong < 1.02 * float(bill.total_usd)
    verdict = say("bill", wrong, Measured(sweep({1024: 20.0})))
    assert "1,024 MB here" in verdict.message


def decision(memory: object = 1024, other: object = 128, **changed: object) -> dict[str, object]:
    """The right numbers of the sweep of `BILLED`, with some changed."""
    rows = {one.memory_mb: one for one in sweep(BILLED).rows}
    mine, theirs = rows.get(memory, rows[1024]), rows.get(other, rows[128])  # type: ignore[call-overload]
    return {
        "memory": memory,
        "takes_ms": mine.median_ms,
        "instead_of": other,
        "times_as_fast": theirs.median_ms / mine.median_ms,
        "percent_more_expensive": 100 * (mine.usd / theirs.usd - 1),
        **changed,
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (1024, "a dictionary with the keys"),
        ((1024, "One run takes 80 ms banana banana banana."), "a dictionary with the keys"),
        ({"memory": 1024}, "a dictionary with the keys"),
        (decision(333), "not among the sizes"),
        (decision(1024, 333), "not among the sizes"),
        (decision(1024, 1024), "against itself"),
        (decision(takes_ms=160), "160 ms is what 512 MB takes"),
        (decision(takes_ms=0.08), "looks like seconds"),
        (decision(takes_ms=3), "takes another time"),
        (decision(takes_ms="80 ms"), "write the number alone"),
        (decision(times_as_fast=1 / 8), "upside down"),
        (decision(times_as_fast=40), "gives another number"),
        (decision(times_as_fast="fast"), "write the number alone"),
        (decision(1024, 256, percent_more_expensive=-2.2), "wrong sign"),
        (decision(percent_more_expensive=55), "gives another number"),
        (decision(percent_more_expensive=None), "a number"),
    ],
)
def test_decide_names_what_is_wrong(answer: object, words: str) -> None:
    verdict = say("decide", answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert words in verdict.message


def test_decide_tells_a_part_from_per_cent() -> None:
    found = sweep({512: 150, 3008: 75})
    part = found[3008].usd / found[512].usd - 1
    answer = decision(3008, 512, takes_ms=75, times_as_fast=2, percent_more_expensive=part)
    assert "multiply by 100" in say("decide", answer, Measured(found)).message


def test_decide_holds_the_choice_to_the_goal_and_to_what_is_deployed() -> None:
    slow = Measured(sweep(BILLED), deployed=256)
    assert "more than a quarter" in say("decide", decision(256), slow).message
    near = Measured(sweep({128: 440, 512: 110, 1024: 92, 1769: 80}), deployed=512)
    numbers = {"takes_ms": 110, "times_as_fast": 4, "percent_more_expensive": 0}
    assert "under 100 ms" in say("decide", decision(512, **numbers), near).message
    elsewhere = Measured(sweep(BILLED), deployed=1769)
    assert "the function has 1,769 MB" in say("decide", decision(), elsewhere).message


@pytest.mark.parametrize(
    "rounded",
    [
        {},
        {"takes_ms": "80"},
        {"times_as_fast": "8.0", "percent_more_expensive": 0},
        {"takes_ms": np.float64(80.4)},
    ],
)
def test_decide_takes_rounded_numbers_and_writes_the_defence(rounded: dict[str, object]) -> None:
    verdict = say("decide", decision(**rounded), Measured(sweep(BILLED)))
    assert verdict.right, verdict
    assert "at 1,024 MB one run takes 80 ms; against 128 MB that is 8.0 times as fast" in str(
        verdict
    )


def disturbed(found: Sweep, *memory: int) -> Sweep:
    """The same sweep, as a busy machine takes it: most runs at these sizes were disturbed."""
    sizes = tuple(
        replace(one, doubtful=len(one.samples) - 2) if one.memory_mb in memory else one
        for one in found.sizes
    )
    return replace(found, sizes=sizes)


@pytest.mark.parametrize(
    ("task", "answer", "size"),
    [
        ("cheapest", 256, 256),
        ("cheapest", [512, 256], 512),
        ("balanced", 1769, 1769),
        ("decide", decision(), 1024),
        ("decide", decision(), 128),
    ],
)
def test_figures_of_a_busy_machine_are_not_judged(task: str, answer: object, size: int) -> None:
    verdict = say(task, answer, Measured(disturbed(sweep(BILLED), size)))
    assert verdict.state is State.PROBLEM_OF_THE_ENVIRONMENT
    assert f"The figures at {size:,} MB" in verdict.message
    assert f"{size:,} MB: this machine was busy in 5 of 7 runs" in verdict.evidence
    assert "run the sweep cell again" in (verdict.next_step or "")


def test_a_busy_machine_at_other_sizes_is_told_and_excuses_no_wrong_answer() -> None:
    lab = Measured(disturbed(sweep({128: 640, 256: 300, 3008: 60}), 256))
    verdict = say("cheapest", 3008, lab)
    assert verdict.state is State.NOT_YET_RIGHT
    assert "256 MB: this machine was busy in 5 of 7 runs" in verdict.evidence
    assert "looks like dollars" in say("cheapest", 0.0000015, lab).message
    busy = Measured(disturbed(sweep(BILLED), *BILLED))
    assert "upside down" in say("decide", decision(times_as_fast=1 / 8), busy).message


@pytest.mark.parametrize("answer", [{1769: True, 3538: True}, {1769: False, 3538: False}])
def test_threads_sends_nobody_back_to_times_that_were_disturbed(answer: object) -> None:
    lab = Measured(*(disturbed(one, 1769, 3538) for one in pair(1.5, 1.0).past_sweeps))
    verdict = say("threads", answer, lab)
    assert verdict.state is State.NOT_YET_RIGHT
    assert "This machine was busy" in (verdict.next_step or "")
    assert "Compare the two times" not in str(verdict)


def test_threads_sends_nobody_back_to_times_that_say_otherwise() -> None:
    verdict = say("threads", {1769: True, 3538: True}, pair(1.5, 1.9))
    assert "could not show it" in (verdict.next_step or "")
    assert "Compare the two times" in str(say("threads", {1769: True, 3538: True}, pair()))


def test_kinds_asks_for_the_measurement_first() -> None:
    right = {"primes": "cpu", "waiting": "waiting", "hungry": "memory"}
    assert say("kinds", right, Measured()).state is State.NOT_ATTEMPTED
    assert say("kinds", right, kinds_measured()).right


# `waiting` takes no answer: it looks at the function.
@pytest.mark.parametrize("task", sorted(set(TASKS) - {"waiting"}))
@pytest.mark.parametrize(
    "strange",
    [object(), "x", b"x", 3.7, float("nan"), -1, True, [1, "a"], {}, {1: 2}, (), 10**40],
    ids=["object", "text", "bytes", "3.7", "nan", "-1", "True", "list", "{}", "dict", "()", "huge"],
)
def test_a_strange_answer_is_not_yet_right_and_breaks_no_check(task: str, strange: object) -> None:
    lab = Measured(*kinds_measured().past_sweeps, sweep(BILLED), *pair().past_sweeps)
    assert say(task, strange, lab).state is State.NOT_YET_RIGHT
