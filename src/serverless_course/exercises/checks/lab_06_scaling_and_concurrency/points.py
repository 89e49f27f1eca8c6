"""Orders that come twice: their points are added once, whatever happens between the two."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import partial
from hashlib import sha256
from secrets import token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.bakery import (
    at_once,
    cap_of,
    empty,
    fresh_id,
    mapping_of,
    try_to_invoke,
)
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.orders import (
    DONE_WITHIN_S,
    Order,
    deliver,
    deliver_well,
    fresh_order,
    has,
    points_of,
    send_doubled,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.task import task
from serverless_course.functions.configure import configure
from serverless_course.functions.folder import function_folder
from serverless_course.functions.package import zip_folder

DOUBLED = 100
AT_ONCE = 4
# The first round starts environments, one after the other; on a busy machine others miss, too.
ROUNDS = 4
SLUG = "06-scaling-and-concurrency"


@task("once", needs_answer=False, time_limit_s=240)
def once(lab: CheckedLab, answer: Any) -> Feedback:
    """Fresh orders twice: later, at once, after a failure; then 100 doubled ones."""
    if mapping_of(lab, "points")["State"] == "Disabled":
        raise NotYet("The mapping of points is Disabled, so nobody reads the queue.")
    _one_after_the_other(lab)
    for probe in (_two_orders, _in_a_new_environment, _down_first, _fails_after, _at_once):
        probe(lab)
    orders = [fresh_order() for _ in range(DOUBLED)]
    try:
        left = send_doubled(lab, orders)
    finally:
        empty(lab, "receipts")
    got = points_of(lab, orders)
    right = sum(got[order["customer"]] == order["points"] for order in orders)
    evidence = [
        f"{DOUBLED} orders of this check, each sent twice, in {2 * DOUBLED} messages: {right} "
        "booked once",
        "single orders of this check: twice in a row, four at once, after the accounting system "
        "was down, after the printer had no paper, in a new environment",
    ]
    if left:
        raise EnvironmentProblem(
            f"After {DONE_WITHIN_S:g} s, {left} messages were left. Your answer was not judged.",
            evidence=evidence,
            next_step="Wait until this machine is quieter, then check again.",
        )
    if right < DOUBLED:
        more = sum(got[order["customer"]] > order["points"] for order in orders)
        return NotYet(
            f"Of {DOUBLED} doubled orders, {more} were booked more than once, and "
            f"{DOUBLED - right - more} not at all.",
            evidence=evidence,
            next_step="Look at two messages of one order that are worked on at the same time.",
        )
    return Right(
        f"Yes: each of {DOUBLED} doubled orders was booked once.",
        evidence=evidence,
        not_checked=[
            "how long you keep what was booked: longer than the queue keeps messages",
            "a function that is killed between two writes: one write leaves no such gap",
        ],
    )


def _one_after_the_other(lab: CheckedLab) -> None:
    order = fresh_order()
    deliver_well(lab, order)
    if not has(lab, order):
        raise NotYet(
            "A fresh order came once, and its customer has no points.",
            evidence=[f"order {order['order']}, {order['points']} points"],
            next_step="`book` still has to add the points, to the row as before.",
        )
    deliver_well(lab, order)
    got = has(lab, order)
    if got == order["points"]:
        return
    told: dict[str, Any] = {"expected": f"{order['points']} points", "got": f"{got} points"}
    if _as_it_came(lab) and cap_of(lab, "points") is not None:
        raise NotYet(
            "A cap is no memory: with fewer environments the second message waits, and is booked "
            "then.",
            **told,
            next_step="Change functions/points_once/index.py.",
        )
    if _as_it_came(lab):
        raise NotAttempted(
            "The same order came twice, and its points were added twice.",
            **told,
            next_step="Change functions/points_once/index.py, and deploy it in place of the old "
            "one.",
        )
    if _remembers(lab):
        raise NotYet(
            "It knows a double only when it comes with the same text. Here the same order came in "
            "two messages, with another time of sending.",
            **told,
            next_step="Which field stays the same when a sender sends again?",
        )
    raise NotYet(
        "The same order came twice, a moment apart, and its points were added twice.",
        **told,
        next_step="Keep in the table which orders are booked, and look there.",
    )


def _as_it_came(lab: CheckedLab) -> bool:
    """Whether the code that is deployed is functions/points, unchanged."""
    client = lab.client("lambda")
    found = client.get_function_configuration(FunctionName=lab.name("points"))
    package = zip_folder(function_folder(SLUG, "points"))
    return bool(found["CodeSha256"] == b64encode(sha256(package).digest()).decode())


def _remembers(lab: CheckedLab) -> bool:
    """Whether the same message, to the letter, is booked once."""
    order = fresh_order()
    body = json.dumps({**order, "sent": 1.5})
    record = {"messageId": token_hex(8), "receiptHandle": token_hex(8), "body": body}
    for _ in range(2):
        try_to_invoke(lab, "points", {"Records": [record]})
    return has(lab, order) == int(order["points"])


def _two_orders(lab: CheckedLab) -> None:
    first = fresh_order()
    second = {**first, "order": fresh_id()}
    deliver_well(lab, first)
    deliver_well(lab, second)
    _expect(
        lab,
        first,
        2 * first["points"],
        "One customer ordered twice, the same number of points, and was given them once: two "
        "orders are not one.",
        "The key is the order's id, and nothing else.",
    )


def _at_once(lab: CheckedLab) -> None:
    for _ in range(ROUNDS):
        order = fresh_order()
        at_once(partial(deliver, lab), [order] * AT_ONCE)
        # One that lost the race may have failed: SQS would bring it again.
        deliver_well(lab, order)
        _expect(
            lab,
            order,
            order["points"],
            f"{AT_ONCE} messages of one order came at the same moment, to {AT_ONCE} environments, "
            "and it was booked more than once.",
            "To look first and write afterwards leaves a gap between the two. Let DynamoDB decide: "
            "a ConditionExpression is looked at and written in one step.",
        )


def _down_first(lab: CheckedLab) -> None:
    order = fresh_order()
    said = deliver(lab, {**order, "accounting": "down"})
    if not said:
        raise NotYet(
            "The accounting system was down, and the function said that all is well: the message "
            "is deleted, and the order is lost.",
            next_step="Let the error out: SQS brings the message again.",
        )
    deliver_well(lab, order)
    _expect(
        lab,
        order,
        order["points"],
        "The accounting system was down when an order came; it came again, and was taken for a "
        "double. It was never booked: that is worse than twice.",
        "Remember an order in the same write that books it, or forget it when the booking fails.",
    )


def _fails_after(lab: CheckedLab) -> None:
    order = fresh_order()
    said = deliver(lab, {**order, "printer": "no paper"})
    if not said:
        raise NotYet(
            "The printer had no paper, and the function said that all is well: nobody will print "
            "this receipt.",
            next_step="Let the error out: SQS brings the message again.",
        )
    deliver_well(lab, order)
    _expect(
        lab,
        order,
        order["points"],
        "An order was booked, then its receipt failed; the message came again, and it was booked "
        "again.",
        "Keep what you know of the *booking*, whatever happens after it.",
    )


def _in_a_new_environment(lab: CheckedLab) -> None:
    order = fresh_order()
    deliver_well(lab, order)
    client, name = lab.client("lambda"), lab.name("points")
    own = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    configure(
        client,
        name,
        permissions_spread=False,
        Environment={"Variables": {**own, "RENEWED": token_hex(4)}},
    )
    deliver_well(lab, order)
    _expect(
        lab,
        order,
        order["points"],
        "The second message came to a new environment, and was booked again.",
        "An environment's memory is its own: keep what was booked in the table.",
    )


def _expect(lab: CheckedLab, order: Order, points: int, message: str, next_step: str) -> None:
    """Raise `NotYet` with this message unless the order's customer has so many points."""
    got = has(lab, order)
    if got != points:
        raise NotYet(
            message,
            expected=f"{points} points",
            got=f"{got} points",
            evidence=[f"order {order['order']} of this check"],
            next_step=next_step,
        )
