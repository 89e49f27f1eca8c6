"""The one task of lesson 00: read a figure from a REPORT line."""

from typing import Any

from serverless_course.exercises.answers import Finding, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task


@task("billed")
def billed(lab: Any, answer: Any) -> Finding:
    """The billed milliseconds of the first, cold invocation."""
    cold = next((report for report in lab.reports if report.init_ms is not None), None)
    if cold is None:
        return NotAttempted("There is no cold invocation yet.", next_step="Run the cells above.")
    if answer == cold.billed_ms:
        return Right("Yes: Duration and Init Duration together, rounded up to a millisecond.")
    warm = [report.billed_ms for report in lab.reports if report.init_ms is None]
    if answer in warm:
        return NotYet(
            "That is what a warm invocation was billed. The first one had an Init to pay for.",
            next_step="Look at the REPORT line that has an Init Duration.",
        )
    if isinstance(answer, int | float) and abs(answer - cold.duration_ms) < 1:
        return NotYet(
            "That is the Duration. AWS bills Init as well, since 1 August 2025.",
            next_step="Look for Billed Duration in the same line.",
        )
    return NotYet(
        "That is not the Billed Duration of the first invocation.",
        got=str(answer),
        next_step="Look for Billed Duration in the first REPORT line. It is a whole number.",
    )
