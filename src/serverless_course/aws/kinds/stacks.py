"""CloudFormation's stacks: what a template made goes with its stack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, tag_map
from serverless_course.waiting import until

# A stack of a lab has a few resources; AWS deletes such a one in a minute or two.
PATIENCE_S = 300.0


def _described(cloud: Cloud, **wanted: str) -> Iterable[dict[str, Any]]:
    pages = cloud.client("cloudformation").get_paginator("describe_stacks")
    for page in pages.paginate(**wanted):
        yield from page["Stacks"]


def _stacks(cloud: Cloud, _: str) -> Iterable[str]:
    yield from (stack["StackName"] for stack in _described(cloud))


def _stack(cloud: Cloud, name: str) -> list[Instance]:
    try:
        found = list(_described(cloud, StackName=name))
    except ClientError as error:
        # The one code stands for several reasons (API reference of DescribeStacks, read 2026).
        if "does not exist" in error.response["Error"]["Message"]:
            return []
        raise
    return [Instance(stack["StackName"], tag_map(stack.get("Tags", []))) for stack in found]


def _delete_stack(cloud: Cloud, name: str) -> None:
    """Delete a stack, and wait until what it made is gone, or it says that it cannot."""
    client = cloud.client("cloudformation")
    client.delete_stack(StackName=name)

    def settled() -> bool:
        return not _stack(cloud, name) or _status(cloud, name) == "DELETE_FAILED"

    # The listing that follows decides; a stack that needs longer is named as still there.
    until(settled, PATIENCE_S)


def _status(cloud: Cloud, name: str) -> str:
    return next((stack["StackStatus"] for stack in _described(cloud, StackName=name)), "")


STACK = Kind("CloudFormation stack", _stacks, _stack, _delete_stack)
