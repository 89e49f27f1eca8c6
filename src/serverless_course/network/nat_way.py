"""NAT gateways, zonal and regional: how private addresses reach the internet.

Sources: VPC User Guide, "NAT gateways", "NAT gateway basics" and "Regional NAT gateways" (launched
19 Nov 2025): a zonal public one stands in a public subnet, takes that subnet's ACL and route
table, and has no security group; a regional one needs no subnet, has addresses in several zones
and a route table of its own that leads to the internet gateway; a private one does not reach the
internet.
"""

from __future__ import annotations

from serverless_course.network.checks import crosses_acl
from serverless_course.network.gateways import NatAddress, NatGateway
from serverless_course.network.journey import Behaviour, Reason, Verdict
from serverless_course.network.places import is_private, prefix
from serverless_course.network.routes import Route, RouteTable
from serverless_course.network.targets import Target
from serverless_course.network.walk import Ended, Walk


def nat(walk: Walk, target: Target, route: Route) -> Verdict:
    """Through a NAT gateway to the internet, and back."""
    gateway = walk.network.nat_gateways.get(route.target)
    if gateway is None:
        raise walk.absent("nat", route.target, "NatGateways", "the route's target")
    private = all(is_private(block) for block in target.party.where)
    if walk.ip_version == 6 or (private and not gateway.public):
        raise walk.not_followed(route, target.party.label)
    walk.through = gateway.id
    _ready(walk, gateway)
    if private:
        raise walk.stop(
            "nat",
            gateway.id,
            "destination",
            f"{target.party.label} is a private address, and {gateway.id} leads to the internet, "
            "where private addresses have no route.",
            Reason.NO_ROUTE,
            "Add a route for it to the peering connection or gateway that leads there.",
        )
    send = _regional if gateway.regional else _zonal
    address = send(walk, gateway, target)
    return walk.arrived(
        target.party.label,
        f"Packets reach {target.party.label} through {gateway.id}, from its address "
        f"{address.public}.",
        address.public,
    )


def _ready(walk: Walk, gateway: NatGateway) -> None:
    if gateway.state != "available":
        raise walk.stop(
            "nat",
            gateway.id,
            f"state: {gateway.state}",
            f"{gateway.id} is {gateway.state}, so it carries nothing.",
            Reason.NAT_NOT_AVAILABLE,
            "Wait while it is pending; otherwise make another and send the route to it.",
        )
    if not gateway.public:
        raise walk.stop(
            "nat",
            gateway.id,
            "ConnectivityType: private",
            f"{gateway.id} is a private NAT gateway; it does not reach the internet.",
            Reason.NAT_IS_PRIVATE,
            "Make one with ConnectivityType public.",
        )


def _zonal(walk: Walk, gateway: NatGateway, target: Target) -> NatAddress:
    home = walk.network.subnets.get(gateway.subnet_id or "")
    if home is None:
        raise walk.absent(
            "nat", gateway.subnet_id or gateway.id, "Subnets", f"subnet of {gateway.id}"
        )
    crosses_acl(walk, walk.subnet.id, target.party, egress=True)
    walk.zone_up("nat", gateway.id, home.zone, gateway.id)
    crosses_acl(walk, home.id, walk.here, egress=False)
    if home.blocks_internet:
        raise _blocked(walk, gateway)
    _way_out(walk, gateway, walk.network.route_table_of(home.id), target, home.id)
    address = _address(walk, gateway, gateway.addresses)
    words = f"{gateway.id} in {home.id} ({home.zone}) sends them on from {address.public}."
    walk.passed("nat", gateway.id, "available", words)
    crosses_acl(walk, home.id, target.party, egress=True)
    crosses_acl(walk, home.id, target.party, egress=False, answer=True)
    crosses_acl(walk, home.id, walk.here, egress=True, answer=True)
    crosses_acl(walk, walk.subnet.id, target.party, egress=False, answer=True)
    return address


def _regional(walk: Walk, gateway: NatGateway, target: Target) -> NatAddress:
    """A regional one keeps to the caller's zone where it can, and else takes another."""
    crosses_acl(walk, walk.subnet.id, target.party, egress=True)
    zone = walk.subnet.zone
    up = [each for each in gateway.addresses if each.zone not in walk.failed_zones]
    if gateway.addresses and not up:
        walk.zone_up("nat", gateway.id, gateway.addresses[0].zone, gateway.id)
    _way_out(walk, gateway, _own_table(walk, gateway), target, f"the zones of {gateway.id}")
    own = [each for each in up if each.zone == zone]
    address = _address(walk, gateway, tuple(own or sorted(up, key=lambda each: each.zone or "")))
    words = f"{gateway.id}, a regional NAT gateway, sends them on from {address.public}."
    walk.passed("nat", gateway.id, "available", words)
    crosses_acl(walk, walk.subnet.id, target.party, egress=False, answer=True)
    return address


def _own_table(walk: Walk, gateway: NatGateway) -> RouteTable:
    """A regional gateway's route table; AWS makes it with a route to the internet gateway."""
    table = walk.network.route_tables.get(gateway.route_table_id or "")
    if table is not None:
        return table
    attached = [
        each.id
        for each in walk.network.internet_gateways.values()
        if gateway.vpc_id in each.vpc_ids
    ]
    made = Route(prefix("0.0.0.0/0"), None, attached[0], "internet") if attached else None
    return RouteTable(gateway.route_table_id or gateway.id, gateway.vpc_id, (made,) if made else ())


def _way_out(
    walk: Walk, gateway: NatGateway, table: RouteTable | None, target: Target, place: str
) -> None:
    """What a NAT gateway sends on must find a route to an attached internet gateway."""
    vpc = walk.network.vpcs.get(gateway.vpc_id)
    if vpc is not None and vpc.blocks_internet:
        raise _blocked(walk, gateway)
    if table is None:
        words = f"No route table of {place} was described."
        raise walk.stop(
            "route-table",
            place,
            "no route table",
            words,
            Reason.NOT_DESCRIBED,
            behaviour=Behaviour.UNKNOWN,
        )
    route = table.pick(
        lambda each: (
            each.prefix.prefixlen
            if each.prefix is not None and target.party.within(each.prefix)
            else None
        )
    )
    if route is None or route.kind != "internet":
        leads = f"leads to {route.target}" if route else "has no route to the internet"
        raise walk.stop(
            "nat",
            gateway.id,
            f"{table.id}: {route.destination if route else 'no route fits'}",
            f"{gateway.id} stands in {place}, which is not public: its route table {table.id} "
            f"{leads}, not to an internet gateway.",
            Reason.NAT_IN_PRIVATE_SUBNET,
            "Make the NAT gateway in a public subnet.",
        )
    if route.blackhole or not walk.network.attached(route.target, gateway.vpc_id):
        gone = route.blackhole
        raise walk.stop(
            "internet-gateway",
            route.target,
            f"{route.destination} in {table.id}",
            f"{route.target}, to which {table.id} sends what leaves {gateway.id}, is "
            f"{'gone' if gone else 'not attached to ' + gateway.vpc_id}.",
            Reason.BLACKHOLE_ROUTE if gone else Reason.GATEWAY_NOT_ATTACHED,
            "Attach an internet gateway to the VPC and send the route to it.",
        )
    walk.passed(
        "route-table",
        table.id,
        f"{route.destination} to {route.target}",
        f"{table.id} sends what leaves {gateway.id} to {route.target}.",
    )


def _blocked(walk: Walk, gateway: NatGateway) -> Ended:
    return walk.stop(
        "nat",
        gateway.id,
        "VPC Block Public Access: block-bidirectional",
        f"VPC Block Public Access keeps {gateway.id} from reaching the internet gateway.",
        Reason.PUBLIC_ACCESS_BLOCKED,
        "Make an exclusion for its subnet, or use the mode block-ingress.",
    )


def _address(walk: Walk, gateway: NatGateway, addresses: tuple[NatAddress, ...]) -> NatAddress:
    address = next((each for each in addresses if each.public), None)
    if address is None:
        raise walk.stop(
            "nat",
            gateway.id,
            "NatGatewayAddresses",
            f"{gateway.id} has no elastic address, so nothing can answer it.",
            Reason.NAT_WITHOUT_ADDRESS,
            "Associate an elastic address with it.",
        )
    return address
