"""The pipeline of lab 10, as its checks look at it and use it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import NotAttempted, NotYet
from serverless_course.exercises.photo_day import Photo, sepia_of
from serverless_course.exercises.photo_evidence import writes_of
from serverless_course.exercises.plain_png import pixels_of
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.invoke import invoke

# What rounding may differ by, in one channel of one pixel.
ROUNDING = 2
TIMED_OUT = "Sandbox.Timedout"


def parts(lab: CheckedLab) -> dict[str, str]:
    """The stack's resources: physical id by logical id; `NotAttempted` without a stack."""
    cfn = lab.client("cloudformation")
    stack = lab.name("pipeline", kind="cloudformation:stack")
    try:
        found = cfn.describe_stack_resources(StackName=stack)["StackResources"]
    except ClientError as error:
        raise NotAttempted(
            "The stack of the pipeline is not there.",
            evidence=[error.response["Error"].get("Message", "")],
            next_step="Run the page from the top.",
        ) from None
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in found
        if "PhysicalResourceId" in each
    }


def part(lab: CheckedLab, logical: str) -> str:
    """The physical id of one of the stack's resources."""
    found = parts(lab)
    if logical not in found:
        raise NotYet(
            f"The stack has no resource {logical} any more.",
            next_step=f"Put {logical} back into the template, as it stands in functions/pipeline.",
        )
    return found[logical]


def live(lab: CheckedLab) -> dict[str, Any]:
    """The alias `live`, as GetAlias tells of it."""
    client, name = lab.client("lambda"), lab.name("sepia")
    try:
        found: dict[str, Any] = client.get_alias(FunctionName=name, Name="live")
    except client.exceptions.ResourceNotFoundException:
        raise NotYet(
            "The function has no alias `live`, and the mapping reads the queue for it.",
            next_step="Put the resource Live back into the template.",
        ) from None
    return found


def live_configuration(lab: CheckedLab) -> dict[str, Any]:
    """The configuration of the version to which `live` points."""
    found: dict[str, Any] = lab.client("lambda").get_function_configuration(
        FunctionName=lab.name("sepia"), Qualifier=live(lab)["FunctionVersion"]
    )
    return found


def queue_attributes(lab: CheckedLab, logical: str) -> dict[str, str]:
    """All attributes of one of the stack's queues."""
    found: dict[str, str] = lab.client("sqs").get_queue_attributes(
        QueueUrl=part(lab, logical), AttributeNames=["All"]
    )["Attributes"]
    return found


def refuse_unversioned(lab: CheckedLab) -> None:
    """Raise `NotYet` when the bucket of pictures would not show that one is written again."""
    found = lab.client("s3").get_bucket_versioning(Bucket=part(lab, "Pictures"))
    status = found.get("Status", "not set")
    if status != "Enabled":
        raise NotYet(
            "The bucket Pictures keeps no versions, so nobody can see which pictures were written "
            "more than once.",
            expected="VersioningConfiguration: {Status: Enabled}",
            got=status,
            next_step="Put it back into the template, as it stands in functions/pipeline.",
        )


def fresh_folder() -> str:
    """A folder of keys that nobody has used. It needs quoting in S3's messages."""
    return f"check {token_hex(4)}"


def put(lab: CheckedLab, photo: Photo) -> None:
    """Upload one photo."""
    lab.client("s3").put_object(Bucket=part(lab, "Uploads"), Key=photo.key, Body=photo.png)


def message(lab: CheckedLab, key: str) -> dict[str, str]:
    """A message about an upload, as a function receives it from the queue."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": now,
        "s3": {
            "bucket": {"name": part(lab, "Uploads")},
            "object": {"key": quote_plus(key)},
        },
    }
    return {"messageId": str(uuid4()), "body": json.dumps({"Records": [record]})}


def hand_over(
    lab: CheckedLab, messages: Sequence[dict[str, str]], qualifier: str | None = "live"
) -> Invocation:
    """Invoke the function with a batch, as the mapping does; `NotYet` when it times out."""
    run = invoke(
        lab.client("lambda"), lab.name("sepia"), {"Records": list(messages)}, qualifier=qualifier
    )
    if run.error_type == TIMED_OUT:
        raise NotYet(
            f"The function was stopped at its time-out, with a batch of {len(messages)}.",
            evidence=[run.error_message],
            next_step="Is this machine busy? Close what you can, and check again. If it stays so, "
            "look for a loop that does not end, and deploy with more memory.",
        )
    return run


def writes(lab: CheckedLab, keys: Sequence[str]) -> dict[str, int]:
    """How often each picture was written."""
    return writes_of(lab.client("s3"), part(lab, "Pictures"), keys)


def written_by(lab: CheckedLab, key: str) -> str:
    """The request id that the picture's metadata names; "" without a picture or without one."""
    s3 = lab.client("s3")
    try:
        found = s3.head_object(Bucket=part(lab, "Pictures"), Key=key)
    except ClientError:
        return ""
    return str(found.get("Metadata", {}).get("request", ""))


def refuse_another_picture(lab: CheckedLab, photo: Photo) -> None:
    """Raise `NotYet` when the picture of a photo is not what it has to be."""
    body = lab.client("s3").get_object(Bucket=part(lab, "Pictures"), Key=photo.key)["Body"].read()
    try:
        found = pixels_of(body)
    except ValueError as error:
        raise NotYet(
            f"What was written as the picture of a fresh photo is no plain PNG: {error}.",
            evidence=[f"{photo.key}: {photo.shows}"],
            next_step="Write what `sepia_png` gives back.",
        ) from None
    wanted = sepia_of(photo)
    if (found.width, found.height) != (wanted.width, wanted.height):
        raise NotYet(
            "The picture has another size than its photo.",
            expected=f"{wanted.width} by {wanted.height}",
            got=f"{found.width} by {found.height}",
            evidence=[f"{photo.key}: {photo.shows}"],
        )
    pairs = zip(found.rgb(), wanted.data, strict=True)
    worst = max(abs(mine - theirs) for mine, theirs in pairs)
    if worst > ROUNDING:
        raise NotYet(
            "A fresh photo became another picture than its sepia one: a channel of a pixel is off "
            f"by {worst} of 255.",
            evidence=[f"{photo.key}: {photo.shows}"],
            next_step="Leave the weights of `sepia` as they are; for a grey photo red, green and "
            "blue are alike.",
        )
