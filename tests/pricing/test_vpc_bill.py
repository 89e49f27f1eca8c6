"""What a network costs: sourced and dated prices, and none where none is confirmed."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from serverless_course.network import BilledParts
from serverless_course.pricing.vpc import RATES, Bill, monthly_bill


def amounts(bill: Bill) -> dict[str, Decimal | None]:
    return {line.what: line.usd for line in bill.lines}


def test_a_month_of_one_nat_gateway_in_us_east_1() -> None:
    # 730 h at $0.045, 100 GB at $0.045 (aws.amazon.com/vpc/pricing), 730 h at $0.005.
    bill = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), nat_gb=100)
    assert amounts(bill) == {
        "NAT gateways": Decimal("32.85"),
        "data through NAT gateways": Decimal("4.5"),
        "public IPv4 addresses": Decimal("3.65"),
    }
    assert bill.usd == Decimal("41.00")


def test_a_regional_nat_gateway_is_charged_for_each_of_its_zones() -> None:
    zonal = monthly_bill(BilledParts(nat_gateways=3))
    regional = monthly_bill(BilledParts(regional_nat_zones=3))
    assert zonal.usd == regional.usd == Decimal("98.55")


def test_interface_endpoints_are_charged_by_zone_and_gigabyte_and_gateway_endpoints_are_free() -> (
    None
):
    # $0.01 an hour and zone, $0.01 a GB (aws.amazon.com/privatelink/pricing).
    parts = BilledParts(interface_endpoint_zones=2, gateway_endpoints=2)
    bill = monthly_bill(parts, endpoint_gb=50)
    assert amounts(bill) == {
        "interface endpoints, by zone": Decimal("14.6"),
        "data through interface endpoints": Decimal("0.5"),
        "gateway endpoints": 0,
    }


def test_data_between_zones_is_charged_in_each_direction() -> None:
    assert monthly_bill(BilledParts(), cross_zone_gb=200).usd == Decimal("2")


def test_sao_paulo_has_no_confirmed_price_of_a_nat_gateway_so_no_number() -> None:
    bill = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), "sa-east-1", nat_gb=1)
    assert bill.usd is None
    assert [line.what for line in bill.unknown] == ["NAT gateways", "data through NAT gateways"]
    assert all("not known" in line.source for line in bill.unknown)
    assert amounts(bill)["public IPv4 addresses"] == Decimal("3.65")


def test_a_region_without_prices_has_lines_without_a_number() -> None:
    bill = monthly_bill(BilledParts(nat_gateways=1, gateway_endpoints=1), "eu-west-1")
    assert amounts(bill) == {"NAT gateways": None, "gateway endpoints": 0}
    assert bill.usd is None


def test_nothing_costs_nothing() -> None:
    assert monthly_bill(BilledParts()).usd == 0


def test_every_price_says_where_and_when_it_was_read() -> None:
    for rates in RATES.values():
        for rate in rates.values():
            assert rate.source
            assert rate.dated.year >= 2024
            assert str(rate.dated.year) in rate.describe()


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        monthly_bill(BilledParts(), nat_gb=-1)


def test_any_record_with_these_counts_can_be_priced() -> None:
    @dataclass(frozen=True)
    class Sketch:
        nat_gateways: int = 2
        regional_nat_zones: int = 0
        interface_endpoint_zones: int = 0
        gateway_endpoints: int = 0
        public_addresses: int = 2

    assert (
        monthly_bill(Sketch()).usd
        == monthly_bill(BilledParts(nat_gateways=2, public_addresses=2)).usd
    )
