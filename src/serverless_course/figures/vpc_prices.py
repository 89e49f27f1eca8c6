"""What a design costs in a month, in words; a price that is not known is said to be unknown."""

from __future__ import annotations

from dataclasses import replace

from serverless_course.network.billed import BilledParts
from serverless_course.network.design import Choices, design
from serverless_course.network.network import Network
from serverless_course.pricing.vpc import Bill, monthly_bill

NO_CHARGE = "Free of charge."


def bill(choices: Choices, nat_gb: int = 0, endpoint_gb: int = 0) -> Bill:
    """The monthly bill of a design.

    Args:
        choices: the design, whose region's prices hold.
        nat_gb: GB a month through NAT gateways.
        endpoint_gb: GB a month through interface endpoints.
    """
    parts = BilledParts.of(Network.of(design(choices)))
    return monthly_bill(parts, choices.region, nat_gb=nat_gb, endpoint_gb=endpoint_gb)


def price_words(choices: Choices | None, region: str) -> str:
    """A month's price before any traffic, in a sentence."""
    if choices is None:
        return NO_CHARGE
    month = bill(replace(choices, region=region))
    if month.usd == 0:
        return NO_CHARGE
    if month.usd is None:
        return f"Its price in {region} is not known here."
    return f"${month.usd:,.2f} a month in {region}, plus each GB."
