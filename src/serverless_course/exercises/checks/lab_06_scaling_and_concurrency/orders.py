"""Orders with points, as lab 06's checks make and deliver them: singly, or each twice."""

from __future__ import annotations

import json
import random
import time
from secrets import token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.bakery import (
    fresh_id,
    numbers,
    send_all,
    try_to_invoke,
    waiting_in,
)
from serverless_course.exercises.feedback import CodeError
from serverless_course.waiting import until

DONE_WITHIN_S = 90.0

Order = dict[str, Any]


def fresh_order(**more: Any) -> Order:
    """An order of a new customer, with 1 to 90 points."""
    draw = random.SystemRandom()
    customer = f"customer {token_hex(6)}"
    return {"order": fresh_id(), "customer": customer, "points": draw.randint(1, 90), **more}


def send_doubled(lab: CheckedLab, orders: list[Order]) -> int:
    """Send each order twice, as the web page does; how many messages are left in the end."""
    twice = [{**order, "sent": time.time() + n} for n in (0, 1) for order in orders]
    random.SystemRandom().shuffle(twice)
    send_all(lab, "receipts", twice)
    until(lambda: waiting_in(lab, "receipts") == 0, DONE_WITHIN_S, every_s=0.5)
    return waiting_in(lab, "receipts")


def points_of(lab: CheckedLab, orders: list[Order]) -> dict[str, int]:
    """The points of these orders' customers."""
    keys = {f"points of {order['customer']}": order["customer"] for order in orders}
    return {keys[key]: points for key, points in numbers(lab, keys, "points").items()}


def deliver(lab: CheckedLab, *orders: Order) -> str:
    """Hand the function a batch as SQS does; "" or the error's type."""
    records = [
        {
            "messageId": token_hex(8),
            "receiptHandle": token_hex(8),
            "body": json.dumps({**order, "sent": time.time()}),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        }
        for order in orders
    ]
    return try_to_invoke(lab, "points", {"Records": records})


def deliver_well(lab: CheckedLab, *orders: Order) -> None:
    """Deliver, and raise `CodeError` when the function fails."""
    error = deliver(lab, *orders)
    if error:
        raise CodeError(
            f"The function points failed with {error}, for an order that is in order.",
            evidence=[f"order {order['order']}" for order in orders],
            next_step="Look at its log, fix functions/points_once/index.py, deploy it again. "
            '`lab.deploy` needs `environment={"TABLE": table}`.',
        )


def has(lab: CheckedLab, order: Order) -> int:
    """The points of an order's customer."""
    return points_of(lab, [order])[order["customer"]]
