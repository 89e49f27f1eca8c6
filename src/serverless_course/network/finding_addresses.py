"""Findings about address blocks: overlapping, full, small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from serverless_course.network.addresses import RESERVED_BY_AWS
from serverless_course.network.finding import Finding, PlacedFunction, Severity
from serverless_course.network.network import Network
from serverless_course.network.places import Prefix

# Ours: fewer addresses than this are little for what Lambda, endpoints and other resources of a
# subnet take. A function takes one in each subnet, and more only as its traffic grows.
FEW = 8


def about_addresses(network: Network, functions: Iterable[PlacedFunction]) -> Iterator[Finding]:
    """Blocks that overlap, and subnets of functions with few addresses left."""
    yield from _overlapping(network)
    subnets = {subnet.id: subnet for function in functions for subnet in function.subnets}
    for subnet in subnets.values():
        if subnet.prefix is None:
            continue
        most = subnet.prefix.num_addresses - RESERVED_BY_AWS
        left = subnet.available
        if left is not None and left < FEW:
            full = left == 0
            yield Finding(
                "subnet-full" if full else "subnet-nearly-full",
                Severity.BREAKS if full else Severity.RISK,
                (subnet.id,),
                f"{subnet.id} has {left} of {most} addresses left.",
                "A new interface of Lambda needs one; without it a new function, or one with "
                "another set of groups, fails to become active.",
                "Use a larger subnet, or free addresses.",
            )
        elif most < 2 * FEW:
            yield Finding(
                "subnet-small",
                Severity.NOTE,
                (subnet.id,),
                f"{subnet.id} ({subnet.prefix}) has only {most} addresses to give out.",
                "A function takes one for each set of security groups, and more as its traffic "
                "grows; a subnet's block cannot be changed later.",
                "Plan at least a /27 for functions.",
            )


def _overlapping(network: Network) -> Iterator[Finding]:
    for one, other in combinations(network.vpcs.values(), 2):
        if _share(one.prefixes, other.prefixes):
            yield Finding(
                "overlapping-prefixes",
                Severity.RISK,
                (one.id, other.id),
                f"The blocks of {one.id} and {other.id} overlap.",
                "VPCs whose blocks overlap cannot be peered (VPC Peering Guide).",
                "Give one of them another block before anything depends on it.",
            )
    for one_subnet, other_subnet in combinations(network.subnets.values(), 2):
        if one_subnet.vpc_id != other_subnet.vpc_id or not (
            one_subnet.prefix and other_subnet.prefix
        ):
            continue
        if one_subnet.prefix.overlaps(other_subnet.prefix):
            yield Finding(
                "overlapping-prefixes",
                Severity.BREAKS,
                (one_subnet.id, other_subnet.id),
                f"The blocks of {one_subnet.id} and {other_subnet.id} overlap.",
                "EC2 refuses the second of them.",
                "Cut the VPC's block into subnets that do not overlap.",
            )


def _share(some: tuple[Prefix, ...], others: tuple[Prefix, ...]) -> bool:
    pairs = ((one, other) for one in some for other in others)
    return any(one.version == other.version and one.overlaps(other) for one, other in pairs)
