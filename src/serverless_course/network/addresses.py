"""Address plans: how many addresses a prefix gives, and how many functions take.

Sources: VPC User Guide, "Subnet CIDR blocks" (the first four addresses and the last one of each
subnet are reserved; IPv4 blocks from /28 to /16); Lambda Developer Guide as it stood on
19 Aug 2019 ("Projected peak concurrent executions * (Memory in GB / 3GB)") and the guide's VPC
page of 2026 (one Hyperplane interface for each subnet and set of security groups, 65,000
connections each).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

RESERVED_BY_AWS = 5
CONNECTIONS_PER_INTERFACE = 65_000


def usable(prefix: str) -> int:
    """Addresses of a subnet's IPv4 block that can be given out: all but the five AWS keeps.

    Raises:
        ValueError: for what is no IPv4 block, or none from /28 to /16.
    """
    raise NotImplementedError


def interfaces_then(peak_concurrency: int, memory_mb: int) -> int:
    """Interfaces, and so addresses, that a function took before Hyperplane (until 2019)."""
    raise NotImplementedError


def interfaces_now(subnets: int, group_sets: int = 1, connections: int = 0) -> int:
    """Hyperplane interfaces, and so addresses, that functions take since."""
    raise NotImplementedError


def overlaps(prefixes: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of prefixes that share addresses."""
    raise NotImplementedError


@dataclass(frozen=True)
class PlannedSubnet:
    """One subnet of a plan.

    Attributes:
        name: its tier and zone, such as ``private us-east-1a``.
        tier: such as ``public`` or ``private``.
        zone: its Availability Zone.
        prefix: its block.
        usable: addresses that can be given out.
    """

    name: str
    tier: str
    zone: str
    prefix: IPv4Network
    usable: int


def split(
    vpc_prefix: str, zones: Sequence[str], tiers: Sequence[str] = ("public", "private")
) -> tuple[PlannedSubnet, ...]:
    """A VPC's block cut into equal subnets, one for each tier in each zone.

    Raises:
        ValueError: when the block is too small, or no VPC may have it.
    """
    raise NotImplementedError
