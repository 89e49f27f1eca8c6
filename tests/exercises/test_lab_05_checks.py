"""What lab 05's checks say to sums and numbers that come out of usual mistakes."""

from typing import Any, cast

import pytest

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.estimates import plan, price
from serverless_course.exercises.verdict import State
from serverless_course.network.billed import BilledParts
from serverless_course.pricing.vpc import monthly_bill

NOTHING = cast("CheckedLab", None)
NAT = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), nat_gb=200).usd
ENDPOINT = monthly_bill(BilledParts(interface_endpoint_zones=2), endpoint_gb=200).usd
RIGHT = {"nat": NAT, "interface": ENDPOINT, "gateway": 0}


@pytest.mark.parametrize(
    "answer", [RIGHT, {"nat": 45.5, "interface": "16.60", "gateway": 0.0}, {**RIGHT, "nat": "45.5"}]
)
def test_the_right_prices_are_right_in_each_form(answer: dict[str, Any]) -> None:
    assert price.run(NOTHING, answer).state is State.RIGHT


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"nat": 36.5}, "each gigabyte"),
        ({"nat": 41.85}, "public address"),
        ({"nat": 32.85}, "hours alone"),
        ({"nat": 82.0}, "two NAT gateways"),
        ({"nat": 78.35}, "two NAT gateways"),
        ({"nat": 49.15}, "not two"),
        ({"nat": 38.5}, "`nat_gb`"),
        ({"nat": 16.6}, "the price of the interface endpoint"),
        ({"nat": 46}, "do not round"),
        ({"nat": "$45.50"}, "write the number alone"),
        ({"nat": None}, "a number of dollars"),
        ({"interface": 14.6}, "each gigabyte"),
        ({"interface": 9.3}, "two zones"),
        ({"interface": 23.6}, "`endpoint_gb`"),
        ({"interface": 20.25}, "private addresses"),
        ({"interface": 45.5}, "the price of the NAT gateway"),
        ({"interface": 99}, "does not come out"),
        ({"gateway": 7.3}, "costs nothing"),
    ],
)
def test_each_usual_sum_has_its_own_words(changed: dict[str, Any], says: str) -> None:
    verdict = price.run(NOTHING, {**RIGHT, **changed})
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"then": 800}, "each slice"),
        ({"then": 409.6}, "1,024 MB"),
        ({"then": 410}, "1,024 MB"),
        ({"then": 200}, "both together"),
        ({"then": 1200}, "divide by 3"),
        ({"now": 1}, "two subnets"),
        ({"now": 4}, "private subnets only"),
        ({"now": 400}, "share"),
        ({"enough_then": "yes"}, "True or False"),
        ({"enough_then": False}, "both subnets"),
    ],
)
def test_each_usual_plan_has_its_own_words(changed: dict[str, Any], says: str) -> None:
    right = {"then": 400, "now": "2", "enough_then": True}
    assert plan.run(NOTHING, right).state is State.RIGHT
    verdict = plan.run(NOTHING, {**right, **changed})
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message
