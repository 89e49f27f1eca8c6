"""What an always-on host costs an hour: Fargate tasks and two small EC2 instances.

A price that no source confirms is None; the reader fills it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from serverless_course.pricing.tables import REGIONS, UnknownPrice

PRICES_READ = date(2026, 11, 29)

_NOT_FOUND = "looked for on 29 Nov 2026, not confirmed"
_FARGATE_US = "cloudburn.io, 1 Apr 2026: rates of March 2026 from the AWS Price List; vantage.sh"
_FARGATE_SA = "a public repository that copies AWS's price page, undated (apoloferreira/basecode)"
_EC2_US = "several price tables in public code, 2024 to 2026"
# Linux on Fargate: dollars for a vCPU-hour and for a GB-hour, by Region and architecture.
FARGATE_RATES: Mapping[tuple[str, str], tuple[Decimal, Decimal]] = MappingProxyType(
    {
        ("us-east-1", "x86_64"): (Decimal("0.04048"), Decimal("0.004445")),
        ("us-east-1", "arm64"): (Decimal("0.03238"), Decimal("0.00356")),
        ("sa-east-1", "x86_64"): (Decimal("0.0696"), Decimal("0.0076")),
        ("sa-east-1", "arm64"): (Decimal("0.0557"), Decimal("0.00612")),
    }
)
EC2_HOURLY: Mapping[tuple[str, str], Decimal] = MappingProxyType(
    {("us-east-1", "t3.small"): Decimal("0.0208"), ("us-east-1", "t4g.small"): Decimal("0.0168")}
)
# Of each of the two vCPUs of t3.small and t4g.small, 20 % may be used without end: the baseline
# (EC2 User Guide, burstable performance instances). Above it, CPU credits run out.
SMALL_BASELINE_VCPU = Decimal("0.4")


@dataclass(frozen=True)
class Host:
    """A machine, or a task, that is paid by the hour whether or not anything runs on it.

    Attributes:
        name: AWS's name of it, with its size.
        vcpu: vCPUs that it has.
        sustained_vcpu: vCPUs that it may use without end; less than ``vcpu`` where it earns
            CPU credits.
        memory_gb: memory in GB.
        usd_per_hour: dollars an hour; None where no price is confirmed.
        source: where the price was read, and when; or why there is none.
    """

    name: str
    vcpu: Decimal
    sustained_vcpu: Decimal
    memory_gb: Decimal
    usd_per_hour: Decimal | None
    source: str

    def at(self, usd_per_hour: Decimal | None) -> Host:
        """The same host at an hourly price of the reader's own, in dollars."""
        return replace(self, usd_per_hour=usd_per_hour, source="your own price")


def fargate_task(
    region: str = "us-east-1",
    *,
    vcpu: Decimal = Decimal("0.25"),
    memory_gb: Decimal = Decimal("0.5"),
    architecture: str = "x86_64",
) -> Host:
    """A Fargate task for Linux. It is billed by the second, for a minute at least.

    Args:
        region: one of :data:`serverless_course.pricing.tables.REGIONS`.
        vcpu: vCPUs of the task.
        memory_gb: its memory in GB.
        architecture: ``"x86_64"`` or ``"arm64"``.

    Raises:
        UnknownPrice: no rates are held for this Region and architecture.
    """
    if (region, architecture) not in FARGATE_RATES:
        raise UnknownPrice(
            f"No sourced Fargate rates are held for {architecture} in {region}. "
            f"Regions: {', '.join(REGIONS)}."
        )
    for_vcpu, for_gb = FARGATE_RATES[region, architecture]
    return Host(
        f"Fargate {vcpu} vCPU, {memory_gb} GB",
        vcpu,
        vcpu,
        memory_gb,
        vcpu * for_vcpu + memory_gb * for_gb,
        f"{_FARGATE_US if region == 'us-east-1' else _FARGATE_SA}, read {PRICES_READ:%d %b %Y}",
    )


def small_instance(region: str = "us-east-1", kind: str = "t3.small") -> Host:
    """An EC2 instance with 2 vCPUs and 2 GiB, Linux, on demand; ``t3.small`` or ``t4g.small``.

    Its price is None where no source confirms one.
    """
    price = EC2_HOURLY.get((region, kind))
    source = _NOT_FOUND if price is None else f"{_EC2_US}, read {PRICES_READ:%d %b %Y}"
    return Host(f"EC2 {kind}", Decimal(2), SMALL_BASELINE_VCPU, Decimal(2), price, source)
