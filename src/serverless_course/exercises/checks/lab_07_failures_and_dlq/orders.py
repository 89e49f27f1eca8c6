"""The day's orders: which were lost, why, and all of them booked."""

from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    DAY,
    body_of,
    booked,
    list_of,
    tries_in_log,
    waiting_in,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import several, whole, word
from serverless_course.exercises.task import task

ATTEMPTS = 3


@task("lost")
def lost(lab: CheckedLab, answer: Any) -> Feedback:
    """Which orders of the day are not in the table."""
    missing = sorted(DAY - booked(lab))
    if whole(answer) is not None:
        return NotYet(
            "The question is which orders, not how many.",
            expected="a list of order numbers",
            got=repr(answer),
        )
    said = {whole(item) for item in several(answer)}
    if not said or None in said:
        return NotYet("The answer is a list of order numbers.", got=repr(answer)[:80])
    there = sorted(number for number in said if number is not None and number not in missing)
    if there:
        return NotYet(
            f"Order {there[0]} is in the table, so it is not lost.",
            next_step="`booked()` gives the numbers that are in the table.",
        )
    if said != set(missing):
        return NotYet(
            f"These are lost, and there are more: {len(missing)} in all.",
            got=list_of(sorted(number for number in said if number is not None)),
            next_step="Compare the whole of `day` with `booked()`.",
        )
    return Right(
        f"Yes: {list_of(missing)}. Nobody saw an error, and no queue holds them.",
        evidence=[f"{len(booked(lab))} orders are in the table"],
    )


@task("attempts")
def attempts(lab: CheckedLab, answer: Any) -> Feedback:
    """How often Lambda tried a lost order."""
    number = whole(answer)
    if number is None:
        return NotYet("The answer is a whole number.", got=repr(answer)[:80])
    seen_in_log = tries_in_log(lab)
    evidence = [f"at most {seen_in_log} START lines with one request id in the log"]
    if number == ATTEMPTS:
        return Right("Yes: the first attempt, and two retries.", evidence=evidence)
    if number == ATTEMPTS - 1:
        text = "There are two retries; the first attempt counts, too."
    elif number == 1:
        text = "Lambda tries again: after one minute, and after two more."
    else:
        text = "The log has another number."
    return NotYet(text, got=str(number), evidence=evidence, next_step="Count the points.")


@task("cause")
def cause(lab: CheckedLab, answer: Any) -> Feedback:
    """The field of the event that breaks the function, and its value."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return NotYet("The answer is a pair: (field, value).", got=repr(answer)[:80])
    field, value = word(answer[0]), answer[1]
    if field in ("errorcode", "errormessage", "requestid"):
        return NotYet(
            f"{answer[0]} is an attribute of the dead letter. ErrorCode 200 says that your "
            "function failed, and not why. The cause is in the event itself.",
            next_step="Compare the four bodies with an order that went well.",
        )
    if field != "coupon":
        return NotYet(
            f"Orders with the same {answer[0]} went well. Look for what only the lost ones have.",
            got=repr(answer)[:80],
        )
    if value is not None:
        return NotYet(
            "It is the coupon. Which value has it in the lost orders?", got=repr(value)[:80]
        )
    return Right("Yes: a customer without a coupon sends null, and null has no percent.")


@task("mend", needs_answer=False, time_limit_s=90)
def mend(lab: CheckedLab, answer: Any) -> Feedback:
    """The function books orders without a coupon, and all orders of the day are in the table."""
    missing = sorted(DAY - booked(lab))
    number = 1000 + randbelow(900_000)
    order = {"order": number, "items": [{"cents": 450, "number": 3}], "coupon": None}
    run = lab.invoke(lab.name("orders"), order)
    if not run.ok and len(missing) == len([n for n in DAY if n % 6 == 0]):
        return NotAttempted(
            "The function still fails for an order without a coupon.",
            evidence=[seen(run)],
            next_step="Change functions/orders_mended/index.py, and deploy it again.",
        )
    run = fresh(lab, "orders", order)
    wrong = _priced_wrong(lab, order, seen(run))
    if wrong is not None:
        return wrong
    if missing:
        return NotYet(
            f"{len(missing)} of the {len(DAY)} orders are still missing: {list_of(missing)}.",
            next_step="Redrive the letters that are in the dead-letter queue.",
        )
    left = waiting_in(lab, "dead-orders")
    if left:
        return NotYet(
            f"All orders are booked, and {left} dead letters are still in the queue: somebody "
            "may send them a second time.",
            next_step="Delete a letter when its order is booked.",
        )
    return Right(
        "Yes: all 24 orders are booked, each at its price, and the dead-letter queue is empty.",
        evidence=[seen(run)],
        not_checked=["a letter that is sent twice: then the order would be written twice, alike"],
    )


def _priced_wrong(lab: CheckedLab, order: dict[str, Any], evidence: str) -> Feedback | None:
    """What is wrong with the price of a fresh order, without a coupon and with one."""
    number = order["order"]
    cents = body_of(lab, number)
    if cents is None:
        return NotYet(
            "For an order without a coupon, the function says that all is well, and writes "
            "nothing. That is worse than before: nobody will ever send this order again.",
            evidence=[evidence],
            next_step="Do not catch the error; give the order a coupon of 0 %.",
        )
    if cents != 1350:
        return NotYet(
            "An order without a coupon costs its full price.",
            expected="1350 cents for 3 at 450",
            got=f"{cents} cents",
            evidence=[evidence],
        )
    discounted = {"order": number + 1, "items": order["items"], "coupon": {"percent": 10}}
    fresh(lab, "orders", discounted)
    if body_of(lab, number + 1) != 1215:
        return NotYet(
            "An order with a coupon of 10 % is not booked at its price any more.",
            expected="1215 cents for 3 at 450, less 10 %",
            got=f"{body_of(lab, number + 1)} cents",
        )
    return None
