"""Which orders of the day are lost, and how often Lambda tried each."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    DAY,
    booked,
    list_of,
    tries,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, several, shown, whole
from serverless_course.exercises.task import task

SEND_FIRST = "Run the cell that sends the day's orders, and wait until it is done."


@task("lost")
def lost(lab: CheckedLab, answer: Any) -> Feedback:
    """Which orders of the day are not in the table."""
    missing = _over(lab)
    if whole(answer) is not None and not isinstance(answer, str):
        return NotYet(
            "The question is which orders, not how many.",
            expected="a list of order numbers",
            got=shown(answer),
        )
    given = several(answer)
    said = {whole(item) for item in given}
    if None in said:
        return NotYet("The answer is a list of order numbers.", got=shown(answer))
    there = sorted(number for number in said if number is not None and number not in missing)
    if there:
        text = "is in the table" if there[0] in DAY else "is none of the day's orders"
        return NotYet(
            f"Order {there[0]} {text}, so it is not lost.",
            next_step="`booked()` gives the numbers that are in the table.",
        )
    if said != set(missing):
        return NotYet(
            f"There are more: {len(missing)} orders in all are not in the table.",
            got=shown(answer),
            next_step="Compare the whole of `day` with `booked()`.",
        )
    return Right(
        f"Yes: {list_of(missing)}. The web page got a 202 for each of them.",
        evidence=[f"{len(booked(lab))} orders are in the table"],
    )


@task("attempts")
def attempts(lab: CheckedLab, answer: Any) -> Feedback:
    """How often Lambda tried a lost order."""
    _over(lab)
    given = answer.values() if isinstance(answer, Mapping) else several(answer)
    numbers = {whole(each) for each in given}
    if len(numbers) != 1 or None in numbers:
        return NotYet(number_wanted("one whole number", answer), got=shown(answer))
    (number,) = numbers
    in_log = max(tries(lab).values())
    evidence = [f"at most {in_log} START lines with one request id in the log"]
    if number == in_log:
        return Right(
            f"Yes: the first attempt, and {in_log - 1} retries.",
            evidence=evidence,
            not_checked=["an event that is throttled: that does not count as an attempt"],
        )
    if number == in_log - 1:
        text = f"There are {number} retries; the first attempt counts, too."
    elif number == 1:
        text = "Lambda tries again. That order was booked, or you looked before the retries."
    else:
        text = "The log has another number."
    return NotYet(
        text, got=shown(answer), evidence=evidence, next_step="Count the points of a lost order."
    )


def _over(lab: CheckedLab) -> list[int]:
    """The lost orders, in order; `NotAttempted` while Lambda may still try one, or none is lost."""
    tried = tries(lab)
    if len(tried) < len(DAY):
        raise NotAttempted(
            f"The log shows attempts at {len(tried)} events, and the day has {len(DAY)} orders.",
            next_step=SEND_FIRST,
        )
    missing = sorted(DAY - booked(lab))
    if not missing:
        raise NotAttempted(
            "All orders of the day are in the table now, so none is lost any more.",
            next_step="To see the loss again, run the cell that sends the day's orders.",
        )
    if sum(1 for number in tried.values() if number > 1) < len(missing):
        raise NotAttempted(
            "Lambda may still try again: the log shows no retry of some orders yet.",
            next_step=SEND_FIRST,
        )
    return missing
