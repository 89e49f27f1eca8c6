"""One VPC of a lab: made with plain EC2 calls, and found again by its name.

Everything in it bears a Name tag that begins with the lab's prefix, and the lab's own tags.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds import Instance
from serverless_course.aws.kinds.network import vpcs_of
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import name_tag, resource_name, tags
from serverless_course.aws.ownership import claim
from serverless_course.aws.vpc_deletion import delete_vpc

# Prefix lengths of the two kinds of subnets that `create_vpc` makes.
SUBNET_BITS = 24
GROUP = "functions"


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
    """Make a VPC, or find this lab's own that bears this name already.

    One of its own that was left half-made is deleted and made again.

    Args:
        cloud: the cloud.
        ledger: where the VPC is journalled before it is made.
        slug: the lab.
        short: the VPC's short name.
        zones: how many Availability Zones, 1 or more.
        cidr: the VPC's prefix, between /16 and /20; its subnets are /24.

    Raises:
        ForeignResource: a VPC of that name is there and is not this lab's.
        ValueError: the Region has fewer zones, or the prefix is too small.
        ClientError: EC2 refused. What was made until then is in the ledger, and is swept.
    """
    ec2 = cloud.client("ec2")
    name = resource_name(slug, short)
    claim(cloud, ledger, Resource(cloud.target, slug, "ec2:vpc", name))
    known = vpcs_of(cloud, name)
    found = _found(ec2, name, known)
    if found is not None:
        return found
    for half_made in known:
        delete_vpc(cloud, half_made.id)
    names = _zone_names(ec2, zones)
    prefixes = list(IPv4Network(cidr).subnets(new_prefix=SUBNET_BITS))
    if len(prefixes) < 2 * zones:
        raise ValueError(f"{cidr} has no room for {2 * zones} subnets of /{SUBNET_BITS}.")
    return _create(
        ec2, _Maker(ec2, tags(slug, ledger.id), name), cidr, names, [str(each) for each in prefixes]
    )


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

    def __init__(self, ec2: Any, tagged: dict[str, str], name: str) -> None:
        self._ec2 = ec2
        self._tags = tagged
        self.name = name

    def tags(self, kind: str, short: str) -> list[dict[str, Any]]:
        full = f"{self.name}-{short}" if short else self.name
        named = {"Name": full, **self._tags}
        pairs = [{"Key": key, "Value": value} for key, value in named.items()]
        return [{"ResourceType": kind, "Tags": pairs}]

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


def _found(ec2: Any, name: str, known: Sequence[Instance]) -> Vpc | None:
    """The one VPC of that name; None when there is not one, or a part of it is missing."""
    if len(known) != 1:
        return None
    own = [{"Name": "vpc-id", "Values": [known[0].id]}]
    cidr = ec2.describe_vpcs(VpcIds=[known[0].id])["Vpcs"][0]["CidrBlock"]
    short = len(name) + 1
    subnets: dict[str, dict[str, str]] = {"private": {}, "public": {}}
    for subnet in ec2.describe_subnets(Filters=own)["Subnets"]:
        kind = name_tag(subnet)[short:].partition("-")[0]
        if kind in subnets:
            subnets[kind][subnet["AvailabilityZone"]] = subnet["SubnetId"]
    tables = {
        name_tag(table)[short:]: table["RouteTableId"]
        for table in ec2.describe_route_tables(Filters=own)["RouteTables"]
    }
    groups = {
        name_tag(group)[short:]: group["GroupId"]
        for group in ec2.describe_security_groups(Filters=own)["SecurityGroups"]
    }
    # The group is made last: where it is, all is.
    if GROUP not in groups:
        return None
    return Vpc(
        name,
        known[0].id,
        cidr,
        subnets["private"],
        subnets["public"],
        tables["private"],
        tables["public"],
        groups[GROUP],
    )
