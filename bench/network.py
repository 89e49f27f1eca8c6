"""A VPC for benchmarks: private subnets, and a NAT gateway as their way out."""

from __future__ import annotations

from typing import Any

from .cloud import BenchCloud

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
IN_VPC = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


def make_network(cloud: BenchCloud) -> tuple[list[str], str]:
    """The private subnets of a new VPC, in two zones, and a group; the way out is in a third."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.30.{i}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for i, zone in enumerate(ZONES)
    ]
    *private, public = made
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]
    ways: tuple[tuple[list[str], dict[str, str]], ...] = (
        ([public], {"GatewayId": gateway}),
        (private, {"NatGatewayId": nat["NatGatewayId"]}),
    )
    for users, target in ways:
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
        for subnet in users:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(GroupName="bench", Description="bench", VpcId=vpc)
    return private, str(group["GroupId"])


def put_into(cloud: BenchCloud, name: str, **vpc_config: Any) -> None:
    """Connect a function of the bench role to a VPC."""
    cloud.client("iam").attach_role_policy(RoleName="bench", PolicyArn=IN_VPC)
    cloud.configure(name, VpcConfig=vpc_config)
