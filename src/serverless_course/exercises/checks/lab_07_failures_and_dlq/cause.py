"""Why orders fail: the field that is null in each dead letter, tried again on a fresh order."""

import json
from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    DAY,
    fresh_number,
    messages_in,
    order_in,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, word
from serverless_course.exercises.shop_day import good_order
from serverless_course.exercises.task import task


@task("cause")
def cause(lab: CheckedLab, answer: Any) -> Feedback:
    """The field of the event that breaks the function, and its value."""
    letters = [json.loads(m["Body"]) for m in messages_in(lab, "dead-orders") if order_in(m) in DAY]
    if len(letters) < 2:
        return NotAttempted(
            f"There are {len(letters)} dead letters to compare.",
            next_step="Run the cell that sends the lost orders once more.",
        )
    pair = _pair(answer)
    if pair is None:
        return NotYet("The answer is a pair: (field, value).", got=shown(answer))
    field, value = word(pair[0]), pair[1]
    wrong = _no_field(pair[0], letters[0])
    if wrong is None and any(letter.get(field) is not None for letter in letters):
        wrong = _not_that_field(lab, field, letters)
    if wrong is None and not _null(value):
        wrong = NotYet(
            f"It is the {field}. Which value has it in the lost orders?", got=shown(value)
        )
    if wrong is not None:
        return wrong
    run = lab.invoke(lab.name("orders"), {**good_order(fresh_number()), field: None})
    why = f"it raised {run.error_type}" if run.function_error else "the function is fixed by now"
    return Right(
        f"Yes: a customer without a {field} sends null, and null has nothing in it to look up.",
        evidence=[f"{seen(run)}; a fresh order with {field} null: {why}"],
    )


def _no_field(said: Any, letter: dict[str, Any]) -> Feedback | None:
    """What to say of a name that is no field of the event."""
    if word(said) in ("errorcode", "errormessage", "requestid"):
        return NotYet(
            f"{said} is an attribute of the dead letter. ErrorCode 200 says that your "
            "function failed, and not why. The cause is in the event itself.",
            next_step="Compare the bodies with an order that went well.",
        )
    if word(said) not in letter:
        return NotYet(
            "The event has no field of that name.",
            expected=f"one of {', '.join(letter)}",
            got=shown(said),
        )
    return None


def _not_that_field(lab: CheckedLab, field: str, letters: list[dict[str, Any]]) -> Feedback:
    """What is wrong with a field that is not null in each letter, tried on a fresh order."""
    value = next(letter[field] for letter in letters if letter[field] is not None)
    if field == "order":
        return NotYet(
            "Each order has a number of its own, the booked ones, too.",
            next_step="Look for what only the lost orders have.",
        )
    run = lab.invoke(lab.name("orders"), {**good_order(fresh_number()), field: value})
    went = "went well" if run.ok else f"raised {run.error_type}"
    return NotYet(
        f"A fresh order with {field} {json.dumps(value)}, as in one of the letters, {went}. Look "
        "for what only the lost ones have.",
        evidence=[seen(run)],
    )


def _pair(answer: Any) -> tuple[Any, Any] | None:
    """Field and value of a pair, of a dictionary with one entry, or of its JSON; else None."""
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except ValueError:
            return None
    if isinstance(answer, Mapping) and len(answer) == 1:
        return next(iter(answer.items()))
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return answer[0], answer[1]
    return None


def _null(value: Any) -> bool:
    return value is None or word(value) in ("null", "none")
