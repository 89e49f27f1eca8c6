"""Everything that EC2's describe calls tell of a network, and the questions it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from serverless_course.network.endpoints import Endpoint
from serverless_course.network.filters import NetworkAcl, SecurityGroup
from serverless_course.network.gateways import InternetGateway, NatGateway, Peering
from serverless_course.network.places import Interface, Member, Subnet, Vpc
from serverless_course.network.routes import PrefixList, RouteTable

Described = Mapping[str, Sequence[Mapping[str, Any]]]
R = TypeVar("R")


class UnknownResource(LookupError):
    """The network holds nothing by that id; the message names what there is."""


@dataclass(frozen=True)
class Network:
    """A network, by EC2's own lists. Each attribute maps ids to records; order never matters.

    Attributes:
        described: the names of the lists that were given: what is absent from a given list does
            not exist, what belongs to a list that was not given is unknown.
        zones: names of the Availability Zones, those of the subnets included, sorted.
    """

    described: frozenset[str]
    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    internet_gateways: Mapping[str, InternetGateway] = field(default_factory=dict)
    egress_only_gateways: Mapping[str, InternetGateway] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    network_acls: Mapping[str, NetworkAcl] = field(default_factory=dict)
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)
    peerings: Mapping[str, Peering] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    zones: tuple[str, ...] = ()

    @classmethod
    def of(cls, described: Described) -> Network:
        """From what EC2's describe calls return.

        Args:
            described: EC2's lists by their own names: `Vpcs`, `VpcAttributes` (answers of
                DescribeVpcAttribute, of which there is one for each VPC and attribute),
                `Subnets`, `RouteTables`, `InternetGateways`, `EgressOnlyInternetGateways`,
                `NatGateways`, `VpcEndpoints`, `SecurityGroups`, `NetworkAcls`,
                `AvailabilityZones`, `Addresses`, `NetworkInterfaces`, `PrefixLists`,
                `VpcPeeringConnections`. Other keys, such as ResponseMetadata, are ignored.
        """

        def records(key: str, make: Callable[[Member], Any]) -> dict[str, Any]:
            made = (make(member) for member in described.get(key, ()))
            return {record.id: record for record in sorted(made, key=lambda one: str(one.id))}

        attributes = described.get("VpcAttributes", ())
        subnets: dict[str, Subnet] = records("Subnets", Subnet.of)
        zones = {zone["ZoneName"] for zone in described.get("AvailabilityZones", ())}
        return cls(
            described=frozenset(described),
            vpcs=records(
                "Vpcs",
                lambda member: Vpc.of(
                    member, [each for each in attributes if each.get("VpcId") == member["VpcId"]]
                ),
            ),
            subnets=subnets,
            route_tables=records("RouteTables", RouteTable.of),
            internet_gateways=records("InternetGateways", InternetGateway.of),
            egress_only_gateways=records("EgressOnlyInternetGateways", InternetGateway.of),
            nat_gateways=records("NatGateways", NatGateway.of),
            endpoints=records("VpcEndpoints", Endpoint.of),
            security_groups=records("SecurityGroups", SecurityGroup.of),
            network_acls=records("NetworkAcls", NetworkAcl.of),
            interfaces=records("NetworkInterfaces", Interface.of),
            prefix_lists=records("PrefixLists", PrefixList.of),
            peerings=records("VpcPeeringConnections", Peering.of),
            addresses={
                each["AllocationId"]: each.get("PublicIp", "")
                for each in described.get("Addresses", ())
                if "AllocationId" in each
            },
            zones=tuple(sorted(zones | {subnet.zone for subnet in subnets.values()} - {""})),
        )

    def subnet(self, subnet_id: str) -> Subnet:
        """The subnet of that id.

        Raises:
            UnknownResource: a LookupError that names the subnets there are.
        """
        return _held(self.subnets, subnet_id, "subnet")

    def security_group(self, group_id: str) -> SecurityGroup:
        """The security group of that id.

        Raises:
            UnknownResource: a LookupError that names the groups there are.
        """
        return _held(self.security_groups, group_id, "security group")

    def vpc(self, vpc_id: str) -> Vpc:
        """The VPC of that id.

        Raises:
            UnknownResource: a LookupError that names the VPCs there are.
        """
        return _held(self.vpcs, vpc_id, "VPC")

    def subnets_of(self, vpc_id: str) -> tuple[Subnet, ...]:
        """The subnets of a VPC, by zone and then by id."""
        own = (subnet for subnet in self.subnets.values() if subnet.vpc_id == vpc_id)
        return tuple(sorted(own, key=lambda subnet: (subnet.zone, subnet.id)))

    def route_table_of(self, subnet_id: str) -> RouteTable | None:
        """The route table a subnet uses: the one associated with it, else the VPC's main one.

        Source: VPC User Guide, "Subnet route tables". None when neither was described.

        Raises:
            UnknownResource: for a subnet that is not there.
        """
        subnet = self.subnet(subnet_id)
        tables = self.route_tables.values()
        explicit = (table for table in tables if subnet_id in table.subnet_ids)
        main = (table for table in tables if table.main and table.vpc_id == subnet.vpc_id)
        return next(explicit, None) or next(main, None)

    def acl_of(self, subnet_id: str) -> NetworkAcl | None:
        """The network ACL that guards a subnet: its own, else the VPC's default one.

        None when neither was described.

        Raises:
            UnknownResource: for a subnet that is not there.
        """
        subnet = self.subnet(subnet_id)
        acls = self.network_acls.values()
        own = (acl for acl in acls if subnet_id in acl.subnet_ids)
        default = (acl for acl in acls if acl.default and acl.vpc_id == subnet.vpc_id)
        return next(own, None) or next(default, None)

    def is_public(self, subnet_id: str) -> bool:
        """Whether a subnet is public: its route table has a route to an attached internet gateway.

        Source: VPC User Guide, "Subnet types".

        Raises:
            UnknownResource: for a subnet that is not there.
        """
        table = self.route_table_of(subnet_id)
        if table is None:
            return False
        return any(
            route.kind == "internet"
            and not route.blackhole
            and self.attached(route.target, table.vpc_id)
            for route in table.routes
        )

    def attached(self, gateway_id: str, vpc_id: str) -> bool:
        """Whether an internet or egress-only gateway exists and is attached to the VPC."""
        both = {**self.internet_gateways, **self.egress_only_gateways}
        return gateway_id in both and vpc_id in both[gateway_id].vpc_ids


def _held(records: Mapping[str, R], wanted: str, noun: str) -> R:
    if wanted in records:
        return records[wanted]
    there = ", ".join(sorted(records)) or "none"
    raise UnknownResource(f"There is no {noun} {wanted!r} among those described: {there}.")
