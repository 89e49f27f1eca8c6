"""The one task of lesson 00: read a figure from a REPORT line."""

import math
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.exercises.task import task
from serverless_course.functions.report import Report

# REPORT lines have two decimal places.
SAME = 0.006


@task("billed")
def billed(lab: CheckedLab, answer: Any) -> Feedback:
    """The billed milliseconds of the first, cold invocation."""
    cold = [report for report in lab.reports if report.init_ms is not None]
    if not cold:
        return NotAttempted("There is no cold invocation yet.", next_step="Run the cells above.")
    number = real(answer)
    if number is None:
        return NotYet(number_wanted("a number of milliseconds", answer), got=shown(answer))
    if number in [report.billed_ms for report in cold]:
        return Right("Yes: Duration and Init Duration together, rounded up to a millisecond.")
    warm = [report.billed_ms for report in lab.reports if report.init_ms is None]
    message, step = _mistake(number, cold[-1], warm)
    return NotYet(message, got=shown(answer), next_step=step)


def _mistake(number: float, cold: Report, warm: list[int]) -> tuple[str, str]:
    """What a wrong number is, and where to look instead."""
    init = cold.init_ms or 0.0
    duration = "That is the Duration. AWS bills Init as well, since 1 August 2025."
    # The first that holds: a number may be two of them by chance.
    kinds = [
        (number == cold.duration_ms, duration),
        (number in warm, "That is what a warm invocation was billed. The first had an Init, too."),
        (
            abs(number - cold.duration_ms - init) < SAME,
            "Nearly: AWS rounds the sum up to whole ms.",
        ),
        (number > 0 and number in _forms(cold.duration_ms), duration),
        (number > 0 and number in _forms(init), "That is Init Duration alone, without Duration."),
        (
            number in (cold.memory_mb, cold.max_memory_mb),
            "That is a number of MB. The question is about milliseconds.",
        ),
    ]
    for holds, text in kinds:
        if holds:
            return text, "Look for Billed Duration in the line that has an Init Duration."
    return (
        "That is not the Billed Duration of the first invocation.",
        "Look for Billed Duration in the first REPORT line. It is a whole number.",
    )


def _forms(ms: float) -> set[float]:
    """A time as it stands in the line, and rounded to whole milliseconds either way."""
    return {ms, float(math.floor(ms)), float(math.ceil(ms))}
