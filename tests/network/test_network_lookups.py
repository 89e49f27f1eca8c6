"""What is asked for and not there is told in a sentence that names what there is."""

import pytest

from serverless_course.network import (
    Address,
    Internet,
    Network,
    Service,
    Source,
    UnknownResource,
    travel,
)
from tests.network import described as make
from tests.network import situations
from tests.network.described import two_zones

NETWORK = Network.of(two_zones())
FUNCTION = Source("subnet-private-a", ("sg-function",))


def test_an_unknown_subnet_is_a_lookup_error_that_names_the_subnets() -> None:
    with pytest.raises(LookupError, match=r"'subnet-x'.*subnet-private-a, subnet-private-b"):
        travel(NETWORK, Source("subnet-x", ("sg-function",)), Internet("example.com"))


def test_an_unknown_group_is_a_lookup_error_that_names_the_groups() -> None:
    with pytest.raises(UnknownResource, match=r"no security group 'sg-x'.*sg-function"):
        travel(NETWORK, Source("subnet-private-a", ("sg-x",)), Internet("example.com"))


def test_an_empty_network_says_that_there_is_nothing() -> None:
    with pytest.raises(UnknownResource, match="described: none"):
        Network.of({}).vpc("vpc-1")


@pytest.mark.parametrize(
    ("source", "to", "says"),
    [
        (Source("subnet-private-a", ()), Internet("example.com"), "at least one security group"),
        (FUNCTION, Internet("example.com", port=0), "1 to 65535"),
        (FUNCTION, Address("10.0.0.1", 443, "icmp"), "tcp or udp"),
        (FUNCTION, Address("10.0.0.300", 443), "10.0.0.300"),
        (FUNCTION, Service("s3", "us-east-1", ip_version=5), "4 or 6"),
        (
            Source("subnet-private-a", ("sg-function",), "10.9.9.9"),
            Internet("example.com"),
            "no address of subnet-private-a",
        ),
    ],
)
def test_what_cannot_be_is_a_value_error(source: Source, to: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        travel(NETWORK, source, to)  # type: ignore[arg-type]


def test_members_and_lists_that_are_not_known_are_left_alone() -> None:
    described = two_zones()
    described["ResponseMetadata"] = []
    described["Subnets"][0]["SomethingNew"] = True
    assert Network.of(described).subnets == NETWORK.subnets


def test_a_subnet_is_public_by_its_route_table_alone() -> None:
    assert NETWORK.is_public("subnet-public-a")
    assert not NETWORK.is_public("subnet-private-a")
    described = two_zones()
    described["InternetGateways"][0]["Attachments"] = []
    assert not Network.of(described).is_public("subnet-public-a")


def test_subnets_come_by_zone() -> None:
    assert [subnet.id for subnet in NETWORK.subnets_of(make.VPC)] == [
        "subnet-private-a",
        "subnet-public-a",
        "subnet-private-b",
        "subnet-public-b",
    ]


def test_a_function_whose_address_is_not_known_stands_for_its_subnet() -> None:
    described = two_zones()
    make.find(described, "SecurityGroups", "sg-data")["IpPermissions"] = [
        make.permission(port=5432, cidr="10.0.10.0/25")
    ]
    network = Network.of(described)
    database = Address("10.0.11.20", 5432)
    unknown = travel(network, FUNCTION, database).verdict
    low = travel(
        network, Source("subnet-private-a", ("sg-function",), "10.0.10.9"), database
    ).verdict
    high = travel(
        network, Source("subnet-private-a", ("sg-function",), "10.0.10.200"), database
    ).verdict
    assert (unknown.behaviour, low.behaviour, high.behaviour) == (
        "unknown",
        "delivered",
        "dropped",
    )


@pytest.mark.parametrize("letter", ["a", "b"])
def test_of_an_endpoints_interfaces_the_one_in_the_callers_zone_is_taken(letter: str) -> None:
    described = two_zones()
    situations.sqs_endpoint(described)
    path = travel(
        Network.of(described),
        Source(f"subnet-private-{letter}", ("sg-function",)),
        Service("sqs", "us-east-1"),
    )
    name = next(hop for hop in path.hops if hop.kind == "name")
    assert f"subnet-private-{letter}" in name.words
    assert path.verdict.delivered
