"""CloudFormation's stacks: what a template made goes with its stack."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
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
    return [Instance(stack["StackName"], _tags(cloud, stack)) for stack in found]


def _tags(cloud: Cloud, stack: dict[str, Any]) -> dict[str, str]:
    """A stack's tags; under review, those of the change sets that would make it."""
    tags = tag_map(stack.get("Tags", []))
    if stack["StackStatus"] != "REVIEW_IN_PROGRESS":
        return tags
    client = cloud.client("cloudformation")
    for page in client.get_paginator("list_change_sets").paginate(StackName=stack["StackName"]):
        for each in page["Summaries"]:
            found = client.describe_change_set(ChangeSetName=each["ChangeSetId"])
            tags |= tag_map(found.get("Tags", []))
    return tags


def _delete_stack(cloud: Cloud, name: str) -> None:
    """Delete a stack, and wait until what it made is gone, or it says that it cannot.

    A bucket that holds objects would stay, and the stack with it: so its buckets are emptied.
    """
    client = cloud.client("cloudformation")
    for bucket in _buckets(cloud, name):
        _empty(cloud.client("s3"), bucket)
    client.delete_stack(StackName=name)

    def settled() -> bool:
        return not _stack(cloud, name) or _status(cloud, name) == "DELETE_FAILED"

    # The listing that follows decides; a stack that needs longer is named as still there.
    until(settled, PATIENCE_S)


def _buckets(cloud: Cloud, name: str) -> list[str]:
    """The buckets that a stack made, and has not deleted."""
    pages = cloud.client("cloudformation").get_paginator("list_stack_resources")
    return [
        each["PhysicalResourceId"]
        for page in pages.paginate(StackName=name)
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::S3::Bucket"
        and each.get("PhysicalResourceId")
        and each["ResourceStatus"] != "DELETE_COMPLETE"
    ]


def _empty(s3: Any, bucket: str) -> None:
    """Delete all objects of a bucket, with their versions and delete markers."""
    with suppress(s3.exceptions.NoSuchBucket):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            held = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in page.get("Versions", []) + page.get("DeleteMarkers", [])
            ]
            if held:
                s3.delete_objects(Bucket=bucket, Delete={"Objects": held, "Quiet": True})


def _status(cloud: Cloud, name: str) -> str:
    return next((stack["StackStatus"] for stack in _described(cloud, StackName=name)), "")


STACK = Kind("CloudFormation stack", _stacks, _stack, _delete_stack)
