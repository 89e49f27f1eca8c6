"""AWS Lambda's prices as dated, sourced data.

A price is a fact with a date. Each :class:`PriceTable` says from when to when it holds, where
it was read, and how the billed time was counted. Nothing here is fetched from the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

REGIONS = ("us-east-1", "sa-east-1")
ARCHITECTURES = ("x86_64", "arm64")

PRICE_LIST_READ = date(2026, 9, 22)
PRICE_LIST = f"AWS Price List values, read {PRICE_LIST_READ}"
TIERS = "AWS blog 'Introducing tiered pricing' (limits and percentages)"
LIST_2017 = (
    "AWS Lambda's published prices for 100 ms, as used by jconning/lambda-cpu-cost "
    "(26 Jan 2017); rounding to 100 ms: Lambda Developer Guide as it stood on 19 Aug 2019"
)
RULE_2020 = "1 ms billing since 1 Dec 2020: AWS Lambda release notes and AWS News Blog"
RULE_2025 = "Init billed since 1 Aug 2025: AWS Compute Blog, 29 Apr 2025"


def in_words(day: date) -> str:
    """A day as prose has it: 1 August 2025."""
    return f"{day.day} {day:%B %Y}"


class UnknownPrice(LookupError):
    """No sourced price is held here for what was asked."""


@dataclass(frozen=True)
class Tier:
    """A step of the monthly volume prices.

    Attributes:
        above_gb_s: GB-seconds in the month at which the step begins.
        usd_per_gb_s: dollars for a GB-second in this step.
    """

    above_gb_s: int
    usd_per_gb_s: Decimal


@dataclass(frozen=True)
class FreeTier:
    """What a month gives without charge: requests, and GB-seconds (both architectures together).

    Source: aws.amazon.com/lambda/pricing, read 2026. It does not cover provisioned concurrency.
    """

    requests: int = 1_000_000
    gb_s: int = 400_000


@dataclass(frozen=True)
class PriceTable:
    """What Lambda charged in one Region for one architecture while one set of rules held.

    Attributes:
        region: AWS Region.
        architecture: ``"x86_64"`` or ``"arm64"``.
        valid_from: first day for which the sources vouch.
        valid_to: last day, or None while it still holds.
        gb_second: volume tiers, cheapest volume last; always at least one.
        request: dollars for one request.
        rounding_ms: billed time is rounded up to a multiple of this many milliseconds.
        init_billed: whether the Init phase of a zip package on a managed runtime is billed.
        per_100_ms: published dollars for 100 ms by memory size in MB, where AWS billed by that
            rounded table; empty since.
        free_tier: what is free each month; None where no source for the period is held.
        provisioned_gb_second: dollars for a GB-second of provisioned concurrency kept ready.
        provisioned_duration_gb_second: dollars for a GB-second of duration on it.
        ephemeral_gb_second: dollars for a GB-second of /tmp above 512 MB.
        sources: where each part was read, with dates.
    """

    region: str
    architecture: str
    valid_from: date
    valid_to: date | None
    gb_second: tuple[Tier, ...]
    request: Decimal
    rounding_ms: int
    init_billed: bool
    sources: tuple[str, ...]
    per_100_ms: Mapping[int, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    free_tier: FreeTier | None = None
    provisioned_gb_second: Decimal | None = None
    provisioned_duration_gb_second: Decimal | None = None
    ephemeral_gb_second: Decimal | None = None

    @property
    def usd_per_gb_s(self) -> Decimal:
        """Dollars for a GB-second in the first tier."""
        return self.gb_second[0].usd_per_gb_s

    def holds_on(self, day: date) -> bool:
        """Whether this table is the one for `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def dated(self) -> str:
        """Both dates of a price in words: when it was read, and since when its rules hold."""
        if self.valid_to is None:
            return (
                f"the AWS price list read on {in_words(PRICE_LIST_READ)} and the billing rules "
                f"since {in_words(self.valid_from)}"
            )
        return (
            f"the prices and billing rules from {in_words(self.valid_from)} to "
            f"{in_words(self.valid_to)}"
        )

    def describe(self) -> str:
        """One line for the foot of a table or figure: what, when, and where it was read."""
        return (
            f"Lambda {self.architecture} in {self.region}, by {self.dated}. "
            f"{'; '.join(self.sources)}."
        )


REQUEST = Decimal("0.0000002")
RATE_2017 = Decimal("0.00001667")
RATE = {"x86_64": Decimal("0.0000166667"), "arm64": Decimal("0.0000133334")}

# Only these four sizes of the published table are sourced; others follow from the rate.
PER_100_MS_2017 = MappingProxyType(
    {
        128: Decimal("0.000000208"),
        256: Decimal("0.000000417"),
        512: Decimal("0.000000834"),
        1024: Decimal("0.000001667"),
    }
)

_TIER_STEPS = {
    "x86_64": (0, 6_000_000_000, 15_000_000_000),
    "arm64": (0, 7_500_000_000, 18_750_000_000),
}
_TIER_FACTORS = (Decimal(1), Decimal("0.9"), Decimal("0.8"))
_PROVISIONED = {
    "us-east-1": (Decimal("0.0000041667"), Decimal("0.0000097222")),
    "sa-east-1": (Decimal("0.0000066372"), Decimal("0.0000154867")),
}
_EPHEMERAL = {"us-east-1": Decimal("0.0000000309"), "sa-east-1": Decimal("0.0000000586")}
_PRICE_LIST_DIGITS = Decimal("0.0000000001")


def _tiers(architecture: str) -> tuple[Tier, ...]:
    # The blog gives percentages; the Price List gives ten decimal places.
    rate = RATE[architecture]
    return tuple(
        Tier(above, (rate * factor).quantize(_PRICE_LIST_DIGITS))
        for above, factor in zip(_TIER_STEPS[architecture], _TIER_FACTORS, strict=True)
    )


def _by_100_ms(region: str) -> PriceTable:
    return PriceTable(
        region=region,
        architecture="x86_64",
        valid_from=date(2017, 1, 26),
        valid_to=date(2020, 11, 30),
        gb_second=(Tier(0, RATE_2017),),
        request=REQUEST,
        rounding_ms=100,
        init_billed=False,
        per_100_ms=PER_100_MS_2017,
        sources=(LIST_2017,),
    )


def _by_1_ms(region: str, architecture: str) -> PriceTable:
    # arm64 came on 29 Sep 2021 (AWS Lambda release notes). When the volume tiers began is not
    # among the sources held here, so only today's table has them.
    start = date(2020, 12, 1) if architecture == "x86_64" else date(2021, 9, 29)
    return PriceTable(
        region=region,
        architecture=architecture,
        valid_from=start,
        valid_to=date(2025, 7, 31),
        gb_second=(Tier(0, RATE[architecture]),),
        request=REQUEST,
        rounding_ms=1,
        init_billed=False,
        sources=(PRICE_LIST, RULE_2020),
    )


def _today(region: str, architecture: str) -> PriceTable:
    # The Price List rows for provisioned concurrency and /tmp were read for x86_64 only.
    x86 = architecture == "x86_64"
    ready, running = _PROVISIONED[region]
    return PriceTable(
        region=region,
        architecture=architecture,
        valid_from=date(2025, 8, 1),
        valid_to=None,
        gb_second=_tiers(architecture),
        request=REQUEST,
        rounding_ms=1,
        init_billed=True,
        free_tier=FreeTier(),
        provisioned_gb_second=ready if x86 else None,
        provisioned_duration_gb_second=running if x86 else None,
        ephemeral_gb_second=_EPHEMERAL[region] if x86 else None,
        sources=(PRICE_LIST, TIERS, RULE_2020, RULE_2025),
    )


TABLES: tuple[PriceTable, ...] = (
    *(_by_100_ms(region) for region in REGIONS),
    *(_by_1_ms(region, arch) for region in REGIONS for arch in ARCHITECTURES),
    *(_today(region, arch) for region in REGIONS for arch in ARCHITECTURES),
)


def price_table(
    region: str = "us-east-1", architecture: str = "x86_64", on: date | None = None
) -> PriceTable:
    """The prices that held in a Region on a day.

    Args:
        region: one of :data:`REGIONS`.
        architecture: ``"x86_64"`` or ``"arm64"``.
        on: the day; without it, the table that still holds.

    Raises:
        UnknownPrice: when no sourced table covers it; the message lists what is covered.
    """
    for table in TABLES:
        if (table.region, table.architecture) != (region, architecture):
            continue
        if table.valid_to is None if on is None else table.holds_on(on):
            return table
    day = "today" if on is None else f"on {on:%d %b %Y}"
    raise UnknownPrice(
        f"The course holds no sourced Lambda price for {architecture} in {region} {day}. "
        f"It has {' and '.join(ARCHITECTURES)} in {' and '.join(REGIONS)}: x86_64 since "
        "26 Jan 2017, arm64 since 29 Sep 2021. Pass a PriceTable of your own for others."
    )
