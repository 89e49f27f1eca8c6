"""VPCs and elastic IP addresses: their names are Name tags, which need not be unique."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, tag_map
from serverless_course.aws.names import name_filter, name_tag
from serverless_course.aws.vpc_deletion import delete_vpc


def vpcs_named(cloud: Cloud, start: str) -> Iterable[str]:
    """Names of the VPCs whose Name tag begins with the given start."""
    yield from (name_tag(vpc) for vpc in _vpcs(cloud, name_filter(f"{start}*")))


def vpcs_of(cloud: Cloud, name: str) -> list[Instance]:
    """The VPCs that have this Name tag, or this id."""
    own = {"Name": "vpc-id", "Values": [name]} if name.startswith("vpc-") else name_filter(name)
    return [Instance(vpc["VpcId"], tag_map(vpc.get("Tags", []))) for vpc in _vpcs(cloud, own)]


def _vpcs(cloud: Cloud, wanted: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for page in cloud.client("ec2").get_paginator("describe_vpcs").paginate(Filters=[wanted]):
        yield from page["Vpcs"]


def _addresses_named(cloud: Cloud, start: str) -> Iterable[str]:
    yield from (name_tag(address) for address in _addresses(cloud, name_filter(f"{start}*")))


def _addresses_of(cloud: Cloud, name: str) -> list[Instance]:
    by_id = {"Name": "allocation-id", "Values": [name]}
    own = by_id if name.startswith("eipalloc-") else name_filter(name)
    return [
        Instance(address["AllocationId"], tag_map(address.get("Tags", [])))
        for address in _addresses(cloud, own)
    ]


def _addresses(cloud: Cloud, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud.client("ec2").describe_addresses(Filters=[wanted])[
        "Addresses"
    ]
    return found


def _release_address(cloud: Cloud, allocation: str) -> None:
    """AWS charges for elastic addresses that are kept."""
    cloud.client("ec2").release_address(AllocationId=allocation)


VPC = Kind("VPC", vpcs_named, vpcs_of, delete_vpc)
ADDRESS = Kind("elastic IP address", _addresses_named, _addresses_of, _release_address)
