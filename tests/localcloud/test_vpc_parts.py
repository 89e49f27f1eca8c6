"""The parts of a function's VPC that need no server."""

from __future__ import annotations

from collections import Counter

import pytest

from serverless_course.localcloud.fis import targets
from serverless_course.localcloud.fis.actions import SUBNET, duration_s
from serverless_course.localcloud.vpc import web
from serverless_course.localcloud.vpc.faults import Fault, Faults
from serverless_course.localcloud.vpc.placement import Placement
from serverless_course.localcloud.vpc.proxy import destination_of
from serverless_course.localcloud.vpc.view import may_change
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.vpc_source import VpcSource
from serverless_course.network import Address, Internet, Service

REGION = "us-east-1"
A, B, C = "us-east-1a", "us-east-1b", "us-east-1c"


def place(placement: Placement, number: int, zones: tuple[str, ...] = (A, B, C)) -> list[str]:
    found = []
    for _ in range(number):
        zone = zones[placement.choose(REGION, "f", zones)]
        placement.placed(REGION, "f", zone, 1)
        found.append(zone)
    return found


def test_environments_are_spread_evenly_over_zones() -> None:
    assert Counter(place(Placement(Faults(lambda: None)), 9)) == {A: 3, B: 3, C: 3}


def test_an_environment_that_ends_leaves_room_in_its_zone() -> None:
    placement = Placement(Faults(lambda: None))
    place(placement, 3)
    placement.placed(REGION, "f", B, -1)
    assert place(placement, 1) == [B]


def test_a_failed_zone_is_avoided_once_it_is_noticed_and_until_it_is_healed() -> None:
    faults = Faults(lambda: None)
    placement = Placement(faults)
    fault = Fault(REGION, zones=frozenset({A}))
    faults.begin(fault)
    assert A in place(placement, 3)
    placement.timed_out(REGION, A)
    assert A not in place(placement, 6)
    faults.end(fault)
    # It has fewest environments now.
    assert place(placement, 1) == [A]


def test_a_time_out_in_a_healthy_zone_says_nothing() -> None:
    placement = Placement(Faults(lambda: None))
    placement.timed_out(REGION, A)
    assert not placement.avoids(REGION, A)


def test_when_every_zone_has_failed_one_is_taken_all_the_same() -> None:
    faults = Faults(lambda: None)
    placement = Placement(faults)
    faults.begin(Fault(REGION, zones=frozenset({A})))
    placement.timed_out(REGION, A)
    assert place(placement, 2, (A,)) == [A, A]


def test_a_zone_of_another_region_is_another_zone() -> None:
    faults = Faults(lambda: None)
    faults.begin(Fault("eu-south-2", zones=frozenset({A})))
    assert faults.failed_zones(REGION) == frozenset()


@pytest.mark.parametrize(
    ("body", "service", "expected"),
    [
        ("Action=CreateRoute&RouteTableId=rtb-1", "ec2", True),
        ("RouteTableId=rtb-1&Action=DeleteRoute", "ec2", True),
        ("Action=DescribeRouteTables", "ec2", False),
        ("Action=GetManagedPrefixListEntries", "ec2", False),
        ("Action=CreateStack", "cloudformation", True),
        ("Action=ListStacks", "cloudformation", False),
        ("Action=CreateQueue", "sqs", False),
    ],
)
def test_which_calls_may_change_the_network(body: str, service: str, expected: bool) -> None:
    assert may_change(Request("POST", "/", [], body.encode()), service) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("10.0.0.7", Address("10.0.0.7", 443)),
        ("sqs.us-east-1.amazonaws.com", Service("sqs", REGION, 443)),
        ("bucket.s3.us-east-1.amazonaws.com", Service("s3", REGION, 443)),
        ("checkip.amazonaws.com", Internet("checkip.amazonaws.com", 443)),
        ("example.com", Internet("example.com", 443)),
    ],
)
def test_what_a_host_is_to_the_network(host: str, expected: object) -> None:
    assert destination_of(host, 443) == expected


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("CONNECT", "example.com:8443", ("example.com", 8443)),
        ("GET", "http://example.com/a?b=c", ("example.com", 80)),
        ("GET", "http://example.com:8080/", ("example.com", 8080)),
        ("GET", "https://example.com/", ("example.com", 443)),
    ],
)
def test_what_a_proxy_request_names(method: str, target: str, expected: tuple[str, int]) -> None:
    assert web.host_and_port(Request(method, target, [], b"")) == expected


def test_checkip_over_https_says_that_it_is_http_only() -> None:
    answer = web.answer(
        Request("CONNECT", f"{web.CHECK_IP}:443", [], b""), web.CHECK_IP, "203.0.113.5"
    )
    assert answer.status == 502
    assert b"over http only" in answer.body


def test_the_condition_keys_of_an_origin() -> None:
    """Source: IAM User Guide, "AWS global condition context keys" (read 2026-11)."""
    assert VpcSource("203.0.113.5", "vpc-1").condition_keys() == {"aws:sourceip": "203.0.113.5"}
    assert VpcSource("10.0.0.7", "vpc-1", "vpce-1").condition_keys() == {
        "aws:sourcevpc": "vpc-1",
        "aws:sourcevpce": "vpce-1",
        "aws:vpcsourceip": "10.0.0.7",
    }


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT5M", 300.0), ("PT1H30S", 3630.0), ("PT90S", 90.0)]
)
def test_durations(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "PT", "5M", "P1D", "PT1.5H", "PT5M "])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ServiceError, match="ValidationException"):
        duration_s(text)


def test_targets_are_chosen_by_tags_parameters_and_number() -> None:
    described = {
        "Subnets": [
            {
                "SubnetId": "s-1",
                "AvailabilityZone": A,
                "AvailabilityZoneId": "use1-az6",
                "VpcId": "v-1",
                "Tags": [{"Key": "tier", "Value": "app"}],
            },
            {
                "SubnetId": "s-2",
                "AvailabilityZone": B,
                "AvailabilityZoneId": "use1-az1",
                "VpcId": "v-1",
                "Tags": [],
            },
            {
                "SubnetId": "s-3",
                "AvailabilityZone": A,
                "AvailabilityZoneId": "use1-az6",
                "VpcId": "v-2",
                "Tags": [{"Key": "tier", "Value": "app"}],
            },
        ]
    }

    def found(mode: str = "ALL", **ways: object) -> list[str]:
        target = {"resourceType": SUBNET, "selectionMode": mode, **ways}
        return targets.resolve(target, lambda: described)

    assert found(resourceTags={"tier": "app"}) == ["s-1", "s-3"]
    assert found(parameters={"vpc": "v-1", "availabilityZoneIdentifier": "use1-az6"}) == ["s-1"]
    assert found(filters=[{"path": "AvailabilityZone", "values": [B]}]) == ["s-2"]
    assert found(resourceArns=["arn:aws:ec2:us-east-1:123456789012:subnet/s-3"]) == ["s-3"]
    assert len(found("COUNT(1)", resourceTags={"tier": "app"})) == 1
    assert len(found("PERCENT(50)", resourceTags={"tier": "app"})) == 1
