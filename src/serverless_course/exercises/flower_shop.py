"""The flower shop of lab 09: its places, the troubles of its orders, and what became of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

PLACES = 40_000
FIRST_POSTCODE = 20_000
STEPS = ("reserve", "charge", "book", "refund", "release")
_STARTS = ("Birken", "Eichen", "Linden", "Moos", "Nuss", "Rosen", "Stein", "Weiden", "Wiesen")
_ENDS = ("au", "bach", "berg", "brück", "dorf", "feld", "hain", "hof", "mühle", "tal")


def places() -> dict[str, dict[str, Any]]:
    """40,000 places by postcode, the same each time: town, zone, and much that no label needs."""
    draw = random.Random(9)  # noqa: S311 - a town is no secret
    letters = "abcdefghijklmnopqrstuvwxyz "
    return {
        str(FIRST_POSTCODE + number): {
            "town": f"{draw.choice(_STARTS)}{draw.choice(_ENDS)} {1 + number % 97}",
            "zone": draw.choice("ABCD"),
            "latitude": round(draw.uniform(47.3, 55.0), 6),
            "longitude": round(draw.uniform(5.9, 15.0), 6),
            "remark": "".join(draw.choices(letters, k=60)),
        }
        for number in range(PLACES)
    }


def orders_with_troubles(first: int) -> list[dict[str, Any]]:
    """Six orders, in an order that is drawn, each with its trouble; numbers from ``first`` on.

    One has none; for the others the courier is busy or closed, the bank declines, its answer is
    lost, or the power is cut after the card was charged.
    """
    draw = random.SystemRandom()
    troubles: list[dict[str, Any]] = [
        {},
        {"busy": draw.randint(1, 2)},
        {"closed": 1},
        {"declined": 1},
        {"lost": 1},
        {"die": "after charge"},
    ]
    draw.shuffle(troubles)
    return [
        {"order": first + place, "cents": 100 * draw.randint(15, 60), "trouble": trouble}
        for place, trouble in enumerate(troubles)
    ]


def plant_trouble(dynamodb: Any, table: str, order: int, trouble: Mapping[str, Any]) -> None:
    """Write down what goes wrong with an order, and forget what became of it before.

    Args:
        dynamodb: a boto3 client of DynamoDB.
        table: the shop's table.
        order: its number.
        trouble: ``{"busy": 2}``, ``{"closed": 1}``, ``{"declined": 1}``, ``{"lost": 1}`` or
            ``{"die": "after charge"}``; several may be given.
    """
    gone = [{"DeleteRequest": {"Key": {"id": {"S": key}}}} for key in _keys(order)]
    while gone:
        left = dynamodb.batch_write_item(RequestItems={table: gone})
        gone = left["UnprocessedItems"].get(table, [])
    values = {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in trouble.items()
    }
    dynamodb.put_item(TableName=table, Item={"id": {"S": f"trouble:{order}"}, **values})


def _keys(order: int) -> Iterable[str]:
    yield f"order:{order}"
    yield from (f"key:{order}:{step}:{order}" for step in STEPS)


def what_became_of(dynamodb: Any, table: str, order: int) -> dict[str, int]:
    """How often each step of an order was done, and asked for (``asked_charge``)."""
    found = dynamodb.get_item(
        TableName=table, Key={"id": {"S": f"order:{order}"}}, ConsistentRead=True
    ).get("Item", {})
    counted = dict.fromkeys((*STEPS, *(f"asked_{step}" for step in STEPS)), 0)
    return counted | {name: int(value["N"]) for name, value in found.items() if "N" in value}


def wrongs_of(done: Mapping[str, int]) -> list[str]:
    """What is wrong with an order that has ended, in words; empty when nothing is."""
    wrong = []
    if done["charge"] - done["refund"] > 0 and not done["book"]:
        wrong.append("paid, and gets no parcel")
    if done["charge"] - done["refund"] > 1:
        wrong.append("paid twice")
    if done["charge"] < done["refund"]:
        wrong.append("refunded what was never charged")
    if done["book"] and done["charge"] == done["refund"]:
        wrong.append("gets a parcel, and has not paid")
    if done["book"] > 1:
        wrong.append("gets two parcels")
    if done["reserve"] - done["release"] - done["book"] > 0:
        wrong.append("keeps flowers that nobody gets")
    return wrong
