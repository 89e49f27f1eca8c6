"""What a durable function's role must be allowed, and what happens without it.

Developer Guide, "Retries for Lambda durable functions" (read 2026-11): the SDK ends the execution
as FAILED when the service answers with a client error, and nothing is tried again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from durable_programs import package
from running_cloud import TRUST, WRITE_LOGS, RunningCloud, own_launcher, running
from test_durable_functions import ended, start, types

CHECKPOINT, STATE = "lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"
# Without the SDK: it reads its state, and answers with what it was refused.
READS = """
import boto3, json
from botocore.exceptions import ClientError
def handler(event, context):
    try:
        boto3.client("lambda").get_durable_execution_state(
            DurableExecutionArn=event["DurableExecutionArn"],
            CheckpointToken=event["CheckpointToken"])
        told = "read"
    except ClientError as error:
        told = error.response["Error"]["Code"]
    return {"Status": "SUCCEEDED", "Result": json.dumps(told)}
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "60") as found:
        yield found


def role_with(cloud: RunningCloud, name: str, *statements: dict[str, Any]) -> str:
    iam = cloud.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=WRITE_LOGS)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="able", PolicyDocument=document)
    return str(arn)


def allow(*actions: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def durable(cloud: RunningCloud, role: str) -> str:
    config = {"ExecutionTimeout": 600}
    name = cloud.create("", Role=role, Code={"ZipFile": package()}, DurableConfig=config)
    return f"{name}:{cloud.client('lambda').publish_version(FunctionName=name)['Version']}"


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("nothing", []),
        ("state-only", [allow(STATE)]),
        ("elsewhere", [allow(CHECKPOINT, STATE, resource="arn:aws:lambda:*:*:function:other*")]),
        ("denied", [allow("lambda:*"), allow(CHECKPOINT) | {"Effect": "Deny"}]),
    ],
)
def test_without_the_right_to_checkpoint_an_execution_fails_at_once(
    cloud: RunningCloud, name: str, statements: list[dict[str, Any]]
) -> None:
    role = role_with(cloud, name, *statements)
    arn = start(cloud, durable(cloud, role), {"do": "child"})
    found = ended(cloud, arn)
    assert found["Status"] == "FAILED"
    assert "AccessDenied" in found["Error"]["ErrorMessage"], found["Error"]
    assert CHECKPOINT in found["Error"]["ErrorMessage"]
    assert types(cloud, arn) == ["ExecutionStarted", "InvocationCompleted", "ExecutionFailed"]


def test_the_rights_of_the_managed_policy_are_enough(cloud: RunningCloud) -> None:
    role = role_with(cloud, "able", allow(CHECKPOINT, STATE))
    arn = start(cloud, durable(cloud, role), {"do": "child"})
    assert ended(cloud, arn)["Result"] == "7"


@pytest.mark.parametrize(
    ("name", "actions", "told"),
    [("reader", [STATE], "read"), ("writer", [CHECKPOINT], "AccessDeniedException")],
)
def test_reading_the_state_is_a_right_of_its_own(
    cloud: RunningCloud, name: str, actions: list[str], told: str
) -> None:
    role = role_with(cloud, name, allow(*actions))
    function = cloud.create(READS, Role=role, DurableConfig={"ExecutionTimeout": 60})
    assert cloud.call(f"{function}:$LATEST", {}).payload == told
