"""Address plans: how many addresses a prefix gives, and how many functions take.

Sources: VPC User Guide, "Subnet CIDR blocks" and "VPC CIDR blocks" (the first four addresses and
the last one of each subnet are reserved; IPv4 blocks from /28 to /16); Lambda Developer Guide as
it stood on 19 Aug 2019 ("Projected peak concurrent executions * (Memory in GB / 3GB)"), and its
page on VPCs of 2026 (one Hyperplane interface for each subnet and set of security groups, 65,000
connections each; Lambda adds interfaces as traffic grows).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from itertools import combinations
from math import ceil

RESERVED_BY_AWS = 5
CONNECTIONS_PER_INTERFACE = 65_000
WIDEST, NARROWEST = 16, 28
MB_PER_GB = 1024


def block(text: str) -> IPv4Network:
    """An IPv4 block that a VPC or a subnet may have.

    Raises:
        ValueError: for what is no IPv4 block, has host bits set, or is not from /16 to /28.
    """
    try:
        network = IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise ValueError(f"{text!r} is no IPv4 CIDR block: {error}") from None
    if not WIDEST <= network.prefixlen <= NARROWEST:
        raise ValueError(
            f"{text} is a /{network.prefixlen}; VPCs and subnets have blocks from /{WIDEST} to "
            f"/{NARROWEST}."
        )
    return network


def usable(prefix: str) -> int:
    """Addresses of a subnet's IPv4 block that can be given out: all but the five AWS keeps.

    Raises:
        ValueError: for what is no IPv4 block, or none from /16 to /28.
    """
    return block(prefix).num_addresses - RESERVED_BY_AWS


def interfaces_then(peak_concurrency: int, memory_mb: int) -> int:
    """Interfaces, and so addresses, that a function took before Hyperplane (until 2019).

    Args:
        peak_concurrency: projected peak of concurrent executions, 0 or more.
        memory_mb: memory size in MB, 1 or more; 1 GB is 1,024 MB.

    Returns:
        The guide's formula, rounded up to whole interfaces.

    Raises:
        ValueError: for a negative number, or no memory.
    """
    if peak_concurrency < 0 or memory_mb < 1:
        raise ValueError(
            f"Expected a concurrency of 0 or more and 1 MB or more, got {peak_concurrency} and "
            f"{memory_mb}."
        )
    return ceil(Fraction(peak_concurrency * memory_mb, 3 * MB_PER_GB))


def interfaces_now(subnets: int, group_sets: int = 1, connections: int = 0) -> int:
    """Hyperplane interfaces, and so addresses, that functions take since.

    Args:
        subnets: how many subnets the functions are in.
        group_sets: how many different sets of security groups they have.
        connections: connections at the same time through each of these interfaces; above 65,000
            one more interface is counted for each 65,000 begun (a reading of ours: AWS says only
            that it adds interfaces as traffic grows).

    Raises:
        ValueError: for a negative number.
    """
    if min(subnets, group_sets, connections) < 0:
        raise ValueError("Subnets, group sets and connections are 0 or more.")
    return subnets * group_sets * max(1, ceil(Fraction(connections, CONNECTIONS_PER_INTERFACE)))


def overlaps(prefixes: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of IPv4 prefixes that share addresses, in the order given.

    Raises:
        ValueError: for what is no IPv4 prefix.
    """
    held = [(text, IPv4Network(text, strict=False)) for text in prefixes]
    return [(one, other) for (one, a), (other, b) in combinations(held, 2) if a.overlaps(b)]


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

    The subnets are as large as equal powers of two allow; what is left over stays free.

    Args:
        vpc_prefix: the VPC's IPv4 block.
        zones: its Availability Zones, one or more, each once.
        tiers: the kinds of subnets, one or more, each once.

    Raises:
        ValueError: when the block is too small, or is none that a VPC may have, or a zone or tier
            is missing or stands twice.
    """
    whole = block(vpc_prefix)
    for noun, names in (("zone", zones), ("tier", tiers)):
        if not names or len(set(names)) != len(names):
            raise ValueError(f"Expected one {noun} or more, each once, got {list(names)!r}.")
    wanted = len(zones) * len(tiers)
    length = whole.prefixlen + (wanted - 1).bit_length()
    if length > NARROWEST:
        raise ValueError(
            f"{vpc_prefix} cannot be cut into {wanted} subnets: each would be a /{length}, and "
            f"the smallest is a /{NARROWEST}."
        )
    blocks = whole.subnets(new_prefix=length)
    places = ((tier, zone) for tier in tiers for zone in zones)
    return tuple(
        PlannedSubnet(f"{tier} {zone}", tier, zone, part, part.num_addresses - RESERVED_BY_AWS)
        for (tier, zone), part in zip(places, blocks, strict=False)
    )
