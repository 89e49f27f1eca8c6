"""From a subnet and its security groups to a destination: the journey, hop by hop.

The order is a packet's: the name, the interface's security groups, the route table, the subnet's
network ACL, the way out; then the answers, which only network ACLs and routes can stop.
"""

from __future__ import annotations

from serverless_course.network import ways
from serverless_course.network.checks import leaves_its_groups
from serverless_course.network.journey import (
    Behaviour,
    Destination,
    Path,
    Reason,
    Service,
    Source,
    Verdict,
)
from serverless_course.network.network import Network
from serverless_course.network.passage import Party
from serverless_course.network.places import prefix
from serverless_course.network.resolving import resolve
from serverless_course.network.routes import Route
from serverless_course.network.targets import Target, subnet_block, version_of
from serverless_course.network.walk import Ended, Walk


def travel(
    network: Network,
    source: Source,
    destination: Destination,
    failed_zones: frozenset[str] = frozenset(),
) -> Path:
    """Where traffic from `source` to `destination` goes, hop by hop, and how it ends.

    Args:
        network: all that EC2 tells of it.
        source: the function's interface.
        destination: an address, an AWS service, or a host on the internet.
        failed_zones: names of zones that are down: what stands in them neither sends nor
            answers.

    Raises:
        UnknownResource: a LookupError, for a subnet or group of `source` that is not there.
        ValueError: for an address, port or protocol that is none, or a source without groups.
    """
    walk = _start(network, source, destination, failed_zones)
    try:
        verdict = _go(walk, destination)
    except Ended as ended:
        verdict = ended.verdict
    return Path(source, destination, tuple(walk.hops), verdict)


def _start(
    network: Network, source: Source, destination: Destination, failed_zones: frozenset[str]
) -> Walk:
    subnet = network.subnet(source.subnet_id)
    if not source.group_ids:
        raise ValueError("A source has at least one security group; group_ids is empty.")
    for group_id in source.group_ids:
        network.security_group(group_id)
    protocol = "tcp" if isinstance(destination, Service) else destination.protocol
    if protocol not in {"tcp", "udp"}:
        raise ValueError(f"The protocol is tcp or udp, not {protocol!r}.")
    if not 1 <= destination.port <= 65535:
        raise ValueError(f"A port is a number from 1 to 65535, not {destination.port!r}.")
    version = version_of(destination)
    where = subnet_block(subnet, version)
    if source.address is not None and prefix(source.address).version == version:
        where = prefix(source.address)
        if subnet.prefix is not None and version == 4 and not subnet.holds(where.network_address):
            raise ValueError(f"{source.address} is no address of {subnet.id} ({subnet.prefix}).")
    here = Party(
        f"the {source.kind}",
        (where,),
        frozenset(source.group_ids),
        known_lists=frozenset(network.prefix_lists),
    )
    return Walk(network, source, subnet, here, protocol, destination.port, version, failed_zones)


def _go(walk: Walk, destination: Destination) -> Verdict:
    subnet = walk.subnet
    walk.zone_up("source", subnet.id, subnet.zone, f"The {walk.source.kind}'s interface")
    words = f"The {walk.source.kind} sends from {subnet.id} in {subnet.zone}."
    walk.passed("source", subnet.id, f"zone {subnet.zone}", words)
    target = resolve(walk, destination)
    if walk.ip_version == 6:
        _has_ipv6(walk)
    leaves_its_groups(walk, target.party)
    route = _route(walk, target)
    return ways.BY_KIND[route.kind](walk, target, route)


def _has_ipv6(walk: Walk) -> None:
    subnet = walk.subnet
    why = (
        f"{subnet.id} has no IPv6 block"
        if not subnet.prefixes_v6
        else "Ipv6AllowedForDualStack is off"
        if not walk.source.dual_stack
        else None
    )
    if why is not None:
        raise walk.stop(
            "source",
            subnet.id,
            "IPv6",
            f"The {walk.source.kind} has no IPv6 address: {why}.",
            Reason.NO_IPV6,
            "Call the IPv4 address, or give the function a dual-stack subnet and "
            "Ipv6AllowedForDualStack.",
            Behaviour.REFUSED,
        )


def _route(walk: Walk, target: Target) -> Route:
    """The route that the subnet's route table gives.

    Sources: VPC User Guide, "Subnet route tables" and "Route priority": the most specific route
    wins; IPv4 and IPv6 apart. AWS PrivateLink Guide, "Gateway endpoints": the endpoint's prefix
    list is the destination of its route.
    """
    name = target.party.label
    table = walk.network.route_table_of(walk.subnet.id)
    if table is None:
        raise walk.stop(
            "route-table",
            walk.subnet.id,
            "no route table",
            f"No route table of {walk.subnet.id} was described.",
            Reason.NOT_DESCRIBED,
            behaviour=Behaviour.UNKNOWN,
        )
    route = table.pick(lambda each: ways.cover(walk, target, each))
    if route is None:
        raise walk.stop(
            "route-table",
            table.id,
            "no route fits",
            f"{table.id}, the route table of {walk.subnet.id}, has no route to {name}.",
            Reason.NO_ROUTE,
            ways.advice(target) if target.endpoint is None else "",
        )
    looked_at = f"{route.destination} to {route.target}"
    if route.blackhole:
        raise walk.stop(
            "route-table",
            table.id,
            looked_at,
            f"The route {looked_at} in {table.id} is a blackhole: its target is gone.",
            Reason.BLACKHOLE_ROUTE,
            "Send the route to a gateway that exists.",
        )
    words = f"{table.id} sends packets to {name} by its route {looked_at}."
    walk.passed("route-table", table.id, looked_at, words)
    return route
