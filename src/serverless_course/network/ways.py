"""The ways out of a subnet, by the kind of a route's target."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from serverless_course.network.checks import crosses_acl
from serverless_course.network.endpoint_way import gateway_endpoint
from serverless_course.network.journey import Behaviour, Reason, Verdict
from serverless_course.network.local_way import local
from serverless_course.network.nat_way import nat
from serverless_course.network.peering_way import peering
from serverless_course.network.routes import Route
from serverless_course.network.targets import Target
from serverless_course.network.walk import Walk


def advice(target: Target) -> str:
    """What to do where no route leads out to a target."""
    endpoint = " or make an endpoint for the service;" if target.service is not None else ""
    return (
        f"Give its route table a route to a NAT gateway{',' if endpoint else ';'}{endpoint} "
        "or take the function out of the VPC if it needs nothing there."
    )


def cover(walk: Walk, target: Target, route: Route) -> int | None:
    """The prefix length with which a route covers the target, or None."""
    if route.prefix is not None:
        return route.prefix.prefixlen if target.party.within(route.prefix) else None
    if route.prefix_list_id is None or target.endpoint is not None:
        return None
    held = walk.network.prefix_lists.get(route.prefix_list_id)
    blocks = held.prefixes if held else ()
    if target.address is not None and blocks:
        lengths = [block.prefixlen for block in blocks if target.address in block]
        return max(lengths, default=None)
    # The service's address is not known. All of its prefix list's blocks are more specific than
    # a default route, the only other one that can cover an address that is not known.
    return 1 if _is_of_service(walk, target, route) else None


def _is_of_service(walk: Walk, target: Target, route: Route) -> bool:
    if target.service is None:
        return False
    held = walk.network.prefix_lists.get(str(route.prefix_list_id))
    wanted = f"com.amazonaws.{target.service.region}.{target.service.name}"
    if held is not None and held.name:
        return held.name == wanted and (
            not held.prefixes or any(b.version == walk.ip_version for b in held.prefixes)
        )
    endpoint = walk.network.endpoints.get(route.target)
    return endpoint is not None and endpoint.service_name == wanted and walk.ip_version == 4


def internet_gateway(walk: Walk, target: Target, route: Route) -> Verdict:
    """An internet gateway takes only packets of interfaces with a public address.

    Sources: VPC User Guide, "Internet gateways"; Lambda Developer Guide, "Internet access for
    VPC-connected functions": a public subnet gives a function neither internet access nor a
    public IPv4 address.
    """
    _attached(walk, "internet-gateway", "InternetGateways", route)
    walk.through = route.target
    crosses_acl(walk, walk.subnet.id, target.party, egress=True)
    if walk.ip_version == 6:
        raise walk.stop(
            "internet-gateway",
            route.target,
            "IPv6",
            f"{route.target} is an internet gateway. AWS's Lambda guide gives functions a way "
            "out by IPv6 through an egress-only internet gateway, and says nothing of this one.",
            Reason.NOT_FOLLOWED,
            "Send ::/0 to an egress-only internet gateway.",
            Behaviour.UNKNOWN,
        )
    raise walk.stop(
        "internet-gateway",
        route.target,
        "public address of the source",
        f"{walk.subnet.id} is a public subnet, and a {walk.source.kind} never has a public IPv4 "
        f"address: {route.target} does not take its packets.",
        Reason.NO_PUBLIC_ADDRESS,
        "Put the function into a private subnet whose route table leads to a NAT gateway.",
    )


def egress_only_gateway(walk: Walk, target: Target, route: Route) -> Verdict:
    """An egress-only internet gateway: IPv6 out, and only answers in.

    Source: VPC User Guide, "Egress-only internet gateways".
    """
    _attached(walk, "egress-only-gateway", "EgressOnlyInternetGateways", route)
    walk.through = route.target
    crosses_acl(walk, walk.subnet.id, target.party, egress=True)
    vpc = walk.network.vpcs.get(walk.subnet.vpc_id)
    if walk.subnet.blocks_internet or (vpc is not None and vpc.blocks_internet):
        raise walk.stop(
            "egress-only-gateway",
            route.target,
            "VPC Block Public Access: block-bidirectional",
            f"VPC Block Public Access keeps {route.target} from carrying anything.",
            Reason.PUBLIC_ACCESS_BLOCKED,
            "Make an exclusion for the subnet, or use the mode block-ingress.",
        )
    walk.passed(
        "egress-only-gateway", route.target, "attached", f"{route.target} lets IPv6 packets out."
    )
    crosses_acl(walk, walk.subnet.id, target.party, egress=False, answer=True)
    return walk.arrived(
        target.party.label,
        f"Packets reach {target.party.label} through {route.target}, from the function's own "
        "IPv6 address.",
        walk.source.address if walk.source.address and ":" in walk.source.address else None,
    )


def _attached(walk: Walk, kind: str, described_as: str, route: Route) -> None:
    both = {**walk.network.internet_gateways, **walk.network.egress_only_gateways}
    if route.target not in both:
        raise walk.absent(kind, route.target, described_as, "the route's target")
    if not walk.network.attached(route.target, walk.subnet.vpc_id):
        raise walk.stop(
            kind,
            route.target,
            "attachments",
            f"{route.target} is not attached to {walk.subnet.vpc_id}.",
            Reason.GATEWAY_NOT_ATTACHED,
            "Attach it with attach_internet_gateway.",
        )


def not_followed(walk: Walk, target: Target, route: Route) -> Verdict:
    """A transit gateway, a virtual private gateway, an instance: what is behind is not seen."""
    raise walk.not_followed(route, target.party.label)


Way = Callable[[Walk, Target, Route], Verdict]

BY_KIND: Mapping[str, Way] = {
    "local": local,
    "internet": internet_gateway,
    "egress-only": egress_only_gateway,
    "nat": nat,
    "endpoint": gateway_endpoint,
    "peering": peering,
    "other": not_followed,
}
