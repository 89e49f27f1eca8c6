"""What the parts of a VPC cost in a month, as far as sourced prices are held.

What could not be confirmed has no number: its line says so, and the bill has no total then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol

from serverless_course.pricing.cost import Number, exact

HOURS_IN_A_MONTH = 730


@dataclass(frozen=True)
class Rate:
    """One price.

    Attributes:
        usd: dollars for one unit.
        source: where it was read.
        dated: the date of what was read.
    """

    usd: Decimal
    source: str
    dated: date

    def describe(self) -> str:
        """Source and date in one line."""
        return f"{self.source}, {self.dated:%d %b %Y}"


# AWS publishes its Price List as files, with a date of publication. Nobody here reads the live web:
# these are values of it that public repositories copied, with the file's date.
_LISTED = "AWS Price List, {}, us-east-1, as copied in a public repository"
_NAT = Rate(
    Decimal("0.045"),
    _LISTED.format("AmazonEC2, NatGateway-Hours and -Bytes")
    + "; aws.amazon.com/vpc/pricing has it for US East (Ohio)",
    date(2026, 8, 17),
)
_IPV4 = Rate(
    Decimal("0.005"),
    "AWS announcement: every public IPv4 address in all Regions since 1 Feb 2024, as reported by "
    "community.aws",
    date(2024, 2, 8),
)
_ENDPOINT_HOUR = Rate(
    Decimal("0.01"),
    _LISTED.format("AmazonVPC, VpcEndpoint-Hours")
    + "; for each zone: aws.amazon.com/privatelink/pricing",
    date(2026, 9, 17),
)
_ENDPOINT_GB = Rate(
    Decimal("0.01"),
    "aws.amazon.com/privatelink/pricing: the first PB of a month in a Region; so has the AWS Price "
    "List of us-east-1, of this date, as copied in a public repository",
    date(2026, 9, 17),
)
_CROSS_ZONE = Rate(
    Decimal("0.01"),
    _LISTED.format("AWSDataTransfer, DataTransfer-Regional-Bytes")
    + ": each way; whether a function's traffic counts there is not confirmed",
    date(2026, 7, 20),
)

# By Region, by what is charged. A part that is missing has no confirmed price: for sa-east-1
# secondary pages say only that NAT gateways cost about twice as much as in us-east-1.
RATES: Mapping[str, Mapping[str, Rate]] = MappingProxyType(
    {
        "us-east-1": MappingProxyType(
            {
                "NAT gateway": _NAT,
                "NAT data": _NAT,
                "public IPv4": _IPV4,
                "endpoint": _ENDPOINT_HOUR,
                "endpoint data": _ENDPOINT_GB,
                "between zones": _CROSS_ZONE,
            }
        ),
        "sa-east-1": MappingProxyType({"public IPv4": _IPV4, "endpoint data": _ENDPOINT_GB}),
    }
)
_FREE = Decimal(0)
NOT_CONFIRMED = "not known: no confirmed price for this Region is held here"


class Parts(Protocol):
    """What is charged by the hour: `network.BilledParts` is one."""

    @property
    def nat_gateways(self) -> int:
        """Zonal NAT gateways."""

    @property
    def regional_nat_zones(self) -> int:
        """Zones of regional NAT gateways, summed up."""

    @property
    def interface_endpoint_zones(self) -> int:
        """Zones of interface endpoints, summed up."""

    @property
    def gateway_endpoints(self) -> int:
        """Gateway endpoints."""

    @property
    def public_addresses(self) -> int:
        """Public IPv4 addresses."""


@dataclass(frozen=True)
class Line:
    """One line of a bill.

    Attributes:
        what: what is charged.
        quantity: how much of it in the month.
        unit: what is counted: ``hours``, ``GB``, ``requests`` …
        usd_per_unit: dollars for one; None when no confirmed price is held.
        source: where the price was read, and when; or why none is held.
    """

    what: str
    quantity: Decimal
    unit: str
    usd_per_unit: Decimal | None
    source: str

    @property
    def usd(self) -> Decimal | None:
        """Dollars for the month, or None when the price is not known."""
        return None if self.usd_per_unit is None else self.quantity * self.usd_per_unit


@dataclass(frozen=True)
class Bill:
    """A month of a network, or what so many orders cost.

    Attributes:
        region: AWS Region.
        lines: its lines; those with quantity 0 are left out.
    """

    region: str
    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal | None:
        """Dollars in all, or None when a line's price is not known."""
        known = [line.usd for line in self.lines if line.usd is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.lines) else None

    @property
    def unknown(self) -> tuple[Line, ...]:
        """The lines whose price is not known."""
        return tuple(line for line in self.lines if line.usd is None)


def monthly_bill(
    parts: Parts,
    region: str = "us-east-1",
    *,
    nat_gb: Number = 0,
    endpoint_gb: Number = 0,
    cross_zone_gb: Number = 0,
    hours: Number = HOURS_IN_A_MONTH,
) -> Bill:
    """The month's bill of a network.

    Data that leaves AWS for the internet, and endpoint data beyond the first PB, are not in it.

    Args:
        parts: what stands there, see `network.BilledParts.of`.
        region: AWS Region. Where no price was confirmed a line has none.
        nat_gb: GB a month through NAT gateways, both directions.
        endpoint_gb: GB a month through interface endpoints, both directions.
        cross_zone_gb: GB a month between zones, counted in each direction.
        hours: hours in the month.

    Raises:
        ValueError: for a negative number.
    """
    time = exact(hours)
    # A regional NAT gateway is charged for each zone in which it is active, at the hourly price
    # of a zonal one: a saved estimate of AWS's price calculator (eu-central-1, 24 Sep 2026).
    rows = (
        ("NAT gateways", "NAT gateway", exact(parts.nat_gateways) * time, "hours"),
        (
            "regional NAT gateways, by zone",
            "NAT gateway",
            exact(parts.regional_nat_zones) * time,
            "hours",
        ),
        ("data through NAT gateways", "NAT data", exact(nat_gb), "GB"),
        ("public IPv4 addresses", "public IPv4", exact(parts.public_addresses) * time, "hours"),
        (
            "interface endpoints, by zone",
            "endpoint",
            exact(parts.interface_endpoint_zones) * time,
            "hours",
        ),
        ("data through interface endpoints", "endpoint data", exact(endpoint_gb), "GB"),
        ("gateway endpoints", "", exact(parts.gateway_endpoints) * time, "hours"),
        ("data between zones", "between zones", exact(cross_zone_gb), "GB"),
    )
    lines = (_line(region, *row) for row in rows if row[2])
    return Bill(region, tuple(lines))


def _line(region: str, what: str, part: str, quantity: Decimal, unit: str) -> Line:
    if not part:
        free = "AWS PrivateLink Guide, Gateway endpoints: no charge (2026)"
        return Line(what, quantity, unit, _FREE, free)
    rate = RATES.get(region, {}).get(part)
    if rate is None:
        return Line(what, quantity, unit, None, NOT_CONFIRMED)
    return Line(what, quantity, unit, rate.usd, rate.describe())
