"""What an invocation and a month cost, in dollars, under a dated price table.

Sums are made with :class:`decimal.Decimal`, so that printed digits are the bill's digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from serverless_course.pricing.tables import PriceTable, UnknownPrice

Number = int | float | Decimal

MB_PER_GB = 1024
FREE_EPHEMERAL_MB = 512


def exact(value: Number) -> Decimal:
    """A number as it is printed: 0.1 becomes 0.1 and not its nearest binary fraction.

    Raises:
        ValueError: for a negative number, infinity or NaN.
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError(f"Expected a number that is 0 or more, got {value!r}.")
    return number


def billed_ms(duration_ms: Number, table: PriceTable, *, init_ms: Number = 0) -> int:
    """Milliseconds that Lambda bills for an invocation.

    Args:
        duration_ms: Duration of the REPORT line, in milliseconds.
        table: the price table whose rounding and Init rules apply.
        init_ms: Init Duration of the REPORT line in milliseconds, 0 for a warm invocation.

    Returns:
        Whole milliseconds: Duration, plus Init where Init is billed, rounded up to the table's
        step, and never less than one step.

    Sources: 100 ms steps (Lambda Developer Guide, 19 Aug 2019); 1 ms since 1 Dec 2020; Init
    billed since 1 Aug 2025 as ceil(Duration + Init Duration) (AWS Compute Blog, 29 Apr 2025).
    """
    total = exact(duration_ms) + (exact(init_ms) if table.init_billed else 0)
    steps = (total / table.rounding_ms).to_integral_value(rounding=ROUND_CEILING)
    return max(int(steps), 1) * table.rounding_ms


def gb_seconds(memory_mb: int, ms: Number) -> Decimal:
    """GB-seconds of `ms` milliseconds at `memory_mb` megabytes (1 GB is 1,024 MB)."""
    return exact(memory_mb) / MB_PER_GB * exact(ms) / 1000


def compute_cost(memory_mb: int, billed: Number, table: PriceTable) -> Decimal:
    """Dollars for the duration of one invocation, without the request fee.

    Args:
        memory_mb: memory size in MB.
        billed: billed milliseconds, a multiple of the table's step.
        table: the price table. Its published table for 100 ms is used where it lists the size.
    """
    if memory_mb in table.per_100_ms:
        return table.per_100_ms[memory_mb] * (exact(billed) / 100)
    return gb_seconds(memory_mb, billed) * table.usd_per_gb_s


def invocation_cost(
    memory_mb: int, billed: Number, table: PriceTable, *, request_fee: bool = True
) -> Decimal:
    """Dollars for one invocation in the first volume tier, free tier not counted.

    Args:
        memory_mb: memory size in MB.
        billed: billed milliseconds (see :func:`billed_ms`, or a REPORT line's Billed Duration).
        table: the price table.
        request_fee: whether to add the price of the request.
    """
    return compute_cost(memory_mb, billed, table) + (table.request if request_fee else 0)


@dataclass(frozen=True)
class MonthBill:
    """A month of one function, in dollars.

    Attributes:
        requests: requests in the month.
        gb_s: GB-seconds in the month, before the free tier.
        requests_usd: dollars for requests.
        compute_usd: dollars for GB-seconds.
    """

    requests: int
    gb_s: Decimal
    requests_usd: Decimal
    compute_usd: Decimal

    @property
    def total_usd(self) -> Decimal:
        """Dollars for the month."""
        return self.requests_usd + self.compute_usd


def month(
    requests: int,
    memory_mb: int,
    billed: Number,
    table: PriceTable,
    *,
    free_tier: bool = False,
) -> MonthBill:
    """The bill of `requests` equal invocations in one month.

    Args:
        requests: invocations in the month.
        memory_mb: memory size in MB.
        billed: billed milliseconds of each invocation.
        table: the price table.
        free_tier: take off the monthly free tier first. It belongs to the whole account, so
            leave it out when other functions use it up. The volume tiers are then counted from
            the first paid GB-second (a reading of ours: AWS's page does not spell it out, and
            it moves the bill by less than a dollar).

    Raises:
        UnknownPrice: free tier asked for a period for which no source of it is held.
    """
    used = gb_seconds(memory_mb, billed) * exact(requests)
    paid_requests, paid = exact(requests), used
    if free_tier:
        if table.free_tier is None:
            raise UnknownPrice(
                f"No sourced free tier is held for {table.valid_from:%d %b %Y}. "
                "Leave free_tier out for that period."
            )
        paid_requests = max(Decimal(0), paid_requests - table.free_tier.requests)
        paid = max(Decimal(0), paid - table.free_tier.gb_s)
    if memory_mb in table.per_100_ms:
        compute = compute_cost(memory_mb, billed, table) * exact(requests)
    else:
        compute = tiered_cost(paid, table)
    return MonthBill(requests, used, paid_requests * table.request, compute)


def tiered_cost(gb_s: Number, table: PriceTable) -> Decimal:
    """Dollars for a month's GB-seconds, each step of the volume at its own price."""
    left = exact(gb_s)
    total = Decimal(0)
    for tier in reversed(table.gb_second):
        in_tier = max(Decimal(0), left - tier.above_gb_s)
        total += in_tier * tier.usd_per_gb_s
        left -= in_tier
    return total


def provisioned_cost(
    memory_mb: int, environments: int, seconds: Number, table: PriceTable
) -> Decimal:
    """Dollars for keeping provisioned concurrency ready, its invocations not counted.

    Args:
        memory_mb: memory size in MB.
        environments: how many execution environments are kept.
        seconds: how long, in seconds; AWS rounds up to 5 minutes, and so does this.
        table: the price table.

    Raises:
        UnknownPrice: where the table holds no price for it.
    """
    if table.provisioned_gb_second is None:
        raise UnknownPrice(f"No sourced provisioned concurrency price: {table.describe()}")
    periods = (exact(seconds) / 300).to_integral_value(rounding=ROUND_CEILING)
    held = exact(memory_mb) / MB_PER_GB * exact(environments) * periods * 300
    return held * table.provisioned_gb_second


def ephemeral_cost(ephemeral_mb: int, billed: Number, table: PriceTable) -> Decimal:
    """Dollars for /tmp above the free 512 MB during `billed` milliseconds.

    Raises:
        UnknownPrice: where the table holds no price for it.
    """
    if table.ephemeral_gb_second is None:
        raise UnknownPrice(f"No sourced price of /tmp: {table.describe()}")
    extra = max(Decimal(0), exact(ephemeral_mb) - FREE_EPHEMERAL_MB)
    return extra / MB_PER_GB * exact(billed) / 1000 * table.ephemeral_gb_second
