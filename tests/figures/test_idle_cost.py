"""The idle-cost figure and its widget: words, prices that are missing, input that is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from serverless_course.figures.idle_cost import UNKNOWN
from serverless_course.figures.idle_cost_widget import (
    FIRST_WORK,
    compared,
    idle_cost,
    idle_cost_widget,
)
from serverless_course.figures.traffic_shapes import OWN, SHAPES, read_numbers, traffic
from serverless_course.pricing.idle import Work


def test_every_shape_is_a_day_whose_busiest_hour_is_the_peak() -> None:
    for shape in SHAPES:
        assert traffic(shape, 8).peak == 8
    with pytest.raises(LookupError, match="steady, office hours"):
        traffic("wild", 1)


def test_a_few_office_hours_are_cheapest_on_lambda_and_heavy_steady_traffic_is_not() -> None:
    assert idle_cost().cheapest == "Lambda"
    assert idle_cost("steady", 100).cheapest == "EC2 t3.small"


def test_the_title_the_sentence_and_the_table_agree() -> None:
    found = idle_cost("steady", 100)
    assert f"{found.cheapest} costs least" in found.sentence()
    bills = found.table_of_bills()["dollars a month"]
    least = min(bills, key=lambda text: float(text.replace(",", "")))
    assert bills[found.cheapest] == least


def test_where_no_price_is_confirmed_nothing_is_compared_until_the_reader_types_one() -> None:
    found = idle_cost(region="sa-east-1")
    assert found.table_of_bills().loc["EC2 t3.small", "dollars a month"] == UNKNOWN
    assert "No source confirms a price of EC2 t3.small" in found.sentence()
    mine = compared(traffic("steady", 100), FIRST_WORK, "sa-east-1", ec2_usd=Decimal("0.001"))
    assert mine.cheapest == "EC2 t3.small"


def test_the_free_tier_takes_small_traffic_to_nothing() -> None:
    day = traffic("steady", 0.3)
    assert compared(day, FIRST_WORK).on_lambda > 0
    assert compared(day, FIRST_WORK, free_tier=True).on_lambda == 0


def test_traffic_of_nothing_is_drawn_and_costs_nothing_on_lambda() -> None:
    found = compared(read_numbers("0 " * 24), FIRST_WORK)
    assert found.on_lambda == 0
    assert "0.00 requests a second on average" in found.picture().alt


def test_a_host_that_never_pays_is_told_in_words() -> None:
    # A host's price per unit of work above Lambda's.
    found = compared(traffic("steady", 1), Work(100, 128, 100), ec2_usd=Decimal(9))
    assert "Lambda is cheaper at each rate" in found.words_of_break_even()


@pytest.mark.parametrize(
    ("typed", "told"),
    [("1 2 3", "There are 3 here"), ("1 two" + " 3" * 22, "'two' is no number"), ("", "0 here")],
)
def test_numbers_that_are_no_day_are_told_what_is_wrong(typed, told) -> None:
    widget = idle_cost_widget()
    widget.shape.value = OWN
    widget.numbers.value = typed
    assert "alert" in widget.picture.value
    assert told in widget.picture.value.replace("&#x27;", "'")


def test_the_widget_follows_its_fields() -> None:
    widget = idle_cost_widget()
    before = widget.picture.value
    widget.peak.value = 50
    assert widget.picture.value != before
    widget.region.value = "sa-east-1"
    assert widget.ec2.value == ""
    widget.ec2.value = "cheap"
    assert "is no price" in widget.picture.value
    widget.ec2.value = "0.03"
    assert UNKNOWN not in widget.picture.value


def test_without_a_kernel_office_hours_are_shown() -> None:
    bundle = idle_cost_widget()._repr_mimebundle_()
    assert "<img alt=" in bundle["text/html"]
    assert "5.00 in the busiest hour" in bundle["text/plain"]
