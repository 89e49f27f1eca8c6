"""What lesson 00's check says to the numbers that stand in a REPORT line."""

from types import SimpleNamespace

import numpy as np
import pytest

from serverless_course.exercises.task import tasks_of
from serverless_course.exercises.verdict import State, Verdict
from serverless_course.functions.report import Report

TASKS = tasks_of("00-start-here")
COLD = Report("r", 0.84, 92, 128, 15, init_ms=90.37)
WARM = Report("s", 1.24, 2, 128, 15)


def say(answer: object, *reports: Report) -> Verdict:
    lab = SimpleNamespace(reports=list(reports or (COLD, WARM)))
    return TASKS["billed"].run(lab, answer)


@pytest.mark.parametrize("answer", [92, 92.0, np.int64(92), "92"])
def test_the_billed_duration_is_right(answer: object) -> None:
    assert say(answer).right


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (0, "not the Billed Duration"),
        (-1, "not the Billed Duration"),
        (0.5, "not the Billed Duration"),
        (93, "not the Billed Duration"),
        (True, "a number of milliseconds"),
        ([92], "a number of milliseconds"),
        ("92 ms", "write the number alone"),
        (0.84, "That is the Duration"),
        (1, "That is the Duration"),
        (2, "a warm invocation"),
        (90.37, "Init Duration alone"),
        (91, "Init Duration alone"),
        (91.21, "rounds the sum up"),
        (128, "a number of MB"),
    ],
)
def test_a_wrong_answer_is_told_what_it_is(answer: object, told: str) -> None:
    verdict = say(answer)
    assert verdict.state is State.NOT_YET_RIGHT
    assert told in verdict.message


def test_text_is_told_back_in_quotes() -> None:
    assert say("92 ms").got == '"92 ms"'
    assert say(True).got == "True"


def test_without_a_cold_invocation_nothing_was_attempted() -> None:
    assert say(92, WARM).state is State.NOT_ATTEMPTED


def test_a_second_cold_start_is_as_good_as_the_first() -> None:
    again = Report("t", 0.9, 101, 128, 15, init_ms=99.5)
    assert say(101, COLD, WARM, again).right
    assert "Init Duration alone" in say(99.5, COLD, WARM, again).message
