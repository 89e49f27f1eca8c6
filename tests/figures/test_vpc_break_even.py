"""Break-even of the ways to an AWS service, and the designer's goal."""

from decimal import Decimal

import pytest

from serverless_course.figures.vpc.break_even import break_even_gb, break_even_plot, way_prices
from serverless_course.figures.vpc.design_goal import goal_words, goals
from serverless_course.figures.vpc.report import Load
from serverless_course.network.design import Choices


def test_at_the_break_even_the_endpoint_costs_what_the_gateway_charges_for_its_gigabytes() -> None:
    # $14.60 for the hours of two zones, against $0.045 less $0.01 for each GB.
    assert break_even_gb() == Decimal("14.60") / Decimal("0.035")
    below, above = way_prices(400), way_prices(450)
    nat, endpoint = list(below)[1:3]
    assert below[nat] < below[endpoint]
    assert above[nat] > above[endpoint]


def test_a_third_zone_moves_the_break_even() -> None:
    assert float(break_even_gb(zones=3)) == pytest.approx(1.5 * float(break_even_gb()))


def test_the_picture_says_the_break_even_in_its_title_and_has_a_table() -> None:
    picture = break_even_plot()
    assert "417 GB" in picture.alt
    assert picture.table is not None
    assert picture.table.loc["a NAT gateway for this alone", "200 GB"] == "$45.50"


def test_a_region_without_confirmed_prices_is_refused() -> None:
    with pytest.raises(LookupError, match="sa-east-1"):
        way_prices(1, region="sa-east-1")


@pytest.mark.parametrize(
    ("choices", "load", "reached"),
    [
        (Choices(), Load(), [False, False, True]),
        (Choices(nat="one"), Load(), [True, False, True]),
        (Choices(nat="one a zone"), Load(), [True, True, True]),
        (Choices(nat="regional"), Load(), [True, True, True]),
        (Choices(nat="one a zone"), Load(nat_gb=1000), [True, True, False]),
        (Choices(nat="one", zones=1), Load(), [True, False, True]),
    ],
)
def test_the_goal_asks_for_both_destinations_a_failed_zone_and_a_price(
    choices: Choices, load: Load, reached: list[bool]
) -> None:
    assert [each.reached for each in goals(choices, load)] == reached
    assert ("Not reached yet." in goal_words(choices, load)) == (not all(reached))
