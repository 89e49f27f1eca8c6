"""What lab 09's checks say to counts, bills and answers that they are given.

What is deployed is tried on the embedded cloud: tests/authoring/test_wrong_answers.py.
"""

import hashlib
import importlib.util
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration import (
    decide,
    diet,
    durable,
    machine,
    split,
)
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.outcome import (
    Case,
    judge,
)
from serverless_course.exercises.flower_shop import (
    STEPS,
    orders_with_troubles,
    places,
    wrongs_of,
)
from serverless_course.exercises.order_usage import Usage, transitions_of
from serverless_course.pricing.orchestration import Used

LAB = Path(__file__).parents[2] / "content/labs/09-good-practice-and-orchestration"
FUNCTIONS = LAB / "functions"


def solved(short: str) -> ModuleType:
    """The solved function of that name, loaded as a module."""
    spec = importlib.util.spec_from_file_location(
        f"solved_{short}", LAB / f"functions.solved/{short}/index.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def counts(**done: int) -> dict[str, int]:
    """Counters of an order: each step that was done was asked for as often, unless told."""
    none = dict.fromkeys(STEPS, 0) | {f"asked_{step}": 0 for step in STEPS}
    asked = {f"asked_{step}": n for step, n in done.items() if step in STEPS}
    return none | asked | done


SHIPPED = counts(reserve=1, charge=1, book=1)
CANCELLED = counts(reserve=1, charge=1, refund=1, release=1, asked_book=1)
DECLINED = counts(reserve=1, asked_charge=1, release=1)


def test_desk_is_the_file_that_the_check_knows() -> None:
    for folder in ("flow", "shop", "quote"):
        found = (FUNCTIONS / folder / "desk.py").read_bytes()
        assert hashlib.sha256(found).hexdigest() == durable.DESK_SHA256, folder


def test_places_are_the_same_each_time() -> None:
    known = places()
    assert known == places()
    assert len(known) == 40_000
    assert all(" " in place["town"] for place in list(known.values())[:50])


def test_six_orders_have_each_trouble_once() -> None:
    for first in (1, 700):
        day = orders_with_troubles(first)
        assert [order["order"] for order in day] == list(range(first, first + 6))
        kinds = sorted(next(iter(order["trouble"]), "none") for order in day)
        assert kinds == ["busy", "closed", "declined", "die", "lost", "none"]


@pytest.mark.parametrize(
    ("done", "wrong"),
    [
        (SHIPPED, []),
        (CANCELLED, []),
        (DECLINED, []),
        (counts(reserve=1, charge=1), ["paid, and gets no parcel", "keeps"]),
        (counts(reserve=1, charge=2, book=1), ["paid twice"]),
        (counts(reserve=2, charge=1, book=1), ["keeps"]),
        (counts(reserve=1, release=1, refund=1), ["refunded what was never charged"]),
        (counts(reserve=1, charge=1, refund=1, book=1), ["has not paid"]),
        (counts(reserve=2, charge=1, book=2), ["gets two parcels"]),
    ],
)
def test_what_is_wrong_with_an_order_is_counted(done: dict[str, int], wrong: list[str]) -> None:
    found = wrongs_of(done)
    assert len(found) == len(wrong), found
    assert all(text in each for text, each in zip(wrong, found, strict=True)), found


FINE, BUSY = Case(1, "no trouble", {}), Case(2, "a busy courier", {"busy": 2})
CLOSED, NO_CARD = Case(3, "a closed courier", {"closed": 1}), Case(4, "no card", {"declined": 1})


@pytest.mark.parametrize(
    ("case", "done", "status"),
    [
        (FINE, SHIPPED, "shipped"),
        (BUSY, counts(reserve=1, charge=1, book=1, asked_book=3), "shipped"),
        (CLOSED, CANCELLED, "cancelled"),
        (NO_CARD, DECLINED, "cancelled"),
    ],
)
def test_an_order_that_ended_well_is_right(case: Case, done: dict[str, int], status: str) -> None:
    assert judge(case, done, status) is None


@pytest.mark.parametrize(
    ("case", "done", "status", "told"),
    [
        (FINE, counts(), "shipped", "nothing was booked"),
        (FINE, SHIPPED, None, 'the status "shipped"'),
        (FINE, SHIPPED, "done", 'the status "shipped"'),
        (BUSY, CANCELLED, "cancelled", "could have been shipped"),
        (BUSY, counts(reserve=1, charge=2, book=1), "shipped", "paid twice"),
        (CLOSED, counts(reserve=1, charge=1, asked_book=1), None, "paid, and gets no parcel"),
        (CLOSED, {**CANCELLED, "asked_book": 4}, "cancelled", "asked for 4 times"),
        (CLOSED, {**CANCELLED, "release": 0}, "cancelled", "the stock keeps flowers"),
        (NO_CARD, {**DECLINED, "refund": 1}, "cancelled", "never charged"),
        (NO_CARD, {**DECLINED, "asked_charge": 2}, "cancelled", "charge was asked for 2 times"),
        (NO_CARD, DECLINED, "shipped", "nothing was booked"),
    ],
)
def test_what_is_wrong_with_an_end_is_told(
    case: Case, done: dict[str, int], status: str | None, told: str
) -> None:
    problem = judge(case, done, status)
    assert problem is not None
    assert told in problem.message
    assert problem.machine_step
    assert problem.durable_step


def test_cases_are_fresh_and_the_cut_is_drawn() -> None:
    cuts = {tuple(c.trouble["die"] for c in durable.fresh_cases()[:2]) for _ in range(80)}
    assert len(cuts) > 6
    assert all(second.split()[1] != "reserve" for _, second in cuts)
    numbers = [case.order for _ in range(20) for case in machine.fresh_cases()]
    assert len(set(numbers)) == len(numbers)


def test_prices_and_labels_are_those_of_the_solved_functions() -> None:
    quote, label = solved("quote"), solved("label_lean")
    items = [{"cents": 333, "number": 7}, {"cents": 99, "number": 13}]
    for coupon in split.COUPONS:
        event = {"items": items, "coupon": coupon}
        assert quote.handler(event, None) == split.price(items, coupon)
    place = places()["20417"]
    label.find = lambda postcode: [place["town"], place["zone"]]
    event = {"order": 7, "postcode": "20417"}
    assert label.handler(event, None) == diet.wanted_label(7, place)


@pytest.mark.parametrize("coupon", ["SPRING", "FRIEND", None])
def test_a_quote_that_rounds_has_another_price(coupon: str | None) -> None:
    percent = split.COUPONS[coupon]
    for _ in range(50):
        items = split.telling_items(coupon)
        few, many = (item["cents"] * item["number"] for item in items)
        right = split.price(items, coupon)["cents"]
        bulk_rounded = few + round(many * 0.95)
        assert bulk_rounded - bulk_rounded * percent // 100 != right or percent
        cut_off = split.price(items, None)["cents"]
        if percent:
            assert cut_off - round(cut_off * percent / 100) != right


def test_transitions_are_states_entered_and_retries() -> None:
    kinds = ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskFailed"]
    kinds += ["TaskScheduled", "TaskSucceeded", "TaskStateExited", "PassStateEntered"]
    assert transitions_of({"type": kind} for kind in kinds) == 3


USAGE = {
    "waiting": Usage(5, Used(21, Decimal("1.8"))),
    "machine": Usage(5, Used(16, Decimal("0.4")), transitions=21),
    "durable": Usage(5, Used(22, Decimal("1.5")), operations=21, written_bytes=1600),
}


def test_bills_are_of_a_million_orders() -> None:
    bills = decide.bills_of(USAGE)
    # 21 transitions of five orders: 4.2 million at 25 dollars; 33.6 dollars of operations.
    assert bills["machine"] == pytest.approx(105 + 0.64 + 1.333, abs=0.05)
    assert bills["durable"] == pytest.approx(33.6 + 0.88 + 5 + 0.07 + 0.02, abs=0.1)
    assert bills["waiting"] == pytest.approx(0.84 + 6, abs=0.05)


def answer(**changed: Any) -> dict[str, Any]:
    bills = decide.bills_of(USAGE)
    pays = (bills["durable"] - bills["waiting"]) / 25
    return {"usage": USAGE, **bills, "choice": "durable", "pays_from": pays, **changed}


def said(given: dict[str, Any]) -> str:
    bills = decide.bills_of(USAGE)
    wrong = decide._wrong_bill(given, bills, USAGE) or decide._wrong_choice(given, bills)
    return wrong.message if wrong else ""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ""),
        ({"choice": " Durable ", "machine": "106.97"}, ""),
        ({"machine": 105.0}, "not what your `usage` costs"),
        ({"machine": 106.97 * 5}, "counts five orders as one"),
        ({"durable": decide.bills_of(USAGE)["durable"] / 5}, "one of 200,000"),
        ({"durable": 5.88}, "durable operations are missing"),
        ({"waiting": "7 dollars"}, "write the number alone"),
        ({"choice": "waiting"}, "took money for nothing"),
        ({"choice": "machine"}, "times as much"),
        ({"choice": "express"}, "one of waiting, machine, durable"),
        ({"pays_from": 33.0}, "costs 25 dollars"),
        ({"pays_from": None}, "a number of orders"),
    ],
)
def test_what_is_wrong_with_a_decision_is_told(changed: dict[str, Any], told: str) -> None:
    found = said(answer(**changed))
    assert told in found if told else not found, found
