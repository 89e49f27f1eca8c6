"""The contract of the seam to moto's EC2: what `services/` mends there. Source: moto 5.2.5; EC2's
rules from its API reference and the VPC User Guide (read 2026-11)."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud
from vpcs import MadeVpc

# RFC 5737: addresses for documentation.
NOBODYS = [ipaddress.ip_network(f"{block}/24") for block in ("203.0.113.0", "198.51.100.0")]


def refused(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_a_nat_gateway_has_its_address_in_its_subnet(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    nat, public = vpc.nat()
    (eni,) = vpc.interfaces("nat_gateway")
    assert ipaddress.ip_address(eni["PrivateIpAddress"]) in ipaddress.ip_network("10.20.100.0/24")
    assert eni["Association"]["PublicIp"] == public
    assert eni["Description"] == f"Interface for NAT Gateway {nat}"
    assert eni["Groups"] == []


def test_a_deleted_nat_gateway_frees_its_address_and_interface(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    nat, public = vpc.nat()
    vpc.ec2.delete_nat_gateway(NatGatewayId=nat)
    (found,) = vpc.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    assert found["State"] == "deleted"
    (address,) = vpc.ec2.describe_addresses(PublicIps=[public])["Addresses"]
    assert "AssociationId" not in address
    assert vpc.interfaces("nat_gateway") == []
    vpc.ec2.release_address(AllocationId=address["AllocationId"])
    assert refused(vpc.ec2.delete_nat_gateway, NatGatewayId="nat-0") == "NatGatewayNotFound"


def test_a_route_without_its_gateway_is_a_black_hole(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    nat, _ = vpc.nat()
    vpc.route(nat)

    def states() -> dict[str, str]:
        tables = vpc.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])
        return {
            str(route.get("NatGatewayId") or route["GatewayId"])[:3]: route["State"]
            for table in tables["RouteTables"]
            for route in table["Routes"]
        }

    assert states() == {"loc": "active", "nat": "active", "igw": "active"}
    vpc.ec2.delete_nat_gateway(NatGatewayId=nat)
    (gateway,) = vpc.ec2.describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [vpc.id]}]
    )["InternetGateways"]
    vpc.ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc.id)
    assert states() == {"loc": "active", "nat": "blackhole", "igw": "blackhole"}


def test_a_new_network_acl_ends_with_a_denial(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    made = vpc.ec2.create_network_acl(VpcId=vpc.id)["NetworkAcl"]
    found = sorted((each["RuleNumber"], each["RuleAction"]) for each in made["Entries"])
    assert found == [(32767, "deny")] * 2


def test_a_regional_nat_gateway_has_an_address_in_each_zone(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud, zones=2)
    made = vpc.ec2.create_nat_gateway(
        VpcId=vpc.id,
        AvailabilityMode="regional",
        TagSpecifications=[
            {"ResourceType": "natgateway", "Tags": [{"Key": "course", "Value": "x"}]}
        ],
    )["NatGateway"]
    identity = made["NatGatewayId"]
    (found,) = vpc.ec2.describe_nat_gateways(NatGatewayIds=[identity])["NatGateways"]
    assert (found["AvailabilityMode"], found["VpcId"]) == ("regional", vpc.id)
    assert "SubnetId" not in found
    assert found["Tags"] == [{"Key": "course", "Value": "x"}]
    addresses = found["NatGatewayAddresses"]
    assert [each["AvailabilityZone"] for each in addresses] == ["us-east-1a", "us-east-1b"]
    assert len({each["PublicIp"] for each in addresses}) == 2
    vpc.ec2.delete_nat_gateway(NatGatewayId=identity)
    left = {each["PublicIp"] for each in vpc.ec2.describe_addresses()["Addresses"]}
    assert not left & {each["PublicIp"] for each in addresses}


def test_elastic_addresses_are_nobodys_and_differ(one_cloud: RunningCloud) -> None:
    ec2 = one_cloud.client("ec2")
    made = [ec2.allocate_address(Domain="vpc") for _ in range(20)]
    addresses = {each["PublicIp"] for each in made}
    assert len(addresses) == 20
    for each in addresses:
        assert any(ipaddress.ip_address(each) in block for block in NOBODYS)
    for each in made:
        ec2.release_address(AllocationId=each["AllocationId"])


def test_an_interface_endpoint_lies_in_its_subnet_with_its_groups(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    made = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        ServiceName="com.amazonaws.us-east-1.sqs",
        VpcEndpointType="Interface",
        SubnetIds=vpc.subnets,
    )["VpcEndpoint"]
    (eni,) = vpc.interfaces("vpc_endpoint")
    assert eni["NetworkInterfaceId"] == made["NetworkInterfaceIds"][0]
    assert eni["PrivateIpAddress"].startswith("10.20.0.")
    # Without a choice EC2 takes the VPC's default group.
    (default,) = vpc.ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc.id]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    assert [group["GroupId"] for group in made["Groups"]] == [default["GroupId"]]
    assert [group["GroupId"] for group in eni["Groups"]] == [default["GroupId"]]


def test_ec2_keeps_five_addresses_of_a_subnet(one_cloud: RunningCloud) -> None:
    """Source: VPC User Guide, "Subnet sizing for IPv4"."""
    vpc = MadeVpc(one_cloud, prefix=28)
    assert vpc.free() == 11
    made = [
        vpc.ec2.create_network_interface(SubnetId=vpc.subnets[0])["NetworkInterface"]
        for _ in range(11)
    ]
    assert [each["PrivateIpAddress"] for each in made] == [f"10.20.0.{n}" for n in range(4, 15)]
    assert vpc.free() == 0
    full = refused(vpc.ec2.create_network_interface, SubnetId=vpc.subnets[0])
    assert full == "InsufficientFreeAddressesInSubnet"


def test_an_address_that_somebody_chose_is_kept(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    made = vpc.ec2.create_network_interface(
        SubnetId=vpc.subnets[0], PrivateIpAddress="10.20.0.200", Groups=[vpc.group]
    )["NetworkInterface"]
    assert made["PrivateIpAddress"] == "10.20.0.200"
    assert refused(vpc.ec2.delete_security_group, GroupId=vpc.group) == "DependencyViolation"
    assert refused(vpc.ec2.delete_subnet, SubnetId=vpc.subnets[0]) == "DependencyViolation"
    vpc.ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    vpc.ec2.delete_security_group(GroupId=vpc.group)
    vpc.ec2.delete_subnet(SubnetId=vpc.subnets[0])


DYNAMODB = "com.amazonaws.us-east-1.dynamodb"


def test_an_endpoint_without_a_type_is_a_gateway_and_can_be_deleted(
    one_cloud: RunningCloud,
) -> None:
    """Source: EC2 API model, CreateVpcEndpoint: `VpcEndpointType`, "Default: Gateway"."""
    vpc = MadeVpc(one_cloud)
    made = vpc.ec2.create_vpc_endpoint(VpcId=vpc.id, ServiceName=DYNAMODB)["VpcEndpoint"]
    assert made["VpcEndpointType"] == "Gateway"
    vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])


def test_a_changed_route_table_of_an_endpoint_has_its_route(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    (table,) = vpc.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])[
        "RouteTables"
    ]
    made = vpc.ec2.create_vpc_endpoint(VpcId=vpc.id, ServiceName=DYNAMODB)["VpcEndpoint"]
    own = {"VpcEndpointId": made["VpcEndpointId"]}

    def leads_there() -> bool:
        found = vpc.ec2.describe_route_tables(RouteTableIds=[table["RouteTableId"]])
        routes = found["RouteTables"][0]["Routes"]
        return any(each.get("GatewayId") == made["VpcEndpointId"] for each in routes)

    vpc.ec2.modify_vpc_endpoint(**own, AddRouteTableIds=[table["RouteTableId"]])
    assert leads_there()
    vpc.ec2.modify_vpc_endpoint(**own, RemoveRouteTableIds=[table["RouteTableId"]])
    assert not leads_there()
    vpc.ec2.modify_vpc_endpoint(**own, AddRouteTableIds=[table["RouteTableId"]])
    vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert not leads_there()


def test_a_route_table_takes_one_gateway_endpoint_of_a_service(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    (table,) = vpc.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])[
        "RouteTables"
    ]
    wanted = {
        "VpcId": vpc.id,
        "ServiceName": DYNAMODB,
        "RouteTableIds": [table["RouteTableId"]],
    }
    made = vpc.ec2.create_vpc_endpoint(**wanted)["VpcEndpoint"]
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        vpc.ec2.create_vpc_endpoint(**wanted)
    vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert vpc.ec2.create_vpc_endpoint(**wanted)["VpcEndpoint"]["State"] == "available"


def test_an_endpoint_needs_the_name_of_a_service(one_cloud: RunningCloud) -> None:
    vpc = MadeVpc(one_cloud)
    with pytest.raises(ClientError, match="InvalidServiceName"):
        vpc.ec2.create_vpc_endpoint(VpcId=vpc.id, ServiceName="dynamodb")
