"""The bill of orders three ways: bars, lines, and empty fields where no price is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from serverless_course.figures import order_bill_widget as module
from serverless_course.figures.order_bill import DURABLE, EXPRESS, STANDARD, WAITING, OrderBill
from serverless_course.figures.widget_bundle import VIEW
from serverless_course.pricing.orchestration import DURABLE_KEPT, DURABLE_OPERATION, Used

ONE = Used(1, Decimal("0.5"))
BILL = OrderBill(ONE, ONE, ONE, transitions=7, operations=12, written_bytes=1000)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    module._KEPT.clear()
    yield
    module._KEPT.clear()


def widget() -> module.OrderBillWidget:
    return module.order_bill_widget(ONE, ONE, ONE, transitions=7, operations=12, written_bytes=1000)


def test_waiting_code_pays_for_the_wait_and_the_others_do_not() -> None:
    totals = BILL.totals()
    # 0.2 for requests; 300.5 million GB-seconds at 0.0000166667.
    assert totals[WAITING] == Decimal("5008.54335") == round(totals[WAITING] or 0, 5)
    longer = OrderBill(ONE, ONE, ONE, 7, 12, 1000, minutes=Decimal(14)).totals()
    assert [longer[way] == totals[way] for way in (STANDARD, DURABLE, EXPRESS)] == [True] * 3


def test_what_takes_more_than_15_minutes_cannot_be_done_in_one_function() -> None:
    found = OrderBill(ONE, ONE, ONE, 7, 12, 1000, minutes=Decimal(16))
    assert found.totals()[WAITING] is None
    assert "not possible: a function ends after 15 minutes" in found.picture().alt


def test_a_price_that_nobody_confirms_is_an_empty_field_and_can_be_typed() -> None:
    made = widget()
    made.region.value = "sa-east-1"
    assert made.prices[DURABLE_OPERATION].value == ""
    assert made.totals()[DURABLE] is None
    assert "a price is missing" in made.picture.value
    for field in made.prices.values():
        field.value = field.value or "0.00001"
    assert made.totals()[DURABLE] is not None
    assert "your own price" in made.picture.value


def test_a_text_that_is_no_price_is_refused_in_words() -> None:
    made = widget()
    made.prices[DURABLE_KEPT].value = "cheap"
    assert "is no price" in made.picture.value
    assert 'role="alert"' in made.picture.value


def test_what_was_chosen_is_kept_when_the_cell_runs_again() -> None:
    made = widget()
    made.minutes.value, made.region.value = 3.0, "sa-east-1"
    made.prices[DURABLE_KEPT].value = "0.2"
    again = widget()
    assert (again.minutes.value, again.region.value) == (3.0, "sa-east-1")
    assert again.prices[DURABLE_KEPT].value == "0.2"


def test_without_a_kernel_a_reader_sees_a_million_orders() -> None:
    bundle = widget()._repr_mimebundle_()
    assert VIEW in bundle
    assert "1,000,000 orders, 10 minutes of waiting each" in bundle["text/plain"]
    assert "<img alt=" in bundle["text/html"]
    assert "state transitions (standard)" in bundle["text/html"]


def test_each_price_field_has_room_for_its_label_and_twelve_digits() -> None:
    shown = widget()
    for field in shown.prices.values():
        assert int(field.layout.width.removesuffix("px")) >= 6.5 * len(field.description) + 130
