"""Deleting a lab's VPC, with all that is in it, in the order that AWS asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.waiting import until

# How long a NAT gateway or an endpoint may take to go: AWS's waiter asks for 10 minutes at most.
GONE_WITHIN_S = 600.0
LOOK_EVERY_S = 1.0


def delete_vpc(cloud: Cloud, vpc: str) -> None:
    """Delete a VPC, by its id, with all that is in it.

    Raises:
        ClientError: something cannot go yet, such as a subnet in which Lambda still has a network
            interface: AWS takes up to 20 minutes to remove those after the function is gone
            (Lambda Developer Guide, "Configuring VPC access", read 2026). Call it again then.
    """
    ec2 = cloud.client("ec2")
    _empty(ec2, vpc)
    ec2.delete_vpc(VpcId=vpc)


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
    # What is left after the limit keeps the subnets, and EC2 says so.
    until(
        lambda: not (_gateways(ec2, own, "deleting") or _endpoints(ec2, own)),
        GONE_WITHIN_S,
        every_s=LOOK_EVERY_S,
    )
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
