"""What a drawing of a VPC shows, read from its network: zones, subnets, gateways, functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from serverless_course.figures.vpc.parts import (
    Functions,
    Part,
    alive,
    nat_part,
    nats_of,
    parts_of,
    route_words,
    service_of,
    subnets_of,
)
from serverless_course.network.addresses import RESERVED_BY_AWS
from serverless_course.network.network import Network
from serverless_course.network.places import Subnet

# Subnet types by their routes (VPC User Guide, "Subnet types", read 2026-11), in drawing order.
PUBLIC, PRIVATE, ISOLATED = KINDS = ("public", "private", "isolated")


@dataclass(frozen=True)
class SubnetView:
    """A subnet as it is drawn.

    Attributes:
        free: AvailableIpAddressCount, or None when it was not told.
        usable: addresses that AWS hands out; None for an IPv6-only subnet.
        kind: `public`, `private` or `isolated`, by its routes.
        routes: its routes out of the VPC, in words.
    """

    id: str
    name: str
    zone: str
    cidr: str
    free: int | None
    usable: int | None
    kind: str
    routes: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def room(self) -> str:
        """Free and usable addresses, in words."""
        if self.usable is None:
            return "IPv6 only"
        if self.free is None:
            return f"{self.usable:,} usable"
        return f"{self.free:,} of {self.usable:,} free"


@dataclass(frozen=True)
class VpcView:
    """One VPC as it is drawn.

    Attributes:
        regional_nats: regional NAT gateways: they stand in no subnet.
        gateway_endpoints: id and AWS service of each, as `("vpce-1", "s3")`.
        outside: names of the functions that have no subnet here.
    """

    id: str
    name: str
    cidrs: tuple[str, ...]
    subnets: tuple[SubnetView, ...]
    internet_gateway: str | None
    egress_only_gateway: str | None
    regional_nats: tuple[Part, ...]
    gateway_endpoints: tuple[tuple[str, str], ...]
    outside: tuple[str, ...]

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that have a subnet, by name."""
        return tuple(sorted({subnet.zone for subnet in self.subnets}))


def view(
    network: Network,
    functions: Functions = (),
    wanted: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
    vpc_id: str | None = None,
) -> VpcView:
    """Read one VPC of a network.

    Args:
        network: what EC2's describe calls told.
        functions: Lambda's function configurations; those with a subnet here are drawn.
        wanted: addresses that must be seen, whoever has them.
        names: what addresses are called, as `{"10.0.2.10": "database"}`; they are seen as well.
        vpc_id: which VPC; needed when there are several.

    Raises:
        ValueError: no VPC, several and none named, or a VPC without subnets.
    """
    vpc = network.vpcs[chosen_vpc(network, vpc_id)]
    subnets = network.subnets_of(vpc.id)
    if not subnets:
        raise ValueError(f"{vpc.id} has no subnet: there is nothing to draw yet.")
    views = [_subnet(subnet, network, functions, wanted, names or {}) for subnet in subnets]
    ids = {subnet.id for subnet in subnets}
    gateways = [g for g in sorted(network.internet_gateways) if network.attached(g, vpc.id)]
    only_out = [g for g in sorted(network.egress_only_gateways) if network.attached(g, vpc.id)]
    return VpcView(
        vpc.id,
        vpc.name or vpc.id,
        tuple(map(str, vpc.prefixes)),
        tuple(sorted(views, key=lambda each: (each.zone, KINDS.index(each.kind), _rank(each)))),
        next(iter(gateways), None),
        next(iter(only_out), None),
        tuple(nat_part(nat) for nat in nats_of(network, vpc.id) if nat.subnet_id is None),
        tuple(
            (endpoint.id, service_of(endpoint))
            for endpoint in network.endpoints.values()
            if endpoint.vpc_id == vpc.id and endpoint.kind == "Gateway" and alive(endpoint.state)
        ),
        tuple(each["FunctionName"] for each in functions if not ids.intersection(subnets_of(each))),
    )


def chosen_vpc(network: Network, vpc_id: str | None) -> str:
    """The id of the VPC to draw. `ValueError` when there is none, or several and none is named."""
    if not network.vpcs:
        raise ValueError("There is no VPC to draw: describe_vpcs returned none.")
    if vpc_id in network.vpcs:
        return str(vpc_id)
    if vpc_id is None and len(network.vpcs) == 1:
        return next(iter(network.vpcs))
    there = ", ".join(f"{each.id} ({each.name or 'no name'})" for each in network.vpcs.values())
    said = "There are several VPCs" if vpc_id is None else f"There is no VPC {vpc_id}"
    raise ValueError(f"{said}: name one with vpc_id. Described: {there}.")


def _rank(subnet: SubnetView) -> tuple[bool, bytes]:
    version_6 = ":" in subnet.cidr
    return version_6, ip_address(subnet.cidr.split("/")[0]).packed


def _subnet(
    subnet: Subnet,
    network: Network,
    functions: Functions,
    wanted: Iterable[str],
    names: Mapping[str, str],
) -> SubnetView:
    table = network.route_table_of(subnet.id)
    out = [each for each in (table.routes if table else ()) if each.kind != "local"]
    leaving = [route for route in out if route.prefix is not None and not route.blackhole]
    kind = PUBLIC if network.is_public(subnet.id) else PRIVATE if leaving else ISOLATED
    block = subnet.prefix or next(iter(subnet.prefixes_v6), None)
    return SubnetView(
        subnet.id,
        subnet.name or subnet.id,
        subnet.zone or "no zone",
        str(block),
        subnet.available,
        max(subnet.prefix.num_addresses - RESERVED_BY_AWS, 0) if subnet.prefix else None,
        kind,
        tuple(route_words(route, network) for route in out),
        tuple(parts_of(subnet, network, functions, wanted, names)),
    )
