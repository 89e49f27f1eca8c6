"""The tests' networks have the shapes that botocore's model of EC2 gives its answers."""

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from serverless_course.network import (
    BilledParts,
    Internet,
    Network,
    Service,
    Source,
    findings,
    travel,
)
from tests.network.described import Described, find, two_zones
from tests.network.situations import SITUATIONS

EC2 = botocore.session.get_session().get_service_model("ec2")
OPERATIONS = {
    "Vpcs": "DescribeVpcs",
    "Subnets": "DescribeSubnets",
    "RouteTables": "DescribeRouteTables",
    "InternetGateways": "DescribeInternetGateways",
    "EgressOnlyInternetGateways": "DescribeEgressOnlyInternetGateways",
    "NatGateways": "DescribeNatGateways",
    "VpcEndpoints": "DescribeVpcEndpoints",
    "SecurityGroups": "DescribeSecurityGroups",
    "NetworkAcls": "DescribeNetworkAcls",
    "AvailabilityZones": "DescribeAvailabilityZones",
    "Addresses": "DescribeAddresses",
    "NetworkInterfaces": "DescribeNetworkInterfaces",
    "PrefixLists": "DescribePrefixLists",
    "VpcPeeringConnections": "DescribeVpcPeeringConnections",
}
ACCOUNT: Described = json.loads((Path(__file__).parent / "account.json").read_text("utf-8"))


def against_the_model(described: Described) -> list[str]:
    wrong = []
    for key, members in described.items():
        if key == "VpcAttributes":
            shape = EC2.operation_model("DescribeVpcAttribute").output_shape
            answers: list[Any] = members
        else:
            shape = EC2.operation_model(OPERATIONS[key]).output_shape
            answers = [{key: members}]
        for answer in answers:
            report = ParamValidator().validate(answer, shape)
            if report.has_errors():
                wrong.append(f"{key}: {report.generate_report()}")
    return wrong


@pytest.mark.parametrize("case", SITUATIONS, ids=lambda case: case.name)
def test_every_situation_could_be_an_answer_of_ec2(case: Any) -> None:
    described = two_zones()
    case.change(described)
    assert against_the_model(described) == []


def test_the_account_could_be_an_answer_of_ec2() -> None:
    assert set(OPERATIONS) <= set(ACCOUNT)
    assert against_the_model(ACCOUNT) == []


def test_the_check_of_shapes_finds_a_member_that_ec2_does_not_have() -> None:
    wrong = two_zones()
    wrong["Subnets"][0]["Zone"] = "us-east-1a"
    assert "Zone" in against_the_model(wrong)[0]


PRIVATE = {
    "us-east-1a": "subnet-0a11d2c3b4e5f6071",
    "us-east-1b": "subnet-0b22d2c3b4e5f6072",
    "us-east-1c": "subnet-0c33d2c3b4e5f6073",
}
GROUP = "sg-0f0e0d0c0b0a09081"


@pytest.mark.parametrize(("zone", "subnet"), PRIVATE.items())
def test_an_accounts_functions_leave_by_the_regional_nat_gateway_of_their_zone(
    zone: str, subnet: str
) -> None:
    network = Network.of(ACCOUNT)
    verdict = travel(network, Source(subnet, (GROUP,)), Internet("checkip.amazonaws.com")).verdict
    nat = ACCOUNT["NatGateways"][0]
    address = {each["AvailabilityZone"]: each["PublicIp"] for each in nat["NatGatewayAddresses"]}
    assert verdict.through == nat["NatGatewayId"]
    assert verdict.outside_address == address[zone]


def test_an_accounts_services_are_reached_by_its_endpoints() -> None:
    network = Network.of(ACCOUNT)
    source = Source(PRIVATE["us-east-1a"], (GROUP,))
    reached = {
        name: travel(network, source, Service(name, "us-east-1")).verdict.through
        for name in ("dynamodb", "s3", "secretsmanager", "sqs")
    }
    assert reached == {
        "dynamodb": "vpce-0d1d2d3d4d5d6d7d8",
        "s3": "vpce-0a1a2a3a4a5a6a7a8",
        "secretsmanager": "vpce-0e1e2e3e4e5e6e7e8",
        "sqs": "nat-1f2e3d4c5b6a79880",
    }


def test_an_accounts_default_vpc_stands_beside_without_getting_in_the_way() -> None:
    network = Network.of(ACCOUNT)
    assert len(network.vpcs) == 2
    assert network.is_public("subnet-0d44d2c3b4e5f6074")
    assert not any(network.is_public(subnet) for subnet in PRIVATE.values())
    assert network.zones == ("us-east-1a", "us-east-1b", "us-east-1c")


def test_an_account_that_is_well_made_has_no_findings_that_break_or_risk_something() -> None:
    function = {
        "FunctionName": "shop",
        "VpcConfig": {
            "SubnetIds": list(PRIVATE.values()),
            "SecurityGroupIds": [GROUP],
            "VpcId": "vpc-0123456789abcdef0",
            "Ipv6AllowedForDualStack": False,
        },
    }
    found = findings(Network.of(ACCOUNT), [function])
    assert [each.code for each in found if each.severity in {"breaks", "risk"}] == []


def test_an_accounts_parts_are_counted_for_the_bill() -> None:
    assert BilledParts.of(Network.of(ACCOUNT)) == BilledParts(
        nat_gateways=0,
        regional_nat_zones=3,
        interface_endpoint_zones=3,
        gateway_endpoints=2,
        public_addresses=3,
    )


def test_a_public_address_of_an_interface_is_charged_and_each_address_once() -> None:
    described = two_zones()
    before = BilledParts.of(Network.of(described))
    find(described, "NetworkInterfaces", "eni-db-a")["Association"] = {"PublicIp": "198.51.100.77"}
    find(described, "NetworkInterfaces", "eni-nat-a")["Association"] = {"PublicIp": "198.51.100.10"}
    assert before.public_addresses == 2
    assert BilledParts.of(Network.of(described)).public_addresses == 3


def test_a_nat_gateway_that_was_deleted_is_not_charged() -> None:
    described = two_zones()
    find(described, "NatGateways", "nat-a")["State"] = "deleted"
    assert BilledParts.of(Network.of(described)).nat_gateways == 1
