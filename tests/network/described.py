"""A network in the shapes of EC2's describe calls, and small tools to change it for a test.

Two zones; in each a public subnet with a NAT gateway and a private one. Every list has the members
that EC2 sends; `tests/network/test_network_shapes.py` holds them against botocore's model.
"""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

Member = dict[str, Any]
Described = dict[str, list[Member]]

OWNER = "123456789012"
VPC = "vpc-main"
MADE = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def vpc(id_: str, block: str, v6: str | None = None) -> Member:
    member: Member = {
        "VpcId": id_,
        "OwnerId": OWNER,
        "State": "available",
        "CidrBlock": block,
        "IsDefault": False,
        "InstanceTenancy": "default",
        "DhcpOptionsId": "dopt-1",
        "CidrBlockAssociationSet": [
            {
                "AssociationId": f"vpc-cidr-assoc-{id_}",
                "CidrBlock": block,
                "CidrBlockState": {"State": "associated"},
            }
        ],
    }
    if v6:
        member["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": {"State": "associated"}}
        ]
    return member


def subnet(id_: str, block: str, zone: str, vpc_id: str = VPC, available: int = 250) -> Member:
    return {
        "SubnetId": id_,
        "VpcId": vpc_id,
        "OwnerId": OWNER,
        "State": "available",
        "CidrBlock": block,
        "AvailabilityZone": zone,
        "AvailabilityZoneId": f"use1-az{'abc'.index(zone[-1]) + 1}",
        "AvailableIpAddressCount": available,
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": False,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
    }


def route(destination: str, **target: str) -> Member:
    key = (
        "DestinationPrefixListId"
        if destination.startswith("pl-")
        else "DestinationIpv6CidrBlock"
        if ":" in destination
        else "DestinationCidrBlock"
    )
    return {key: destination, "Origin": "CreateRoute", "State": "active", **target}


LOCAL = {
    "DestinationCidrBlock": "10.0.0.0/16",
    "GatewayId": "local",
    "Origin": "CreateRouteTable",
    "State": "active",
}


def route_table(
    id_: str, routes: list[Member], subnets: tuple[str, ...] = (), main: bool = False
) -> Member:
    named = [
        {
            "Main": False,
            "RouteTableAssociationId": f"rtbassoc-{each}",
            "RouteTableId": id_,
            "SubnetId": each,
            "AssociationState": {"State": "associated"},
        }
        for each in subnets
    ]
    as_main = {
        "Main": True,
        "RouteTableAssociationId": f"rtbassoc-{id_}",
        "RouteTableId": id_,
        "AssociationState": {"State": "associated"},
    }
    return {
        "RouteTableId": id_,
        "VpcId": VPC,
        "OwnerId": OWNER,
        "PropagatingVgws": [],
        "Associations": [as_main] if main else named,
        "Routes": [deepcopy(LOCAL), *routes],
    }


def nat_gateway(id_: str, subnet_id: str, public_ip: str, private_ip: str) -> Member:
    return {
        "NatGatewayId": id_,
        "VpcId": VPC,
        "SubnetId": subnet_id,
        "State": "available",
        "ConnectivityType": "public",
        "AvailabilityMode": "zonal",
        "CreateTime": MADE,
        "NatGatewayAddresses": [
            {
                "AllocationId": f"eipalloc-{id_}",
                "AssociationId": f"eipassoc-{id_}",
                "NetworkInterfaceId": f"eni-{id_}",
                "PrivateIp": private_ip,
                "PublicIp": public_ip,
                "IsPrimary": True,
                "Status": "succeeded",
            }
        ],
    }


def regional_nat(id_: str, addresses: dict[str, str]) -> Member:
    """A regional NAT gateway with one public address in each zone."""
    return {
        "NatGatewayId": id_,
        "VpcId": VPC,
        "State": "available",
        "ConnectivityType": "public",
        "AvailabilityMode": "regional",
        "AutoProvisionZones": "enabled",
        "AutoScalingIps": "enabled",
        "RouteTableId": f"rtb-{id_}",
        "CreateTime": MADE,
        "NatGatewayAddresses": [
            {
                "AllocationId": f"eipalloc-{id_}-{zone[-1]}",
                "AssociationId": f"eipassoc-{id_}-{zone[-1]}",
                "PublicIp": public_ip,
                "AvailabilityZone": zone,
                "IsPrimary": index == 0,
                "Status": "succeeded",
            }
            for index, (zone, public_ip) in enumerate(addresses.items())
        ],
    }


def permission(
    protocol: str = "tcp",
    port: int | None = 443,
    *,
    cidr: str | None = None,
    group: str | None = None,
    prefix_list: str | None = None,
) -> Member:
    member: Member = {
        "IpProtocol": protocol,
        "IpRanges": [{"CidrIp": cidr}] if cidr and ":" not in cidr else [],
        "Ipv6Ranges": [{"CidrIpv6": cidr}] if cidr and ":" in cidr else [],
        "UserIdGroupPairs": [{"GroupId": group, "UserId": OWNER}] if group else [],
        "PrefixListIds": [{"PrefixListId": prefix_list}] if prefix_list else [],
    }
    if port is not None and protocol != "-1":
        member |= {"FromPort": port, "ToPort": port}
    return member


EVERYTHING = permission("-1", None, cidr="0.0.0.0/0")
EVERYTHING_V6 = permission("-1", None, cidr="::/0")


def group(id_: str, ingress: list[Member], egress: list[Member], name: str = "") -> Member:
    return {
        "GroupId": id_,
        "GroupName": name or id_.removeprefix("sg-"),
        "Description": "a group of the course",
        "VpcId": VPC,
        "OwnerId": OWNER,
        "IpPermissions": ingress,
        "IpPermissionsEgress": egress,
    }


def acl_entry(
    number: int,
    action: str,
    *,
    egress: bool,
    cidr: str = "0.0.0.0/0",
    protocol: str = "-1",
    ports: tuple[int, int] | None = None,
) -> Member:
    member: Member = {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": egress,
        "Protocol": protocol,
        "Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr,
    }
    if ports:
        member["PortRange"] = {"From": ports[0], "To": ports[1]}
    return member


LAST = [acl_entry(32767, "deny", egress=False), acl_entry(32767, "deny", egress=True)]
ALL = [acl_entry(100, "allow", egress=False), acl_entry(100, "allow", egress=True)]


def acl(
    id_: str, entries: list[Member], subnets: tuple[str, ...] = (), default: bool = False
) -> Member:
    return {
        "NetworkAclId": id_,
        "VpcId": VPC,
        "OwnerId": OWNER,
        "IsDefault": default,
        "Entries": [*entries, *deepcopy(LAST)],
        "Associations": [
            {
                "NetworkAclAssociationId": f"aclassoc-{each}",
                "NetworkAclId": id_,
                "SubnetId": each,
            }
            for each in subnets
        ],
    }


def interface(
    id_: str, subnet_id: str, address: str, groups: tuple[str, ...], kind: str = "interface"
) -> Member:
    return {
        "NetworkInterfaceId": id_,
        "SubnetId": subnet_id,
        "VpcId": VPC,
        "OwnerId": OWNER,
        "Status": "in-use",
        "InterfaceType": kind,
        "Description": f"interface {id_}",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "Groups": [{"GroupId": each, "GroupName": each.removeprefix("sg-")} for each in groups],
    }


def gateway_endpoint(id_: str, service: str, route_tables: tuple[str, ...]) -> Member:
    return {
        "VpcEndpointId": id_,
        "VpcEndpointType": "Gateway",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "State": "available",
        "RouteTableIds": list(route_tables),
        "SubnetIds": [],
        "Groups": [],
        "PrivateDnsEnabled": False,
        "NetworkInterfaceIds": [],
        "OwnerId": OWNER,
    }


def interface_endpoint(
    id_: str, service: str, subnets: dict[str, str], groups: tuple[str, ...]
) -> Member:
    """An interface endpoint; `subnets` maps each of its subnets to its interface's id."""
    return {
        "VpcEndpointId": id_,
        "VpcEndpointType": "Interface",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "State": "available",
        "RouteTableIds": [],
        "SubnetIds": list(subnets),
        "Groups": [{"GroupId": each, "GroupName": each.removeprefix("sg-")} for each in groups],
        "PrivateDnsEnabled": True,
        "NetworkInterfaceIds": list(subnets.values()),
        "DnsEntries": [{"DnsName": f"{id_}.{service}.us-east-1.vpce.amazonaws.com"}],
        "OwnerId": OWNER,
    }


def peering(id_: str, other: str, other_block: str, state: str = "active") -> Member:
    return {
        "VpcPeeringConnectionId": id_,
        "Status": {"Code": state, "Message": state},
        "RequesterVpcInfo": {"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": OWNER},
        "AccepterVpcInfo": {"VpcId": other, "CidrBlock": other_block, "OwnerId": OWNER},
    }


DYNAMODB_LIST = {
    "PrefixListId": "pl-dynamodb",
    "PrefixListName": "com.amazonaws.us-east-1.dynamodb",
    "Cidrs": ["52.94.0.0/22", "52.119.224.0/20"],
}
S3_LIST = {
    "PrefixListId": "pl-s3",
    "PrefixListName": "com.amazonaws.us-east-1.s3",
    "Cidrs": ["52.216.0.0/15", "3.5.0.0/19"],
}


def two_zones() -> Described:
    """The network that works: each test changes what its situation is about."""
    return {
        "Vpcs": [vpc(VPC, "10.0.0.0/16")],
        "VpcAttributes": [
            {"VpcId": VPC, "EnableDnsSupport": {"Value": True}},
            {"VpcId": VPC, "EnableDnsHostnames": {"Value": True}},
        ],
        "AvailabilityZones": [
            {
                "ZoneName": f"us-east-1{letter}",
                "ZoneId": f"use1-az{index}",
                "RegionName": "us-east-1",
                "State": "available",
                "ZoneType": "availability-zone",
                "OptInStatus": "opt-in-not-required",
                "GroupName": "us-east-1",
                "NetworkBorderGroup": "us-east-1",
                "Messages": [],
            }
            for index, letter in enumerate("abc", 1)
        ],
        "Subnets": [
            subnet("subnet-public-a", "10.0.0.0/24", "us-east-1a"),
            subnet("subnet-public-b", "10.0.1.0/24", "us-east-1b"),
            subnet("subnet-private-a", "10.0.10.0/24", "us-east-1a"),
            subnet("subnet-private-b", "10.0.11.0/24", "us-east-1b"),
        ],
        "InternetGateways": [
            {
                "InternetGatewayId": "igw-1",
                "OwnerId": OWNER,
                "Attachments": [{"State": "available", "VpcId": VPC}],
            }
        ],
        "EgressOnlyInternetGateways": [],
        "NatGateways": [
            nat_gateway("nat-a", "subnet-public-a", "198.51.100.10", "10.0.0.10"),
            nat_gateway("nat-b", "subnet-public-b", "198.51.100.11", "10.0.1.10"),
        ],
        "Addresses": [
            {
                "AllocationId": f"eipalloc-{nat}",
                "AssociationId": f"eipassoc-{nat}",
                "NetworkInterfaceId": f"eni-{nat}",
                "PrivateIpAddress": private_ip,
                "PublicIp": public_ip,
                "Domain": "vpc",
            }
            for nat, public_ip, private_ip in (
                ("nat-a", "198.51.100.10", "10.0.0.10"),
                ("nat-b", "198.51.100.11", "10.0.1.10"),
            )
        ],
        "RouteTables": [
            route_table("rtb-main", [], main=True),
            route_table(
                "rtb-public",
                [route("0.0.0.0/0", GatewayId="igw-1")],
                ("subnet-public-a", "subnet-public-b"),
            ),
            route_table(
                "rtb-private-a", [route("0.0.0.0/0", NatGatewayId="nat-a")], ("subnet-private-a",)
            ),
            route_table(
                "rtb-private-b", [route("0.0.0.0/0", NatGatewayId="nat-b")], ("subnet-private-b",)
            ),
        ],
        "NetworkAcls": [
            acl(
                "acl-default",
                deepcopy(ALL),
                ("subnet-public-a", "subnet-public-b", "subnet-private-a", "subnet-private-b"),
                default=True,
            )
        ],
        "SecurityGroups": [
            group(
                "sg-default", [permission("-1", None, group="sg-default")], [EVERYTHING], "default"
            ),
            group("sg-function", [], [deepcopy(EVERYTHING)]),
            group("sg-data", [permission(port=5432, group="sg-function")], []),
            group("sg-endpoint", [permission(port=443, group="sg-function")], []),
        ],
        "NetworkInterfaces": [
            interface("eni-db-a", "subnet-private-a", "10.0.10.20", ("sg-data",)),
            interface("eni-db-b", "subnet-private-b", "10.0.11.20", ("sg-data",)),
            interface("eni-nat-a", "subnet-public-a", "10.0.0.10", (), "nat_gateway"),
            interface("eni-nat-b", "subnet-public-b", "10.0.1.10", (), "nat_gateway"),
        ],
        "PrefixLists": [deepcopy(DYNAMODB_LIST), deepcopy(S3_LIST)],
        "VpcEndpoints": [],
        "VpcPeeringConnections": [],
    }


def find(described: Described, key: str, id_: str) -> Member:
    """The member of a list that has this id."""
    return next(member for member in described[key] if id_ in member.values())


def routes(described: Described, table: str) -> list[Member]:
    held: list[Member] = find(described, "RouteTables", table)["Routes"]
    return held


def replace_routes(described: Described, table: str, *new: Member) -> None:
    """Give a table these routes beside the local one."""
    find(described, "RouteTables", table)["Routes"] = [deepcopy(LOCAL), *new]


def guard(described: Described, id_: str, entries: list[Member], *subnets: str) -> None:
    """Put a network ACL of its own in front of subnets."""
    for other in described["NetworkAcls"]:
        other["Associations"] = [a for a in other["Associations"] if a["SubnetId"] not in subnets]
    described["NetworkAcls"].append(acl(id_, entries, subnets))
