"""What the parts of a VPC cost in a month, as far as sourced prices are held."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from serverless_course.pricing.cost import Number

HOURS_IN_A_MONTH = 730


class Parts(Protocol):
    """What is charged by the hour: `network.BilledParts` is one."""

    @property
    def nat_gateways(self) -> int: ...
    @property
    def regional_nat_zones(self) -> int: ...
    @property
    def interface_endpoint_zones(self) -> int: ...
    @property
    def gateway_endpoints(self) -> int: ...
    @property
    def public_addresses(self) -> int: ...


@dataclass(frozen=True)
class Line:
    """One line of a bill.

    Attributes:
        what: what is charged.
        quantity: how much of it in the month.
        unit: ``hours`` or ``GB``.
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
    """A month of a network.

    Attributes:
        region: AWS Region.
        lines: its lines; those with quantity 0 are left out.
    """

    region: str
    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal | None:
        """Dollars in all, or None when a line's price is not known."""
        known = [line.usd for line in self.lines]
        return None if None in known else sum((usd for usd in known if usd), Decimal(0))


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

    Args:
        parts: what stands there, see `network.BilledParts.of`.
        region: AWS Region. A Region without sourced prices gives lines without a price.
        nat_gb: GB a month through NAT gateways, both directions.
        endpoint_gb: GB a month through interface endpoints.
        cross_zone_gb: GB a month between zones, counted in each direction.
        hours: hours in the month.

    Raises:
        ValueError: for a negative number.
    """
    raise NotImplementedError
