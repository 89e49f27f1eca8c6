"""What a day's traffic costs in a month: on Lambda, and on hosts that are sized for the peak.

A model with no measurement in it. It leaves out what both need or what nobody here can price:
load balancers, public addresses, storage, logs, and people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from serverless_course.pricing.cost import Number, exact, month
from serverless_course.pricing.hosts import Host
from serverless_course.pricing.tables import PriceTable, UnknownPrice
from serverless_course.pricing.vpc import HOURS_IN_A_MONTH

HOURS_IN_A_DAY = 24
SECONDS_IN_AN_HOUR = 3600
DAYS_IN_A_MONTH = Decimal(HOURS_IN_A_MONTH) / HOURS_IN_A_DAY
# Two zones want two copies. A host that is full has no room for the next second's requests.
LEAST_COPIES = 2
USABLE = Decimal("0.6")


@dataclass(frozen=True)
class Work:
    """What one request asks for.

    Attributes:
        billed_ms: what Lambda bills for it, in milliseconds.
        memory_mb: the function's memory size in MB.
        cpu_ms: the CPU time of one whole vCPU that it takes, in milliseconds.
    """

    billed_ms: Number
    memory_mb: int
    cpu_ms: Number


@dataclass(frozen=True)
class Traffic:
    """Requests a second in each of the 24 hours of a day; every day is the same.

    Raises:
        ValueError: there are not 24 numbers, or one of them is negative.
    """

    per_second: tuple[Decimal, ...]

    @classmethod
    def of(cls, per_second: Sequence[Number]) -> Traffic:
        """Traffic of 24 numbers."""
        if len(per_second) != HOURS_IN_A_DAY:
            raise ValueError(
                f"A day has 24 hours: give 24 numbers. There are {len(per_second)} here."
            )
        return cls(tuple(exact(rate) for rate in per_second))

    @classmethod
    def steady(cls, rate: Number) -> Traffic:
        """Traffic with the same rate, in requests a second, in each hour."""
        return cls((exact(rate),) * HOURS_IN_A_DAY)

    @property
    def peak(self) -> Decimal:
        """Requests a second in the busiest hour."""
        return max(self.per_second)

    @property
    def mean(self) -> Decimal:
        """Requests a second over the whole day."""
        return sum(self.per_second, Decimal(0)) / HOURS_IN_A_DAY

    @property
    def requests_a_month(self) -> int:
        """Requests in a month of 730 hours."""
        return int(self.mean * SECONDS_IN_AN_HOUR * HOURS_IN_A_MONTH)


def lambda_usd(
    traffic: Traffic, work: Work, table: PriceTable, *, free_tier: bool = False
) -> Decimal:
    """Dollars a month for this traffic on Lambda."""
    requests = traffic.requests_a_month
    bill = month(requests, work.memory_mb, work.billed_ms, table, free_tier=free_tier)
    return bill.total_usd


def copies(traffic: Traffic, work: Work, host: Host) -> int:
    """How many hosts this traffic needs: two at least, the peak at 60 % of their vCPUs.

    The day's mean must fit into what they may use without end (CPU credits).
    """
    busy = exact(work.cpu_ms) / 1000
    for_peak = traffic.peak * busy / (host.vcpu * USABLE)
    for_mean = traffic.mean * busy / host.sustained_vcpu
    return max(LEAST_COPIES, _up(for_peak), _up(for_mean))


def host_usd(traffic: Traffic, work: Work, host: Host) -> Decimal | None:
    """Dollars a month on hosts that are sized for the peak, all month; None without a price."""
    if host.usd_per_hour is None:
        return None
    return copies(traffic, work, host) * host.usd_per_hour * HOURS_IN_A_MONTH


def following_usd(traffic: Traffic, work: Work, host: Host) -> Decimal | None:
    """Dollars a month if hosts were added and taken away each hour, with no delay: the ideal."""
    if host.usd_per_hour is None:
        return None
    hourly = (
        copies(Traffic.steady(rate), work, host) * host.usd_per_hour for rate in traffic.per_second
    )
    return sum(hourly, Decimal(0)) * DAYS_IN_A_MONTH


def break_even(work: Work, host: Host, table: PriceTable) -> Decimal | None:
    """The steady rate, in requests a second, at which two hosts cost what Lambda costs.

    Both bills are lines over the rate while two hosts are enough; beyond, hosts are added as
    Lambda's bill grows, so a crossing that does not come with two hosts does not come at all.
    Free tier and volume tiers are left out.

    Returns:
        The rate; None when Lambda is cheaper at every steady rate.

    Raises:
        UnknownPrice: the host has no price.
    """
    if host.usd_per_hour is None:
        raise UnknownPrice(f"{host.name} has no price here: {host.source}.")
    one = month(1, work.memory_mb, work.billed_ms, table).total_usd
    for_one_a_second = one * SECONDS_IN_AN_HOUR * HOURS_IN_A_MONTH
    rate = LEAST_COPIES * host.usd_per_hour * HOURS_IN_A_MONTH / for_one_a_second
    steady = min(host.vcpu * USABLE, host.sustained_vcpu)
    most = LEAST_COPIES * steady / (exact(work.cpu_ms) / 1000) if work.cpu_ms else None
    return rate if most is None or rate <= most else None


def _up(number: Decimal) -> int:
    return int(number.to_integral_value(rounding=ROUND_CEILING))
