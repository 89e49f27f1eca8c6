"""Elastic IP addresses of a lab: listed and released by their names."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.names import name_filter, name_tag


def addresses_named(cloud: Cloud, starts: tuple[str, ...]) -> Iterable[str]:
    """Names of the elastic addresses whose Name tag begins with one of the given starts."""
    found = cloud.client("ec2").describe_addresses(
        Filters=[name_filter(*(f"{start}*" for start in starts))]
    )
    yield from (name_tag(address) for address in found["Addresses"])


def release_address(cloud: Cloud, name: str) -> None:
    """Release the elastic addresses of that name: AWS charges for those that are kept."""
    ec2 = cloud.client("ec2")
    for address in ec2.describe_addresses(Filters=[name_filter(name)])["Addresses"]:
        ec2.release_address(AllocationId=address["AllocationId"])
