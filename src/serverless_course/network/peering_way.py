"""A peering connection: into the other VPC, and no further.

Sources: VPC Peering Guide, "How VPC peering connections work" (peering is not transitive; no way
through the other VPC's gateways or NAT) and "Update your route tables" (both sides need a route).
"""

from __future__ import annotations

from serverless_course.network.gateways import Peering
from serverless_course.network.journey import Behaviour, Reason, Verdict
from serverless_course.network.local_way import enter, holder
from serverless_course.network.places import Prefix, Subnet
from serverless_course.network.routes import Route
from serverless_course.network.targets import Target
from serverless_course.network.walk import Walk


def peering(walk: Walk, target: Target, route: Route) -> Verdict:
    """Into the VPC at the other end."""
    connection = walk.network.peerings.get(route.target)
    if connection is None:
        raise walk.absent("peering", route.target, "VpcPeeringConnections", "the route's target")
    walk.through = connection.id
    other = connection.other(walk.subnet.vpc_id)
    if connection.state != "active" or other is None:
        state = connection.state if other else f"not a connection of {walk.subnet.vpc_id}"
        raise walk.stop(
            "peering",
            connection.id,
            f"status: {state}",
            f"{connection.id} is {state}, so it carries nothing.",
            Reason.PEERING_NOT_ACTIVE,
            "Accept it, or make it again.",
        )
    if not any(target.party.within(block) for block in _blocks(walk, connection, other)):
        raise walk.stop(
            "peering",
            connection.id,
            "the other VPC's CIDR blocks",
            f"{target.party.label} is not in {other}, the VPC behind {connection.id}; peering "
            "leads no further.",
            Reason.NOT_TRANSITIVE,
            "Peer with the VPC that holds the address, or use a way out of your own VPC.",
        )
    walk.passed("peering", connection.id, "status: active", f"{connection.id} leads to {other}.")
    if not walk.network.subnets_of(other):
        raise walk.stop(
            "peering",
            connection.id,
            f"subnets of {other}",
            f"The subnets of {other} were not described, so the rest of the way is not seen.",
            Reason.NOT_DESCRIBED,
            behaviour=Behaviour.UNKNOWN,
        )
    subnet, group_ids, interface_id = holder(walk, target, other)
    enter(walk, target.party, subnet, group_ids, interface_id)
    _route_back(walk, connection, subnet)
    return walk.arrived(
        target.party.label,
        f"Packets reach {target.party.label} ({interface_id}) through {connection.id}.",
    )


def _blocks(walk: Walk, connection: Peering, vpc_id: str) -> tuple[Prefix, ...]:
    vpc = walk.network.vpcs.get(vpc_id)
    if vpc is not None:
        return (*vpc.prefixes, *vpc.prefixes_v6)
    return dict(connection.prefixes).get(vpc_id, ())


def _route_back(walk: Walk, connection: Peering, subnet: Subnet) -> None:
    table = walk.network.route_table_of(subnet.id)
    route = (
        None
        if table is None
        else table.pick(
            lambda each: (
                each.prefix.prefixlen
                if each.prefix is not None and walk.here.within(each.prefix)
                else None
            )
        )
    )
    if table is None or route is None or route.target != connection.id or route.blackhole:
        id_ = table.id if table else subnet.id
        raise walk.stop(
            "route-table",
            id_,
            f"route back to {walk.here.where[0]}",
            f"{id_}, on the other side, has no route back to {walk.here.where[0]} through "
            f"{connection.id}.",
            Reason.NO_ROUTE_BACK,
            "Add the route on the other side as well.",
        )
    walk.passed(
        "route-table",
        table.id,
        f"{route.destination} to {route.target}",
        f"{table.id} sends the answers back through {connection.id}.",
    )
