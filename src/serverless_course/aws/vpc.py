"""One VPC of a lab: made with plain EC2 calls, found again by its name, deleted in AWS's order.

Everything in it bears a Name tag that begins with the lab's prefix, and the lab's own tags.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import resource_name, tag_list

# Prefix lengths of the two kinds of subnets that `create_vpc` makes.
SUBNET_BITS = 24
GROUP = "functions"
# How long a NAT gateway or an endpoint may take to go: AWS's waiter asks for 10 minutes at most.
GONE_WITHIN_S = 600.0
LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Vpc:
    """A VPC with a private and a public subnet in each zone, and no way out of the private ones.

    Attributes:
        name: what its Name tag says.
        id: VpcId.
        cidr: its prefix.
        private: ids of the private subnets, by zone.
        public: ids of the public subnets, by zone.
        private_table: id of the route table of all private subnets.
        public_table: id of the route table of all public subnets; it leads to the internet gateway.
        group: id of the security group for functions: nothing comes in, all may go out.
    """

    name: str
    id: str
    cidr: str
    private: dict[str, str]
    public: dict[str, str]
    private_table: str
    public_table: str
    group: str

    @property
    def zones(self) -> list[str]:
        """Names of its Availability Zones, in their order."""
        return sorted(self.private)


def create_vpc(
    cloud: Cloud,
    ledger: Ledger,
    slug: str,
    short: str,
    *,
    zones: int = 2,
    cidr: str = "10.0.0.0/16",
) -> Vpc:
    """Make a VPC, or find the one that bears this name already.

    One that was left half-made is deleted, and made anew.

    Args:
        cloud: the cloud.
        ledger: where the VPC is journalled before it is made.
        slug: the lab.
        short: the VPC's short name.
        zones: how many Availability Zones, 1 or more.
        cidr: the VPC's prefix, between /16 and /20; its subnets are /24.

    Raises:
        ValueError: the Region has fewer zones, or the prefix is too small.
        ClientError: EC2 refused. What was made until then is in the ledger, and is swept.
    """
    ec2 = cloud.client("ec2")
    name = resource_name(slug, short)
    ledger.record(Resource(cloud.target, slug, "ec2:vpc", name))
    found = _found(ec2, name)
    if found is not None:
        return found
    delete_vpc(cloud, name)
    names = _zone_names(ec2, zones)
    prefixes = list(IPv4Network(cidr).subnets(new_prefix=SUBNET_BITS))
    if len(prefixes) < 2 * zones:
        raise ValueError(f"{cidr} has no room for {2 * zones} subnets of /{SUBNET_BITS}.")
    return _create(ec2, _Maker(ec2, slug, name), cidr, names, [str(each) for each in prefixes])


def _create(ec2: Any, maker: _Maker, cidr: str, names: list[str], prefixes: list[str]) -> Vpc:
    vpc = maker.tagged("vpc", "", ec2.create_vpc, "Vpc", CidrBlock=cidr)["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    gateway = maker.tagged(
        "internet-gateway", "internet", ec2.create_internet_gateway, "InternetGateway"
    )["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    tables: dict[str, str] = {}
    subnets: dict[str, dict[str, str]] = {"private": {}, "public": {}}
    waiting = iter(prefixes)
    for kind, own in subnets.items():
        table = maker.tagged("route-table", kind, ec2.create_route_table, "RouteTable", VpcId=vpc)
        tables[kind] = table["RouteTableId"]
        for zone in names:
            own[zone] = maker.tagged(
                "subnet",
                f"{kind}-{zone}",
                ec2.create_subnet,
                "Subnet",
                VpcId=vpc,
                AvailabilityZone=zone,
                CidrBlock=next(waiting),
            )["SubnetId"]
            ec2.associate_route_table(RouteTableId=tables[kind], SubnetId=own[zone])
    ec2.create_route(
        RouteTableId=tables["public"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
    )
    group = ec2.create_security_group(
        GroupName=f"{maker.name}-{GROUP}",
        Description="Functions of a lab: nothing comes in, all may go out",
        VpcId=vpc,
        TagSpecifications=maker.tags("security-group", GROUP),
    )["GroupId"]
    return Vpc(
        maker.name,
        vpc,
        cidr,
        subnets["private"],
        subnets["public"],
        tables["private"],
        tables["public"],
        group,
    )


class _Maker:
    """Creates things that bear the lab's tags and a name below the VPC's."""

    def __init__(self, ec2: Any, slug: str, name: str) -> None:
        self._ec2 = ec2
        self._slug = slug
        self.name = name

    def tags(self, kind: str, short: str) -> list[dict[str, Any]]:
        full = f"{self.name}-{short}" if short else self.name
        return [
            {"ResourceType": kind, "Tags": [{"Key": "Name", "Value": full}, *tag_list(self._slug)]}
        ]

    def tagged(
        self, kind: str, short: str, create: Callable[..., Any], member: str, **given: Any
    ) -> dict[str, Any]:
        made: dict[str, Any] = create(TagSpecifications=self.tags(kind, short), **given)[member]
        return made


def _zone_names(ec2: Any, wanted: int) -> list[str]:
    known = sorted(
        zone["ZoneName"]
        for zone in ec2.describe_availability_zones()["AvailabilityZones"]
        if zone.get("ZoneType", "availability-zone") == "availability-zone"
    )
    if not 1 <= wanted <= len(known):
        raise ValueError(f"This Region has {len(known)} zones; {wanted} were asked for.")
    return known[:wanted]


def _found(ec2: Any, name: str) -> Vpc | None:
    """The VPC of that name; None when there is none, or a part of it is missing."""
    known = ec2.describe_vpcs(Filters=[_named(name)])["Vpcs"]
    if len(known) != 1:
        return None
    own = [{"Name": "vpc-id", "Values": [known[0]["VpcId"]]}]
    short = len(name) + 1
    subnets: dict[str, dict[str, str]] = {"private": {}, "public": {}}
    for subnet in ec2.describe_subnets(Filters=own)["Subnets"]:
        kind = _name_of(subnet)[short:].partition("-")[0]
        if kind in subnets:
            subnets[kind][subnet["AvailabilityZone"]] = subnet["SubnetId"]
    tables = {
        _name_of(table)[short:]: table["RouteTableId"]
        for table in ec2.describe_route_tables(Filters=own)["RouteTables"]
    }
    groups = {
        _name_of(group)[short:]: group["GroupId"]
        for group in ec2.describe_security_groups(Filters=own)["SecurityGroups"]
    }
    # The group is made last: where it is, all is.
    if GROUP not in groups:
        return None
    return Vpc(
        name,
        known[0]["VpcId"],
        known[0]["CidrBlock"],
        subnets["private"],
        subnets["public"],
        tables["private"],
        tables["public"],
        groups[GROUP],
    )


def _name_of(described: dict[str, Any]) -> str:
    tags: dict[str, str] = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
    return tags.get("Name", "")


def _named(*names: str) -> dict[str, Any]:
    return {"Name": "tag:Name", "Values": list(names)}


# listing and deleting, for the clean-up


def vpcs_named(cloud: Cloud, starts: tuple[str, ...]) -> Iterable[str]:
    """Names of the VPCs whose Name tag begins with one of the given starts."""
    pages = cloud.client("ec2").get_paginator("describe_vpcs")
    for page in pages.paginate(Filters=[_named(*(f"{start}*" for start in starts))]):
        yield from (_name_of(vpc) for vpc in page["Vpcs"])


def addresses_named(cloud: Cloud, starts: tuple[str, ...]) -> Iterable[str]:
    """Names of the elastic addresses whose Name tag begins with one of the given starts."""
    found = cloud.client("ec2").describe_addresses(
        Filters=[_named(*(f"{start}*" for start in starts))]
    )
    yield from (_name_of(address) for address in found["Addresses"])


def release_address(cloud: Cloud, name: str) -> None:
    """Release the elastic addresses of that name: AWS charges for those that are kept."""
    ec2 = cloud.client("ec2")
    for address in ec2.describe_addresses(Filters=[_named(name)])["Addresses"]:
        ec2.release_address(AllocationId=address["AllocationId"])


def delete_vpc(cloud: Cloud, name: str) -> None:
    """Delete the VPCs of that name, with all that is in them.

    Raises:
        ClientError: something cannot go yet, such as a subnet in which Lambda still has a network
            interface: AWS takes up to 20 minutes to remove those after the function is gone
            (Lambda Developer Guide, "Configuring VPC access", read 2026). Call it again then.
    """
    ec2 = cloud.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[_named(name)])["Vpcs"]:
        _empty(ec2, vpc["VpcId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def _empty(ec2: Any, vpc: str) -> None:
    own = [{"Name": "vpc-id", "Values": [vpc]}]
    endpoints = [
        found["VpcEndpointId"]
        for found in ec2.describe_vpc_endpoints(Filters=own)["VpcEndpoints"]
        if found["State"].lower() not in ("deleted", "deleting")
    ]
    if endpoints:
        ec2.delete_vpc_endpoints(VpcEndpointIds=endpoints)
    for gateway in _gateways(ec2, own):
        ec2.delete_nat_gateway(NatGatewayId=gateway)
    _wait_until_gone(lambda: [*_gateways(ec2, own, "deleting"), *_endpoints(ec2, own)])
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    found = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    for each in found:
        ec2.detach_internet_gateway(InternetGatewayId=each["InternetGatewayId"], VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=each["InternetGatewayId"])
    for subnet in ec2.describe_subnets(Filters=own)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for table in ec2.describe_route_tables(Filters=own)["RouteTables"]:
        _delete_table(ec2, table)
    for acl in ec2.describe_network_acls(Filters=own)["NetworkAcls"]:
        if not acl["IsDefault"]:
            ec2.delete_network_acl(NetworkAclId=acl["NetworkAclId"])
    _delete_groups(ec2, ec2.describe_security_groups(Filters=own)["SecurityGroups"])


def _delete_table(ec2: Any, table: dict[str, Any]) -> None:
    if any(link.get("Main") for link in table["Associations"]):
        return
    for link in table["Associations"]:
        ec2.disassociate_route_table(AssociationId=link["RouteTableAssociationId"])
    ec2.delete_route_table(RouteTableId=table["RouteTableId"])


def _gateways(ec2: Any, own: Sequence[Any], *more: str) -> list[str]:
    states = {"Name": "state", "Values": ["pending", "available", "failed", *more]}
    found = ec2.describe_nat_gateways(Filters=[*own, states])["NatGateways"]
    return [each["NatGatewayId"] for each in found]


def _endpoints(ec2: Any, own: Sequence[Any]) -> list[str]:
    found = ec2.describe_vpc_endpoints(Filters=own)["VpcEndpoints"]
    return [each["VpcEndpointId"] for each in found if each["State"].lower() != "deleted"]


def _wait_until_gone(left: Callable[[], Sequence[str]]) -> None:
    until = time.monotonic() + GONE_WITHIN_S
    while left() and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)


def _delete_groups(ec2: Any, groups: Sequence[dict[str, Any]]) -> None:
    """Groups may name each other: all rules first, then the groups."""
    own = [group for group in groups if group["GroupName"] != "default"]
    for group in own:
        for rules, revoke in (
            (group["IpPermissions"], ec2.revoke_security_group_ingress),
            (group["IpPermissionsEgress"], ec2.revoke_security_group_egress),
        ):
            if rules:
                revoke(GroupId=group["GroupId"], IpPermissions=rules)
    for group in own:
        ec2.delete_security_group(GroupId=group["GroupId"])
