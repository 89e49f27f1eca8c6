"""Each finding is made where it holds, names its culprit, and is not made where it does not."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from serverless_course.network import Finding, Network, Severity, UnknownResource, findings
from tests.network import described as make
from tests.network import situations
from tests.network.described import Described, two_zones

SHOP = {
    "FunctionName": "shop",
    "SubnetIds": ["subnet-private-a", "subnet-private-b"],
    "SecurityGroupIds": ["sg-function"],
}


def found(change: Callable[[Described], None] | None = None, **function: Any) -> list[Finding]:
    described = two_zones()
    if change:
        change(described)
    return findings(Network.of(described), [{**SHOP, **function}])


def codes(some: list[Finding]) -> set[str]:
    return {each.code for each in some}


def the(some: list[Finding], code: str) -> Finding:
    one = [each for each in some if each.code == code]
    assert len(one) == 1, [each.code for each in some]
    return one[0]


def with_endpoints(described: Described) -> None:
    described["VpcEndpoints"] = [
        make.gateway_endpoint("vpce-d", "dynamodb", ("rtb-private-a", "rtb-private-b")),
        make.gateway_endpoint("vpce-s", "s3", ("rtb-private-a", "rtb-private-b")),
    ]
    for letter in "ab":
        held = make.routes(described, f"rtb-private-{letter}")
        held.append(make.route("pl-dynamodb", GatewayId="vpce-d"))
        held.append(make.route("pl-s3", GatewayId="vpce-s"))


def test_a_network_that_is_well_made_has_no_findings() -> None:
    assert found(with_endpoints) == []


def test_a_function_outside_any_vpc_is_left_out() -> None:
    config = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}
    assert findings(Network.of({}), [{"FunctionName": "free", "VpcConfig": config}]) == []


def test_one_zone() -> None:
    finding = the(found(SubnetIds=["subnet-private-a"]), "single-zone")
    assert finding.severity is Severity.RISK
    assert finding.resource_ids == ("subnet-private-a", "shop")
    assert "us-east-1a" in finding.what


def test_a_public_subnet() -> None:
    finding = the(found(SubnetIds=["subnet-public-a", "subnet-private-b"]), "public-subnet")
    assert finding.severity is Severity.BREAKS
    assert finding.resource_ids[0] == "subnet-public-a"


def test_no_way_out_gives_the_verdict_as_its_reason() -> None:
    def change(described: Described) -> None:
        for letter in "ab":
            make.replace_routes(described, f"rtb-private-{letter}")

    finding = the(found(change), "no-way-out")
    assert finding.severity is Severity.BREAKS
    assert finding.resource_ids == ("subnet-private-a", "subnet-private-b", "shop")
    assert "rtb-private-a" in finding.why


def test_no_way_out_beside_an_endpoint_may_be_meant_so() -> None:
    assert the(found(situations.sqs_endpoint), "no-way-out").severity is Severity.NOTE


def test_a_way_out_from_one_subnet_only() -> None:
    finding = the(found(situations.no_route), "uneven-way-out")
    assert finding.severity is Severity.BREAKS
    assert finding.resource_ids == ("subnet-private-a", "shop")


def test_a_nat_gateway_in_another_zone_and_one_for_all() -> None:
    some = found(situations.nat_elsewhere)
    other = the(some, "nat-in-other-zone")
    assert other.resource_ids == ("nat-b", "subnet-private-a", "shop")
    assert "us-east-1b fails" in other.why
    assert the(some, "one-nat-for-all").resource_ids == ("nat-b", "shop")
    assert the(some, "idle-nat").resource_ids == ("nat-a",)


def test_a_regional_nat_gateway_is_no_shared_zone() -> None:
    some = codes(found(situations.regional))
    assert not some & {"nat-in-other-zone", "one-nat-for-all", "nat-in-private-subnet"}


def test_a_nat_gateway_in_a_private_subnet() -> None:
    finding = the(found(situations.nat_in_private), "nat-in-private-subnet")
    assert finding.resource_ids == ("nat-a", "subnet-private-b")


@pytest.mark.parametrize(
    ("change", "culprits"),
    [
        (situations.blackhole, ("rtb-private-a", "nat-a")),
        (situations.nat_gone, ("rtb-private-a", "nat-a")),
    ],
)
def test_a_blackhole_route(change: Callable[[Described], None], culprits: tuple[str, ...]) -> None:
    assert the(found(change), "blackhole-route").resource_ids == culprits


def test_of_a_list_that_was_not_given_nothing_is_called_gone() -> None:
    assert "blackhole-route" not in codes(found(situations.nats_not_described))


def test_services_that_go_through_nat_although_an_endpoint_would_be_free() -> None:
    some = [each for each in found() if each.code == "no-gateway-endpoint"]
    assert {each.severity for each in some} == {Severity.COST}
    assert [each.what.split(" to ")[1].split()[0] for each in some] == ["dynamodb", "s3"]
    assert some[0].resource_ids == ("rtb-private-a", "rtb-private-b", "nat-a", "nat-b", "shop")


def test_a_service_with_an_endpoint_is_not_among_them() -> None:
    some = [each for each in found(situations.dynamodb_endpoint) if "dynamodb" in each.what]
    assert [each.resource_ids[0] for each in some] == ["rtb-private-b"]


def test_an_endpoint_that_is_not_found_by_name() -> None:
    finding = the(found(situations.private_dns_off), "endpoint-without-private-dns")
    assert finding.resource_ids == ("vpce-sqs",)


def test_an_endpoint_in_fewer_zones_than_the_function() -> None:
    finding = the(found(situations.endpoint_zone), "endpoint-in-fewer-zones")
    assert finding.resource_ids == ("vpce-sqs", "shop")
    assert "us-east-1a" in finding.what
    assert "endpoint-in-fewer-zones" not in codes(found(situations.sqs_endpoint))


def test_the_default_group() -> None:
    assert the(found(SecurityGroupIds=["sg-default"]), "default-group").severity is Severity.NOTE


def test_a_functions_group_that_lets_everybody_in_does_nothing_for_it() -> None:
    def change(described: Described) -> None:
        make.find(described, "SecurityGroups", "sg-function")["IpPermissions"] = [
            make.permission(cidr="0.0.0.0/0")
        ]

    assert the(found(change), "useless-ingress").severity is Severity.NOTE
    assert "group-too-open" not in codes(found(change))


@pytest.mark.parametrize("anywhere", ["0.0.0.0/0", "::/0"])
def test_a_databases_group_that_lets_everybody_in(anywhere: str) -> None:
    def change(described: Described) -> None:
        make.find(described, "SecurityGroups", "sg-data")["IpPermissions"] = [
            make.permission(port=5432, cidr=anywhere)
        ]

    finding = the(found(change), "group-too-open")
    assert finding.resource_ids == ("sg-data", "eni-db-a", "eni-db-b")


def test_an_endpoints_group_that_lets_everybody_in() -> None:
    def change(described: Described) -> None:
        situations.sqs_endpoint(described)
        make.find(described, "SecurityGroups", "sg-endpoint")["IpPermissions"] = [
            make.permission(cidr="0.0.0.0/0")
        ]

    assert the(found(change), "group-too-open").resource_ids == ("sg-endpoint", "vpce-sqs")


def test_a_rule_that_names_a_group_which_is_gone() -> None:
    def change(described: Described) -> None:
        make.find(described, "SecurityGroups", "sg-data")["IpPermissions"] = [
            make.permission(port=5432, group="sg-gone")
        ]

    assert the(found(change), "missing-group").resource_ids == ("sg-data", "sg-gone")


@pytest.mark.parametrize("change", [situations.no_return, situations.some_ephemeral])
def test_an_acl_without_a_rule_for_the_answers(change: Callable[[Described], None]) -> None:
    finding = the(found(change), "acl-without-return")
    assert finding.resource_ids == ("acl-own", "subnet-private-a")


def test_an_acl_that_keeps_within_the_vpc_is_meant_so() -> None:
    def change(described: Described) -> None:
        inside = [
            make.acl_entry(100, "allow", egress=egress, cidr="10.0.0.0/16")
            for egress in (True, False)
        ]
        make.guard(described, "acl-inside", inside, "subnet-private-a")

    assert "acl-without-return" not in codes(found(change))


@pytest.mark.parametrize(
    ("left", "code", "severity"),
    [
        (0, "subnet-full", Severity.BREAKS),
        (7, "subnet-nearly-full", Severity.RISK),
        (8, None, None),
    ],
)
def test_few_addresses_left(left: int, code: str | None, severity: Severity | None) -> None:
    def change(described: Described) -> None:
        make.find(described, "Subnets", "subnet-private-a")["AvailableIpAddressCount"] = left

    some = [each for each in found(change) if each.code.startswith("subnet-")]
    assert [(each.code, each.severity) for each in some] == ([(code, severity)] if code else [])


def test_a_small_subnet() -> None:
    def change(described: Described) -> None:
        small = make.find(described, "Subnets", "subnet-private-a")
        small["CidrBlock"], small["AvailableIpAddressCount"] = "10.0.10.0/28", 11

    assert "11 addresses" in the(found(change), "subnet-small").what


def test_vpcs_that_overlap() -> None:
    def change(described: Described) -> None:
        described["Vpcs"].append(make.vpc("vpc-other", "10.0.128.0/17"))

    finding = the(found(change), "overlapping-prefixes")
    assert finding.resource_ids == ("vpc-main", "vpc-other")
    assert finding.severity is Severity.RISK


def test_subnets_that_overlap_in_a_design() -> None:
    def change(described: Described) -> None:
        described["Subnets"].append(make.subnet("subnet-z", "10.0.11.128/25", "us-east-1c"))

    finding = the(found(change), "overlapping-prefixes")
    assert finding.resource_ids == ("subnet-private-b", "subnet-z")
    assert finding.severity is Severity.BREAKS


def test_the_gravest_come_first_and_each_is_told_in_sentences() -> None:
    def change(described: Described) -> None:
        situations.blackhole(described)
        make.replace_routes(
            described, "rtb-private-b", make.route("0.0.0.0/0", NatGatewayId="nat-a")
        )

    some = found(change, SecurityGroupIds=["sg-default"])
    order = list(Severity)
    assert [order.index(each.severity) for each in some] == sorted(
        order.index(each.severity) for each in some
    )
    assert len(codes(some)) > 3
    for each in some:
        assert each.resource_ids
        assert all(words.endswith(".") for words in (each.what, each.why, each.next_step))


def test_the_order_of_the_lists_means_nothing_for_findings() -> None:
    described = two_zones()
    situations.nat_elsewhere(described)
    backwards = {key: list(reversed(members)) for key, members in deepcopy(described).items()}
    assert findings(Network.of(described), [SHOP]) == findings(Network.of(backwards), [SHOP])


def test_a_function_in_a_subnet_that_is_not_there_is_a_lookup_error() -> None:
    with pytest.raises(UnknownResource, match="subnet-x"):
        found(SubnetIds=["subnet-x"])


def test_a_function_without_security_groups_is_refused() -> None:
    with pytest.raises(ValueError, match="SecurityGroupIds"):
        found(SecurityGroupIds=[])
