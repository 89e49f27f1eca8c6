"""A function with AWS's SDK for durable executions in its package, unmodified."""

from __future__ import annotations

import secrets
from functools import lru_cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

from running_cloud import RunningCloud, zip_of

SDK = "aws-durable-execution-sdk-python"
POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"
COUNT = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
INVOKE = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"

SOURCE = """
import os, time
import boto3
from botocore.config import Config
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import (
    CallbackConfig, Duration, StepConfig, StepSemantics)
from aws_durable_execution_sdk_python.retries import RetryDecision
from aws_durable_execution_sdk_python.waits import (
    WaitForConditionConfig, WaitForConditionDecision)


def count(key):
    # A client that tries again by itself might count twice.
    once = Config(retries={"total_max_attempts": 1}, read_timeout=110)
    table = boto3.client("dynamodb", config=once)
    found = table.update_item(
        TableName="durable-counts", Key={"id": {"S": key}}, ReturnValues="ALL_NEW",
        UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})
    return int(found["Attributes"]["n"]["N"])


def again(error, attempt):
    return RetryDecision(should_retry=attempt < 3, delay=Duration.from_seconds(2))


def steps(event, context):
    first = context.step(lambda _: count(event["key"]), name="first")
    context.wait(Duration.from_seconds(60), name="pause")
    return [first, context.step(lambda _: first + 10, name="second")]


def retries(event, context):
    def flaky(_):
        if count(event["key"]) < 3:
            raise ValueError("not yet")
        return "done"
    return context.step(flaky, name="flaky", config=StepConfig(retry_strategy=again))


def fails(event, context):
    never = StepConfig(retry_strategy=lambda error, attempt: RetryDecision.no_retry())
    def broken(_):
        raise ValueError("broken")
    context.step(broken, name="broken", config=never)


def parallel(event, context):
    def branch(n):
        def run(child):
            child.wait(Duration.from_seconds(30))
            return child.step(lambda _: n * n)
        return run
    return context.parallel([branch(n) for n in range(3)], name="squares").get_results()


def maps(event, context):
    def one(child, item, index, items):
        return child.step(lambda _: item.upper())
    return context.map(event["items"], one, name="upper").get_results()


def callback(event, context):
    made = context.create_callback(name="approval", config=CallbackConfig(
        timeout=Duration.from_seconds(event.get("timeout", 3600))))
    return made.result()


def child(event, context):
    return context.run_in_child_context(
        lambda inner: inner.step(lambda _: 7, name="inside"), name="group")


def invoke(event, context):
    return context.invoke(event["function"], {"n": 4}, name="other")


def polls(event, context):
    def check(state, _):
        return state + 1
    def wait(state, attempt):
        if state >= 3:
            return WaitForConditionDecision.stop_polling()
        return WaitForConditionDecision.continue_waiting(Duration.from_seconds(5))
    return context.wait_for_condition(
        check, WaitForConditionConfig(wait_strategy=wait, initial_state=0), name="poll")


def long(event, context):
    context.wait(Duration.from_seconds(86400))


def killed(event, context):
    context.step(lambda _: count(event["key"] + "-before"), name="before")
    def middle(_):
        if count(event["key"] + "-middle") == 1:
            os._exit(1) if event.get("exit") else time.sleep(15)
        return "middle"
    semantics = StepSemantics[event.get("semantics", "AT_LEAST_ONCE_PER_RETRY")]
    config = StepConfig(step_semantics=semantics, retry_strategy=again)
    context.step(middle, name="middle", config=config)
    return context.step(lambda _: count(event["key"] + "-after"), name="after")


def load(event, context):
    def effect(name):
        return lambda _: count(f"{event['key']}-{name}")
    once = StepConfig(
        step_semantics=StepSemantics.AT_MOST_ONCE_PER_RETRY,
        retry_strategy=lambda error, attempt: RetryDecision.no_retry())
    context.step(effect("first"), name="first")
    context.wait(Duration.from_seconds(120), name="pause")
    try:
        context.step(effect("once"), name="once", config=once)
    except Exception as error:
        print("interrupted", type(error).__name__)
    context.wait(Duration.from_seconds(60), name="again")
    return context.step(effect("last"), name="last")


def crashes(event, context):
    if count(event["key"]) <= event["times"]:
        os._exit(1)
    return "alive"


@durable_execution
def handler(event, context):
    return globals()[event["do"]](event, context)
"""


@lru_cache(maxsize=1)
def package() -> bytes:
    """The function's source with the SDK's files as they were installed."""
    found = {"index.py": SOURCE}
    for path in files(SDK) or []:
        if path.suffix == ".py" or path.name in {"METADATA", "entry_points.txt"}:
            found[str(path)] = Path(str(path.locate())).read_text()
    return zip_of(found)


def durable_role(cloud: RunningCloud) -> str:
    """A role with AWS's managed policy for durable functions, and what the tests' steps do."""
    iam = cloud.client("iam")
    arn = cloud.role()
    for policy in (POLICY, COUNT, INVOKE):
        iam.attach_role_policy(RoleName="tests", PolicyArn=policy)
    return arn


def make_durable(cloud: RunningCloud, timeout_s: int = 900, **settings: Any) -> str:
    """Create the durable function, published as version 1; returns its name with the version."""
    name = f"durable-{secrets.token_hex(4)}"
    cloud.create(
        "",
        name=name,
        Role=durable_role(cloud),
        Code={"ZipFile": package()},
        DurableConfig={"ExecutionTimeout": timeout_s},
        **settings,
    )
    version = cloud.client("lambda").publish_version(FunctionName=name)["Version"]
    return f"{name}:{version}"


def make_counts(cloud: RunningCloud) -> None:
    """Create the table of the counters."""
    cloud.client("dynamodb").create_table(
        TableName="durable-counts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def counted(cloud: RunningCloud, key: str) -> int:
    """How often a step's side effect was done."""
    found = cloud.client("dynamodb").get_item(
        TableName="durable-counts", Key={"id": {"S": key}}, ConsistentRead=True
    )
    return int(found["Item"]["n"]["N"]) if "Item" in found else 0
