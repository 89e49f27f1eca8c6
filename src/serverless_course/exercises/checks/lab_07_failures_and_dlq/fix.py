"""The function books every order at its price, and the orders that were lost are home."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    DAY,
    booked,
    fresh_number,
    list_of,
    messages_in,
    order_in,
    price_in_table,
    rows,
    tries,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import (
    CodeError,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.shop_day import EXTRAS, good_order, price_of
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation


@task("fix", needs_answer=False, time_limit_s=90)
def fix(lab: CheckedLab, answer: Any) -> Feedback:
    """Fresh orders are booked at their price, and all orders of the day are in the table."""
    evidence = _books_each_kind(lab)
    missing = sorted(DAY - booked(lab))
    if missing:
        return NotYet(
            f"{len(missing)} of the {len(DAY)} orders are still missing: {list_of(missing)}.",
            next_step="Redrive the letters that are in the dead-letter queue.",
        )
    known = tries(lab)
    by_hand = [
        number
        for number, row in sorted(rows(lab).items())
        if row.get("request", {}).get("S") not in known
    ]
    if by_hand:
        return NotYet(
            f"Order {by_hand[0]} is in the table, and no invocation of the function wrote it.",
            next_step="Send the body of its dead letter to the function.",
        )
    left = [m for m in messages_in(lab, "dead-orders") if order_in(m) in DAY]
    if left:
        return NotYet(
            f"All orders are booked, and {len(left)} dead letters are still in the queue: somebody "
            "may send them a second time.",
            next_step="Delete a letter when its order is booked.",
        )
    return Right(
        f"Yes: all {len(DAY)} orders are booked by the function, and no letter of theirs is in "
        "the dead-letter queue.",
        evidence=evidence,
        not_checked=["an order with no items, or without a field"],
    )


def _books_each_kind(lab: CheckedLab) -> list[str]:
    """Evidence that fresh orders, one for each extra that is null, are booked at their price."""
    orders = [{**good_order(fresh_number()), extra: None} for extra in EXTRAS]
    runs = [lab.invoke(lab.name("orders"), order) for order in orders]
    failed = [extra for extra, run in zip(EXTRAS, runs, strict=True) if not run.ok]
    unlike = [run for run in runs if not run.ok and "NoneType" not in run.error_message]
    if unlike:
        raise _another_error(unlike[0])
    evidence = [seen(run) for run in runs]
    if len(failed) == len(EXTRAS):
        raise NotAttempted(
            "The function still fails for an order without a coupon, a gift or a card.",
            evidence=evidence,
            next_step="Change functions/orders_fixed/index.py, and deploy it in place of the old "
            "one.",
        )
    if failed:
        raise NotYet(
            f"The function still fails for an order without a {failed[0]}. Fix the kind of the "
            "mistake, not only the case that you met.",
            evidence=evidence,
            next_step="`coupon`, `gift` and `card` may each be null.",
        )
    whole = good_order(fresh_number())
    evidence.append(seen(fresh(lab, "orders", whole)))
    for order, told in zip([*orders, whole], evidence, strict=True):
        _priced(lab, order, told)
    return evidence


def _another_error(run: Invocation) -> Feedback:
    what = f"{run.error_type}: {run.error_message}"
    step = "Fix functions/orders_fixed/index.py, deploy it again, then check again."
    if run.error_type == "KeyError" and "TABLE" in run.error_message:
        step = 'Deploy it with `environment={"TABLE": table}`, as the first time: `lab.deploy` '
        step += "replaces all environment variables."
    return CodeError(f"The function raised {what}", evidence=[seen(run)], next_step=step)


def _priced(lab: CheckedLab, order: dict[str, Any], evidence: str) -> None:
    """Raise `NotYet` when a fresh order is not in the table, or not at its price."""
    cents = price_in_table(lab, order["order"])
    without = [extra for extra in EXTRAS if order[extra] is None]
    what = f"An order without a {without[0]}" if without else "An order with all extras"
    if cents is None:
        raise NotYet(
            f"{what}: the function says that all is well, and writes "
            "nothing. That is worse than before: nobody will ever send this order again.",
            evidence=[evidence],
            next_step="Do not catch the error: count what the customer does not have as 0.",
        )
    if cents != price_of(order):
        raise NotYet(
            f"{what} is not booked at its price.",
            expected=f"{price_of(order)} cents for {shown_order(order)}",
            got=f"{cents} cents",
            evidence=[evidence],
        )


def shown_order(order: dict[str, Any]) -> str:
    """What a price is made of, in words."""
    item = order["items"][0]
    extras = {extra: order[extra] for extra in EXTRAS}
    return f"{item['number']} at {item['cents']}, {extras}"
