"""What an order costs three ways: code that waits, a state machine, a durable function.

Prices are dated, and sourced. What no source confirms has none: its line says so, and the bill
has no total then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType

from serverless_course.pricing.cost import Number, exact, gb_seconds
from serverless_course.pricing.tables import PRICE_LIST, price_table
from serverless_course.pricing.vpc import NOT_CONFIRMED, Bill, Line, Rate

_TUNING = "AWS Price List, as copied in the template of aws-lambda-power-tuning"
_READ_APRIL = date(2026, 4, 30)
_LAMBDA_PAGE = "aws.amazon.com/lambda/pricing, durable functions (US East, N. Virginia)"
_PAGE_READ = date(2026, 9, 20)
_EXPRESS_BLOG = "AWS Compute Blog, Building cost-effective AWS Step Functions workflows, undated"
_EXPRESS_GUIDE = "wring.co, AWS Step Functions Pricing (secondary)"
_EXPRESS_READ = date(2026, 11, 30)

STANDARD_TRANSITION = "state transitions (standard)"
EXPRESS_REQUEST = "requests (express)"
EXPRESS_GB_SECOND = "duration (express)"
DURABLE_OPERATION = "durable operations"
DURABLE_WRITTEN = "data written by checkpoints"
DURABLE_KEPT = "data kept after the end"

# By Region, by what is charged. Durable functions' and express workflows' prices were found for
# us-east-1 only.
RATES: Mapping[str, Mapping[str, Rate]] = MappingProxyType(
    {
        "us-east-1": MappingProxyType(
            {
                STANDARD_TRANSITION: Rate(Decimal("0.000025"), _TUNING, _READ_APRIL),
                EXPRESS_REQUEST: Rate(Decimal("0.000001"), _EXPRESS_BLOG, _EXPRESS_READ),
                EXPRESS_GB_SECOND: Rate(Decimal("0.00001667"), _EXPRESS_GUIDE, date(2026, 3, 14)),
                DURABLE_OPERATION: Rate(Decimal("0.000008"), _LAMBDA_PAGE, _PAGE_READ),
                DURABLE_WRITTEN: Rate(Decimal("0.25"), _LAMBDA_PAGE, _PAGE_READ),
                DURABLE_KEPT: Rate(Decimal("0.15"), _LAMBDA_PAGE, _PAGE_READ),
            }
        ),
        "sa-east-1": MappingProxyType(
            {STANDARD_TRANSITION: Rate(Decimal("0.0000375"), _TUNING, _READ_APRIL)}
        ),
    }
)
Prices = Mapping[str, Decimal]
NO_PRICES: Prices = MappingProxyType({})
BYTES_PER_GB = 1024**3
DAYS_IN_A_MONTH = Decimal(730) / 24
EXPRESS_STEP_MB = 64


@dataclass(frozen=True)
class Used:
    """What one order used of Lambda.

    Attributes:
        requests: invocations.
        gb_s: GB-seconds, billed.
    """

    requests: int
    gb_s: Decimal

    @classmethod
    def of(cls, memory_mb: int, billed_ms: Iterable[Number]) -> Used:
        """Of the billed milliseconds of each invocation, all at one memory size in MB."""
        times = [exact(each) for each in billed_ms]
        return cls(len(times), gb_seconds(memory_mb, sum(times, Decimal(0))))


def waiting_bill(orders: int, used: Used, region: str = "us-east-1") -> Bill:
    """The bill of orders that one function works through, waits included: Lambda alone.

    Args:
        orders: how many orders.
        used: what one of them used of Lambda.
        region: AWS Region.
    """
    return Bill(region, tuple(_lambda_lines(region, orders, used)))


def standard_bill(
    orders: int,
    used: Used,
    transitions: int,
    region: str = "us-east-1",
    *,
    own: Prices = NO_PRICES,
) -> Bill:
    """The bill of a standard state machine and the functions that it calls.

    Args:
        orders: how many orders.
        used: what the functions of one order used of Lambda.
        transitions: state transitions of one order, retries included.
        region: AWS Region. Where no price was confirmed a line has none.
        own: the reader's own prices in dollars for one, by what is charged; they come first.
    """
    lines = [*_lambda_lines(region, orders, used)]
    lines.append(
        _line(own, region, STANDARD_TRANSITION, exact(transitions) * orders, "transitions")
    )
    return Bill(region, tuple(lines))


def express_bill(
    orders: int,
    used: Used,
    seconds: Number,
    memory_mb: Number = 64,
    region: str = "us-east-1",
    *,
    own: Prices = NO_PRICES,
) -> Bill:
    """The bill of an express state machine and the functions that it calls.

    Args:
        orders: how many orders.
        used: what the functions of one order used of Lambda.
        seconds: how long one execution takes; it is billed in steps of 100 ms.
        memory_mb: memory of one execution in MB; it is billed in steps of 64 MB.
        region: AWS Region. Where no price was confirmed a line has none.
        own: the reader's own prices in dollars for one, by what is charged; they come first.

    Source of the steps: aws.amazon.com/step-functions/pricing (read 2026-11-30 as a copy).
    """
    time = _steps(exact(seconds), Decimal("0.1"))
    memory = _steps(exact(memory_mb), Decimal(EXPRESS_STEP_MB)) / 1024
    lines = [*_lambda_lines(region, orders, used)]
    lines.append(_line(own, region, EXPRESS_REQUEST, Decimal(orders), "requests"))
    lines.append(_line(own, region, EXPRESS_GB_SECOND, time * memory * orders, "GB-seconds"))
    return Bill(region, tuple(lines))


def durable_bill(
    orders: int,
    used: Used,
    operations: int,
    written_bytes: Number,
    retention_days: Number = 14,
    region: str = "us-east-1",
    *,
    own: Prices = NO_PRICES,
) -> Bill:
    """The bill of a durable function.

    Args:
        orders: how many orders.
        used: what one order used of Lambda: all its invocations, replays included.
        operations: durable operations of one order, as AWS counts them
            (``traces.checkpoints`` counts them).
        written_bytes: bytes that its checkpoints wrote.
        retention_days: how long its history is kept after its end, 14 days unless told otherwise.
        region: AWS Region. Where no price was confirmed a line has none.
        own: the reader's own prices in dollars for one, by what is charged; they come first.
    """
    gigabytes = exact(written_bytes) * orders / BYTES_PER_GB
    months = exact(retention_days) / DAYS_IN_A_MONTH
    lines = [*_lambda_lines(region, orders, used)]
    lines.append(_line(own, region, DURABLE_OPERATION, exact(operations) * orders, "operations"))
    lines.append(_line(own, region, DURABLE_WRITTEN, gigabytes, "GB"))
    lines.append(_line(own, region, DURABLE_KEPT, gigabytes * months, "GB-months"))
    return Bill(region, tuple(lines))


def checkpoint_usd(
    operations: int, written_bytes: Number, region: str = "us-east-1"
) -> Decimal | None:
    """Dollars for one checkpoint: its operations and the bytes it wrote; None without a price."""
    rates = RATES.get(region, {})
    if DURABLE_OPERATION not in rates or DURABLE_WRITTEN not in rates:
        return None
    gigabytes = exact(written_bytes) / BYTES_PER_GB
    return operations * rates[DURABLE_OPERATION].usd + gigabytes * rates[DURABLE_WRITTEN].usd


def _lambda_lines(region: str, orders: int, used: Used) -> Iterable[Line]:
    """Lambda's own two lines, in its first volume tier, without the free tier."""
    table = price_table(region)
    source = PRICE_LIST
    yield Line("requests", exact(used.requests) * orders, "requests", table.request, source)
    yield Line("duration", used.gb_s * orders, "GB-seconds", table.usd_per_gb_s, source)


def _line(own: Prices, region: str, what: str, quantity: Decimal, unit: str) -> Line:
    if what in own:
        return Line(what, quantity, unit, own[what], "your own price")
    rate = RATES.get(region, {}).get(what)
    if rate is None:
        return Line(what, quantity, unit, None, NOT_CONFIRMED)
    return Line(what, quantity, unit, rate.usd, rate.describe())


def _steps(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(rounding=ROUND_CEILING) * step
