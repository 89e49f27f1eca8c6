"""A network as EC2's describe calls tell of it: what `network` and its drawings read."""

from __future__ import annotations

from typing import Any

# EC2's describe operation, the list in its answer, and the filter that picks a VPC's own.
_OF_A_VPC = (
    ("describe_vpcs", "Vpcs", "vpc-id"),
    ("describe_subnets", "Subnets", "vpc-id"),
    ("describe_route_tables", "RouteTables", "vpc-id"),
    ("describe_internet_gateways", "InternetGateways", "attachment.vpc-id"),
    ("describe_nat_gateways", "NatGateways", "vpc-id"),
    ("describe_vpc_endpoints", "VpcEndpoints", "vpc-id"),
    ("describe_security_groups", "SecurityGroups", "vpc-id"),
    ("describe_network_acls", "NetworkAcls", "vpc-id"),
    ("describe_network_interfaces", "NetworkInterfaces", "vpc-id"),
)
_OF_THE_REGION = (
    ("describe_availability_zones", "AvailabilityZones"),
    ("describe_prefix_lists", "PrefixLists"),
    ("describe_addresses", "Addresses"),
)
_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames")
# What AWS still lists for a while after it was deleted.
_GONE = frozenset({"deleted", "deleting"})


def described(ec2: Any, vpc_id: str) -> dict[str, list[dict[str, Any]]]:
    """All that EC2 tells of a VPC, by EC2's names of the lists.

    Args:
        ec2: a boto3 EC2 client.
        vpc_id: the VPC.

    Raises:
        ClientError: EC2 refused one of the calls.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for operation, name, filter_name in _OF_A_VPC:
        own = [{"Name": filter_name, "Values": [vpc_id]}]
        pages = ec2.get_paginator(operation).paginate(Filters=own)
        listed = [each for page in pages for each in page[name]]
        found[name] = [each for each in listed if str(each.get("State")).lower() not in _GONE]
    for operation, name in _OF_THE_REGION:
        found[name] = getattr(ec2, operation)()[name]
    found["VpcAttributes"] = [
        ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute) for attribute in _ATTRIBUTES
    ]
    return found
