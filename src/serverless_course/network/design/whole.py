"""A design as a whole, in the shape in which EC2's describe calls would tell of it."""

from __future__ import annotations

from typing import Any

from serverless_course.network.addresses import RESERVED_BY_AWS
from serverless_course.network.design.choices import Choices
from serverless_course.network.design.endpoints import endpoints, prefix_lists
from serverless_course.network.design.gateways import internet_gateways, nat_gateways
from serverless_course.network.design.guards import network_acls, security_groups
from serverless_course.network.design.interfaces import interfaces
from serverless_course.network.design.names import (
    FUNCTION_GROUP,
    VPC_ID,
    Member,
    letters,
    named,
    subnet_id,
)
from serverless_course.network.design.tables import route_tables


def design(choices: Choices) -> dict[str, list[Member]]:
    """The lists of EC2's describe calls, by their own names, for `Network.of`."""
    nats, held = list(nat_gateways(choices)), list(interfaces(choices))
    return {
        "Vpcs": [{"VpcId": VPC_ID, "CidrBlock": choices.prefix, **named("design")}],
        "VpcAttributes": [
            {"VpcId": VPC_ID, "EnableDnsSupport": {"Value": True}},
            {"VpcId": VPC_ID, "EnableDnsHostnames": {"Value": True}},
        ],
        "AvailabilityZones": [
            {"ZoneName": zone, "RegionName": choices.region, "State": "available"}
            for zone in choices.zone_names
        ],
        "Subnets": _subnets(choices, held),
        "InternetGateways": internet_gateways(choices),
        "EgressOnlyInternetGateways": [],
        "NatGateways": nats,
        "RouteTables": list(route_tables(choices, nats)),
        "VpcEndpoints": list(endpoints(choices)),
        "PrefixLists": prefix_lists(choices),
        "SecurityGroups": security_groups(choices),
        "NetworkAcls": network_acls(),
        "NetworkInterfaces": held,
        "Addresses": [
            {"AllocationId": each["AllocationId"], "PublicIp": each["PublicIp"]}
            for nat in nats
            for each in nat["NatGatewayAddresses"]
        ],
        "VpcPeeringConnections": [],
    }


def function(choices: Choices, name: str = "orders") -> dict[str, Any]:
    """A function in every zone's subnet for functions, as Lambda tells of its configuration."""
    subnets = [subnet_id(choices, "functions", zone) for zone in range(choices.zones)]
    config = {"SubnetIds": subnets, "SecurityGroupIds": [FUNCTION_GROUP], "VpcId": VPC_ID}
    return {"FunctionName": name, "VpcConfig": config}


def _subnets(choices: Choices, held: list[Member]) -> list[Member]:
    subnets = []
    for tier in choices.tiers:
        for zone, letter in letters(choices):
            identifier, block = subnet_id(choices, tier, zone), choices.block(tier, zone)
            taken = sum(each["SubnetId"] == identifier for each in held)
            subnets.append(
                {
                    "SubnetId": identifier,
                    "VpcId": VPC_ID,
                    "AvailabilityZone": choices.zone_names[zone],
                    "CidrBlock": str(block),
                    "AvailableIpAddressCount": block.num_addresses - RESERVED_BY_AWS - taken,
                    **named(f"{tier}-{letter}"),
                }
            )
    return subnets
