"""A day's orders for the shop of lab 07. Which of them break the shop, and by what, is drawn."""

import random
from typing import Any

ORDERS = 24
# What a customer may not have: the new web page sends null for one of these, and only that one.
EXTRAS = ("coupon", "gift", "card")
FEWEST_LOST, MOST_LOST = 3, 6


def orders_of_a_day(first: int = 1) -> list[dict[str, Any]]:
    """24 orders, as the shop's web page sends them. Each call draws a new day.

    Args:
        first: the number of the first order; the others follow it.
    """
    draw = random.SystemRandom()
    orders = [good_order(first + place) for place in range(ORDERS)]
    missing = draw.choice(EXTRAS)
    for order in draw.sample(orders, draw.randint(FEWEST_LOST, MOST_LOST)):
        order[missing] = None
    return orders


def good_order(number: int) -> dict[str, Any]:
    """An order with all that the shop's function reads, at a drawn price."""
    draw = random.SystemRandom()
    return {
        "order": number,
        "items": [{"cents": 50 * draw.randint(8, 30), "number": draw.randint(1, 3)}],
        "coupon": {"percent": draw.choice((0, 5, 10, 20))},
        "gift": {"cents": draw.choice((0, 150, 250))},
        "card": {"credit": draw.choice((0, 50, 100))},
    }


def price_of(order: dict[str, Any]) -> int:
    """What an order costs, in cents; an extra that the customer does not have counts as 0."""
    percent, paper, credit = (
        (order.get(extra) or {}).get(part, 0)
        for extra, part in zip(EXTRAS, ("percent", "cents", "credit"), strict=True)
    )
    cents = sum(item["cents"] * item["number"] for item in order["items"])
    return int(cents - cents * percent // 100 + paper - credit)
