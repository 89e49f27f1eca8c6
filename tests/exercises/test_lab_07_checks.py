"""Lab 07's day of orders, and what its check says to a handler's answer to a batch.

What is deployed is tried on the embedded cloud: tests/authoring/test_wrong_answers.py.
"""

import json
from typing import Any

import pytest

from serverless_course.exercises.checks.lab_07_failures_and_dlq.batch_answer import check_answer
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet
from serverless_course.exercises.shop_day import (
    EXTRAS,
    FEWEST_LOST,
    MOST_LOST,
    good_order,
    orders_of_a_day,
    price_of,
)
from serverless_course.functions.invocation import Invocation


def without(orders: list[dict[str, Any]]) -> dict[str, set[int]]:
    """The orders in which an extra is null, by extra."""
    found = {extra: {o["order"] for o in orders if o[extra] is None} for extra in EXTRAS}
    return {extra: numbers for extra, numbers in found.items() if numbers}


def test_a_day_has_24_orders_and_one_extra_that_some_do_not_have() -> None:
    for first in (1, 201):
        day = orders_of_a_day(first)
        assert [order["order"] for order in day] == list(range(first, first + 24))
        (numbers,) = without(day).values()
        assert FEWEST_LOST <= len(numbers) <= MOST_LOST


def test_each_day_is_another() -> None:
    days = [without(orders_of_a_day()) for _ in range(60)]
    # Each of three is drawn with a chance of 1/3: none is missing in 60 days.
    assert {extra for day in days for extra in day} == set(EXTRAS)
    assert len({json.dumps([sorted(n) for n in day.values()]) for day in days}) > 20


def test_a_price_counts_what_the_customer_does_not_have_as_nothing() -> None:
    order = {
        "items": [{"cents": 450, "number": 2}],
        "coupon": {"percent": 10},
        "gift": {"cents": 250},
        "card": {"credit": 100},
    }
    assert price_of(order) == 960
    assert [price_of({**order, extra: None}) for extra in EXTRAS] == [1050, 710, 1060]
    assert price_of({"items": order["items"]}) == 900
    assert price_of(good_order(1)) > 0


class Packer:
    """A lab whose packer answers as told, and has packed parcels as said.

    Asked for is first the heavy parcel, then the one before it, then the one after it.
    """

    def __init__(self, answer: Any, packed: tuple[int, ...] = (0, 1, 1)) -> None:
        self.answer, self.packed, self.asked = answer, list(packed), 0

    def name(self, short: str, kind: str = "") -> str:
        return short

    def invoke(self, function: str, payload: Any = None) -> Invocation:
        answer = self.answer(payload["Records"])
        failed = isinstance(answer, dict) and "errorType" in answer
        kind = "Unhandled" if failed else None
        return Invocation("r", 200, answer, kind, "$LATEST", "", None, 1.0)

    def client(self, service: str) -> Any:
        return self

    def get_item(self, **_: Any) -> dict[str, Any]:
        times, self.asked = self.packed[self.asked], self.asked + 1
        return {"Item": {"packed": {"N": str(times)}} if times else {}}


def listed(*names: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


def say(answer: Any, packed: tuple[int, ...] = (0, 1, 1), *, looks: bool = True) -> Feedback:
    with pytest.raises(Feedback) as raised:
        check_answer(Packer(answer, packed), looks=looks)  # type: ignore[arg-type]
    return raised.value


def test_the_heavy_parcel_alone_is_reported() -> None:
    packer = Packer(lambda records: listed(records[1]["messageId"]))
    (told,) = check_answer(packer, looks=True)  # type: ignore[arg-type]
    assert "three parcels" in told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda r: None, "returned nothing"),
        (lambda r: {}, "has no key batchItemFailures"),
        (lambda r: {"batchItemFailure": [r[1]["messageId"]]}, "Its keys: batchItemFailure."),
        (lambda r: {"batchItemFailures": None}, "does not report"),
        (lambda r: listed(), "does not report"),
        (lambda r: {"batchItemFailures": [r[1]["messageId"]]}, "bare ids"),
        (lambda r: {"batchItemFailures": r[1]["messageId"]}, "bare ids"),
        (lambda r: [{"itemIdentifier": r[1]["messageId"]}], "no dictionary"),
        (lambda r: json.dumps(listed(r[1]["messageId"])), "no dictionary"),
        (lambda r: {"batchItemFailures": [{"messageId": r[1]["messageId"]}]}, "the key messageId"),
        (lambda r: {"batchItemFailures": [{}]}, "the key nothing"),
        (lambda r: listed(r[1]["receiptHandle"]), "no message of the batch has that id"),
        (lambda r: listed(json.loads(r[1]["body"])["order"]), "no message of the batch"),
        (lambda r: listed(r[0]["messageId"]), "does not report"),
        (lambda r: listed(*(each["messageId"] for each in r)), "good parcels as failed"),
    ],
)
def test_an_answer_that_lambda_cannot_use_is_told_why(answer: Any, told: str) -> None:
    said = say(answer)
    assert isinstance(said, NotYet)
    assert told in said.message


def test_a_handler_that_stops_at_the_first_failure_loses_what_follows() -> None:
    said = say(lambda records: listed(records[1]["messageId"]), (0, 1, 0))
    assert "neither packed nor reported" in said.message


def test_a_packer_that_packs_what_is_too_heavy_is_told() -> None:
    said = say(lambda records: None, (1, 1, 1))
    assert "must stay too heavy" in said.message


def test_a_packer_as_it_came_is_not_attempted_unless_the_mapping_was_changed() -> None:
    def heavy(records: Any) -> dict[str, str]:
        return {"errorType": "ValueError", "errorMessage": "parcel 7 has 40 kg: too heavy"}

    assert isinstance(say(heavy, looks=False), NotAttempted)
    assert "still raises its error" in say(heavy).message


def test_a_packer_without_its_environment_is_told_what_is_missing() -> None:
    said = say(lambda records: {"errorType": "KeyError", "errorMessage": "'TABLE'"})
    assert "raised KeyError: 'TABLE'" in said.message
    assert "environment=" in (said.next_step or "")
