"""The talk's prime table, and what its four rows cost under the rules of then and of today.

The rows are by Jim Conning (github.com/jconning/lambda-cpu-cost and "AWS Lambda: Faster Is
Cheaper", 26 Jan 2017): a Python 2.7 sieve to 1,000,000. The seconds are the average of ONE
invocation; the dollars are the total of 1,000 invocations. AWS's operator guide prints the same
seconds under 128, 512, 1024 and 1536 MB; the arithmetic shows that the labels below are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from serverless_course.pricing.cost import billed_ms, exact, gb_seconds, invocation_cost
from serverless_course.pricing.tables import RATE_2017, REQUEST, PriceTable, price_table

INVOCATIONS = 1000


@dataclass(frozen=True)
class TalkRow:
    """A row as the talk shows it.

    Attributes:
        memory_mb: memory size in MB.
        seconds: average duration of one invocation, in seconds.
        usd: dollars for 1,000 invocations, as printed.
    """

    memory_mb: int
    seconds: Decimal
    usd: Decimal


TALK_ROWS: tuple[TalkRow, ...] = (
    TalkRow(128, Decimal("11.722965"), Decimal("0.024628")),
    TalkRow(256, Decimal("6.678945"), Decimal("0.028035")),
    TalkRow(512, Decimal("3.194954"), Decimal("0.026830")),
    TalkRow(1024, Decimal("1.465984"), Decimal("0.024638")),
)


def published_formula(memory_mb: int, seconds: Decimal | float) -> Decimal:
    """Dollars for 1,000 invocations by the formula behind the talk's column.

    The rounded rate $0.00001667 for a GB-second, time not rounded to 100 ms, and $0.20 for a
    million requests. It gives all four printed numbers to the sixth decimal place.
    """
    one = gb_seconds(memory_mb, exact(seconds) * 1000) * RATE_2017 + REQUEST
    return one * INVOCATIONS


def billed(memory_mb: int, seconds: Decimal | float, table: PriceTable) -> Decimal:
    """Dollars for 1,000 invocations as AWS bills them under `table`, Init and free tier left out.

    Args:
        memory_mb: memory size in MB.
        seconds: duration of each invocation, in seconds.
        table: the price table.
    """
    ms = billed_ms(exact(seconds) * 1000, table)
    return invocation_cost(memory_mb, ms, table) * INVOCATIONS


@dataclass(frozen=True)
class PrimeRow:
    """A row of the talk beside its recomputed costs, each in dollars for 1,000 invocations.

    Attributes:
        talk: the row as printed.
        formula: by the formula of 2017 (see :func:`published_formula`).
        then: as AWS billed from 2017 to November 2020, in steps of 100 ms.
        x86: as AWS bills today on x86_64.
        arm: as AWS bills today on arm64, if the seconds were the same (they need not be).
    """

    talk: TalkRow
    formula: Decimal
    then: Decimal
    x86: Decimal
    arm: Decimal


def prime_table(region: str = "us-east-1") -> tuple[PrimeRow, ...]:
    """The four rows, recomputed for `region` (us-east-1 and sa-east-1 cost the same)."""
    then = price_table(region, on=date(2019, 8, 19))
    x86, arm = price_table(region), price_table(region, "arm64")
    return tuple(
        PrimeRow(
            talk=row,
            formula=published_formula(row.memory_mb, row.seconds),
            then=billed(row.memory_mb, row.seconds, then),
            x86=billed(row.memory_mb, row.seconds, x86),
            arm=billed(row.memory_mb, row.seconds, arm),
        )
        for row in TALK_ROWS
    )
