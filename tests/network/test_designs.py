"""A design is what AWS would describe, and what AWS would refuse is refused."""

from ipaddress import ip_network
from itertools import combinations

import pytest

from serverless_course.network import Network
from serverless_course.network.billed import BilledParts
from serverless_course.network.design import NATS, Choices, design, function


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"zones": 0}, "1 to 3 zones"),
        ({"zones": 4}, "1 to 3 zones"),
        ({"prefix": "10.0.0.1/16"}, "host bits set"),
        ({"prefix": "ten"}, "no IPv4 block"),
        # VPC User Guide, "VPC CIDR blocks": between /16 and /28.
        ({"prefix": "10.0.0.0/15"}, "between /16 and /28"),
        ({"prefix": "10.0.0.0/24", "subnet_length": 23}, "between /24 and /28"),
        ({"subnet_length": 29}, "between /16 and /28"),
        ({"prefix": "10.0.0.0/24", "subnet_length": 26, "zones": 2}, "room for 4 subnets"),
        ({"nat": "two"}, "nat is one of"),
        ({"nat": "one", "public_subnets": False}, "stands in a public subnet"),
        ({"gateway_endpoints": ("sqs",)}, "s3 and dynamodb, not sqs"),
        (
            {"subnet_length": 28, "interface_endpoints": tuple(f"s{n}" for n in range(11))},
            "no room for 12 interfaces",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused(wrong: dict, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Choices(**wrong)


def test_subnets_do_not_overlap_and_lie_in_the_vpc() -> None:
    choices = Choices(zones=3, prefix="10.1.0.0/20", subnet_length=24)
    blocks = [ip_network(subnet["CidrBlock"]) for subnet in design(choices)["Subnets"]]
    assert len(blocks) == 9
    assert all(block.subnet_of(ip_network("10.1.0.0/20")) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


def test_ids_are_used_once() -> None:
    choices = Choices(
        zones=3,
        nat="one a zone",
        gateway_endpoints=("s3", "dynamodb"),
        interface_endpoints=("secretsmanager", "sqs"),
    )
    described = design(choices)
    keys = {
        "Subnets": "SubnetId",
        "RouteTables": "RouteTableId",
        "NatGateways": "NatGatewayId",
        "VpcEndpoints": "VpcEndpointId",
        "NetworkInterfaces": "NetworkInterfaceId",
        "SecurityGroups": "GroupId",
    }
    for list_name, key in keys.items():
        ids = [member[key] for member in described[list_name]]
        assert len(ids) == len(set(ids)), list_name


def test_free_addresses_are_what_the_interfaces_leave() -> None:
    choices = Choices(interface_endpoints=("secretsmanager", "sqs"))
    free = {
        subnet["Tags"][0]["Value"]: subnet["AvailableIpAddressCount"]
        for subnet in design(choices)["Subnets"]
    }
    assert free["functions-a"] == 251 - 3
    assert free["data-a"] == free["data-b"] == 251 - 1
    assert free["public-a"] == 251


@pytest.mark.parametrize(
    ("nat", "zonal", "regional", "addresses"),
    [("none", 0, 0, 0), ("one", 1, 0, 1), ("one a zone", 3, 0, 3), ("regional", 0, 3, 3)],
)
def test_a_design_is_billed_for_what_it_holds(
    nat: str, zonal: int, regional: int, addresses: int
) -> None:
    choices = Choices(zones=3, nat=nat, interface_endpoints=("sqs",), gateway_endpoints=("s3",))
    parts = BilledParts.of(Network.of(design(choices)))
    assert parts.nat_gateways == zonal
    assert parts.regional_nat_zones == regional
    assert parts.public_addresses == addresses
    assert parts.interface_endpoint_zones == 3
    assert parts.gateway_endpoints == 1


@pytest.mark.parametrize("nat", NATS)
def test_an_internet_gateway_is_there_when_something_needs_it(nat: str) -> None:
    public = nat in ("one", "one a zone")
    described = design(Choices(nat=nat, public_subnets=public))
    assert bool(described["InternetGateways"]) == (nat != "none")


def test_the_function_stands_in_every_zone() -> None:
    choices = Choices(zones=3)
    network = Network.of(design(choices))
    subnets = function(choices)["VpcConfig"]["SubnetIds"]
    assert [network.subnet(each).zone for each in subnets] == list(choices.zone_names)
