"""Route tables and prefix lists: where a subnet's packets go next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from serverless_course.network.places import Member, Prefix, name_tag, prefix

# The members of a Route that name its target, and the one word each target goes by here.
_TARGETS = {
    "NatGatewayId": "nat",
    "EgressOnlyInternetGatewayId": "egress-only",
    "VpcPeeringConnectionId": "peering",
    "TransitGatewayId": "other",
    "NetworkInterfaceId": "other",
    "InstanceId": "other",
    "LocalGatewayId": "other",
    "CarrierGatewayId": "other",
    "CoreNetworkArn": "other",
    "OdbNetworkArn": "other",
}
_GATEWAYS = {"local": "local", "igw-": "internet", "vpce-": "endpoint"}


@dataclass(frozen=True)
class Route:
    """One route.

    Attributes:
        prefix: its destination; None when the destination is a prefix list.
        prefix_list_id: ``pl-…`` when the destination is a prefix list.
        target: id of what the packet is handed to, ``local`` within the VPC, or ``""``.
        kind: ``local``, ``internet``, ``nat``, ``egress-only``, ``endpoint``, ``peering``, or
            ``other`` for targets that are not followed (``tgw-…``, ``vgw-…``, ``eni-…``).
        blackhole: the route's state is ``blackhole``: its target is gone.
    """

    prefix: Prefix | None
    prefix_list_id: str | None
    target: str
    kind: str
    blackhole: bool = False

    @classmethod
    def of(cls, member: Member) -> Route:
        """From a member of a route table's `Routes`."""
        text = member.get("DestinationCidrBlock") or member.get("DestinationIpv6CidrBlock")
        target, kind = _target(member)
        return cls(
            prefix=prefix(text) if text else None,
            prefix_list_id=member.get("DestinationPrefixListId"),
            target=target,
            kind=kind,
            blackhole=member.get("State") == "blackhole",
        )

    @property
    def destination(self) -> str:
        """Its destination as the console shows it: a CIDR block or a prefix list's id."""
        return str(self.prefix) if self.prefix is not None else str(self.prefix_list_id)


def _target(member: Member) -> tuple[str, str]:
    gateway = member.get("GatewayId")
    if gateway:
        kinds = (kind for start, kind in _GATEWAYS.items() if gateway.startswith(start))
        return gateway, next(kinds, "other")
    for key, kind in _TARGETS.items():
        if member.get(key):
            return member[key], kind
    return "", "other"


@dataclass(frozen=True)
class RouteTable:
    """A route table.

    Attributes:
        id: ``rtb-…``.
        vpc_id: its VPC.
        routes: its routes, in the order of the describe call (which has no meaning).
        main: whether it is the VPC's main route table.
        subnet_ids: the subnets that are associated with it by name.
        name: its tag `Name`.
    """

    id: str
    vpc_id: str
    routes: tuple[Route, ...]
    main: bool = False
    subnet_ids: frozenset[str] = frozenset()
    name: str | None = None

    @classmethod
    def of(cls, member: Member) -> RouteTable:
        """From a member of `RouteTables`."""
        associated = [
            each
            for each in member.get("Associations", ())
            if each.get("AssociationState", {}).get("State", "associated") == "associated"
        ]
        return cls(
            id=member["RouteTableId"],
            vpc_id=member.get("VpcId", ""),
            routes=tuple(Route.of(route) for route in member.get("Routes", ())),
            main=any(each.get("Main") for each in associated),
            subnet_ids=frozenset(each["SubnetId"] for each in associated if each.get("SubnetId")),
            name=name_tag(member),
        )

    def pick(self, covers: Callable[[Route], int | None]) -> Route | None:
        """The route that is taken: of those that cover the destination, the most specific one.

        Args:
            covers: the prefix length with which a route covers the destination, or None.
        """
        lengths = ((covers(route), route) for route in self.routes)
        covering = [(length, route) for length, route in lengths if length is not None]
        # A route to a CIDR block wins over a prefix list of the same length (VPC User Guide,
        # "Route priority"); after that, the target's name keeps the choice independent of order.
        return max(
            covering,
            key=lambda pair: (pair[0], pair[1].prefix is not None, pair[1].target),
            default=(0, None),
        )[1]


@dataclass(frozen=True)
class PrefixList:
    """A prefix list: the address blocks of a service, as DescribePrefixLists returns it.

    Attributes:
        id: ``pl-…``.
        name: such as ``com.amazonaws.us-east-1.s3``.
        prefixes: its blocks.
    """

    id: str
    name: str
    prefixes: tuple[Prefix, ...]

    @classmethod
    def of(cls, member: Member) -> PrefixList:
        """From a member of `PrefixLists`."""
        return cls(
            id=member["PrefixListId"],
            name=member.get("PrefixListName", ""),
            prefixes=tuple(prefix(text) for text in member.get("Cidrs", ())),
        )
