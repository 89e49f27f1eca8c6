"""Findings about where functions stand: zones, public subnets, ways out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from serverless_course.network.finding import Finding, PlacedFunction, Severity
from serverless_course.network.journey import Behaviour, Internet, Path
from serverless_course.network.network import Network
from serverless_course.network.travel import travel

_ANY_HOST = Internet("the internet")


def about_placement(network: Network, functions: Iterable[PlacedFunction]) -> Iterator[Finding]:
    """Single zone, public subnet, default group, no way out or an uneven one."""
    for function in functions:
        yield from _zones(function)
        yield from _public(network, function)
        yield from _default_group(network, function)
        yield from _ways_out(network, function)


def _zones(function: PlacedFunction) -> Iterator[Finding]:
    if len(function.zones) == 1:
        zone = function.zones[0]
        yield Finding(
            "single-zone",
            Severity.RISK,
            (*(each.id for each in function.subnets), function.name),
            f"All subnets of {function.name} are in {zone}.",
            f"When {zone} fails, the function has nowhere to run.",
            "Add a subnet in a second zone to its VpcConfig.",
        )


def _public(network: Network, function: PlacedFunction) -> Iterator[Finding]:
    for subnet in function.subnets:
        if network.is_public(subnet.id):
            yield Finding(
                "public-subnet",
                Severity.BREAKS,
                (subnet.id, function.name),
                f"{function.name} is in the public subnet {subnet.id}.",
                "A function has no public IPv4 address, so an internet gateway does not take its "
                "packets: calls to the internet hang.",
                "Use a private subnet whose route table leads to a NAT gateway.",
            )


def _default_group(network: Network, function: PlacedFunction) -> Iterator[Finding]:
    for group_id in function.group_ids:
        if network.security_group(group_id).name == "default":
            yield Finding(
                "default-group",
                Severity.NOTE,
                (group_id, function.name),
                f"{function.name} uses its VPC's default security group {group_id}.",
                "All members of the default group may connect to each other, so a rule for the "
                "function is a rule for everything that was given no group.",
                "Make a security group for the function.",
            )


def _ways_out(network: Network, function: PlacedFunction) -> Iterator[Finding]:
    """Whether each subnet leads to the internet; public subnets have a finding of their own."""
    private = [each for each in function.subnets if not network.is_public(each.id)]
    paths = {each.id: travel(network, function.source(each), _ANY_HOST) for each in private}
    closed = {id_: path for id_, path in paths.items() if _closed(path)}
    if closed and len(closed) < len(function.subnets) and _some_open(paths):
        id_, path = next(iter(closed.items()))
        yield Finding(
            "uneven-way-out",
            Severity.BREAKS,
            (*closed, function.name),
            f"{function.name} reaches the internet from some of its subnets and not from "
            f"{', '.join(closed)}.",
            f"Calls hang in some of its environments and not in others. From {id_}: "
            f"{path.verdict.words}",
            "Give its subnets the same ways out.",
        )
    elif closed:
        id_, path = next(iter(closed.items()))
        subnet = network.subnet(id_)
        other_way = any(each.vpc_id == subnet.vpc_id for each in network.endpoints.values())
        yield Finding(
            "no-way-out",
            Severity.NOTE if other_way else Severity.BREAKS,
            (*closed, function.name),
            f"{function.name} has no way to the internet.",
            f"Calls to the internet, and to services without an endpoint, hang. From {id_}: "
            f"{path.verdict.words}",
            "Leave it so if it calls nothing outside the VPC; otherwise make a NAT gateway or an "
            "endpoint.",
        )


def _closed(path: Path) -> bool:
    return path.verdict.behaviour in {Behaviour.DROPPED, Behaviour.REFUSED}


def _some_open(paths: dict[str, Path]) -> bool:
    return any(path.verdict.delivered for path in paths.values())
