"""Findings about routes and NAT gateways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from serverless_course.network.finding import Finding, PlacedFunction, Severity
from serverless_course.network.gateways import NatGateway
from serverless_course.network.network import Network
from serverless_course.network.places import Subnet
from serverless_course.network.routes import Route


def about_routes(network: Network, functions: Iterable[PlacedFunction]) -> Iterator[Finding]:
    """Blackholes, NAT gateways in the wrong place, one for all, or for nobody."""
    yield from _blackholes(network)
    yield from _misplaced(network)
    yield from _idle(network)
    for function in functions:
        ways = {
            subnet: gateway
            for subnet in function.subnets
            if (gateway := _default_nat(network, subnet)) is not None and not gateway.regional
        }
        yield from _other_zone(network, function, ways)
        yield from _one_for_all(network, function, ways)


def _default_nat(network: Network, subnet: Subnet) -> NatGateway | None:
    """The NAT gateway of the subnet's IPv4 default route, or None."""
    table = network.route_table_of(subnet.id)
    for route in table.routes if table else ():
        if route.kind == "nat" and route.destination == "0.0.0.0/0":
            return network.nat_gateways.get(route.target)
    return None


def _home(network: Network, gateway: NatGateway) -> Subnet | None:
    return network.subnets.get(gateway.subnet_id or "")


def _gone(network: Network, route: Route) -> bool:
    """Whether a route's target is gone: by its state, or missing from a list that was given."""
    lists: Mapping[str, tuple[str, Mapping[str, object]]] = {
        "nat": ("NatGateways", network.nat_gateways),
        "internet": ("InternetGateways", network.internet_gateways),
        "egress-only": ("EgressOnlyInternetGateways", network.egress_only_gateways),
        "endpoint": ("VpcEndpoints", network.endpoints),
        "peering": ("VpcPeeringConnections", network.peerings),
    }
    if route.blackhole or route.kind not in lists:
        return route.blackhole
    key, held = lists[route.kind]
    return key in network.described and route.target not in held


def _blackholes(network: Network) -> Iterator[Finding]:
    for table in network.route_tables.values():
        for route in table.routes:
            if _gone(network, route):
                yield Finding(
                    "blackhole-route",
                    Severity.BREAKS,
                    (table.id, route.target),
                    f"The route {route.destination} of {table.id} leads to {route.target}, which "
                    "is gone.",
                    "Packets that take it are dropped, and calls hang.",
                    "Replace the route, or delete it.",
                )


def _misplaced(network: Network) -> Iterator[Finding]:
    for gateway in network.nat_gateways.values():
        home = _home(network, gateway)
        live = gateway.public and gateway.state == "available" and home is not None
        if home is not None and live and not network.is_public(home.id):
            yield Finding(
                "nat-in-private-subnet",
                Severity.BREAKS,
                (gateway.id, home.id),
                f"The NAT gateway {gateway.id} is in {home.id}, which is not public.",
                "It has no way to an internet gateway, so it drops what it gets.",
                "Make the NAT gateway in a public subnet.",
            )


def _idle(network: Network) -> Iterator[Finding]:
    used = {
        route.target
        for table in network.route_tables.values()
        for route in table.routes
        if route.kind == "nat"
    }
    for gateway in network.nat_gateways.values():
        if gateway.state == "available" and gateway.id not in used:
            yield Finding(
                "idle-nat",
                Severity.COST,
                (gateway.id,),
                f"No route leads to the NAT gateway {gateway.id}.",
                "It is charged by the hour all the same.",
                "Delete it, or send a route to it.",
            )


def _other_zone(
    network: Network, function: PlacedFunction, ways: Mapping[Subnet, NatGateway]
) -> Iterator[Finding]:
    for subnet, gateway in ways.items():
        home = _home(network, gateway)
        if home is not None and home.zone != subnet.zone:
            yield Finding(
                "nat-in-other-zone",
                Severity.RISK,
                (gateway.id, subnet.id, function.name),
                f"{subnet.id} is in {subnet.zone}, and its NAT gateway {gateway.id} in "
                f"{home.zone}.",
                f"When {home.zone} fails, {subnet.zone} loses the internet too; and data between "
                "zones is charged.",
                f"Make a NAT gateway in {subnet.zone}, or a regional one.",
            )


def _one_for_all(
    network: Network, function: PlacedFunction, ways: Mapping[Subnet, NatGateway]
) -> Iterator[Finding]:
    gateways = {gateway.id for gateway in ways.values()}
    zones = {subnet.zone for subnet in ways}
    if len(gateways) == 1 and len(zones) > 1:
        gateway = next(iter(ways.values()))
        home = _home(network, gateway)
        yield Finding(
            "one-nat-for-all",
            Severity.RISK,
            (gateway.id, function.name),
            f"All {len(zones)} zones of {function.name} share the NAT gateway {gateway.id}.",
            f"When {home.zone if home else 'its zone'} fails, all of them lose the internet.",
            "Make a zonal NAT gateway in each zone, or one regional NAT gateway.",
        )
