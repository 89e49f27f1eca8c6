"""Where asynchronous events end: queues, topics and roles for tests, and what arrived there."""

from __future__ import annotations

import json
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from queue_policies import open_to
from running_cloud import RunningCloud

ANYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
FAILS = """
def handler(event, context):
    raise RuntimeError('on purpose: %s' % event.get('n'))
"""
WORKS = """
def handler(event, context):
    return {'done': event.get('n'), 'rid': context.aws_request_id}
"""


@dataclass(frozen=True)
class Queue:
    """A queue of a test."""

    cloud: RunningCloud
    url: str
    arn: str

    def receive(self, count: int = 1, limit_s: float = 60.0) -> list[dict[str, Any]]:
        """Messages, taken out; returns when there are ``count``, or after ``limit_s`` seconds."""
        sqs = self.cloud.client("sqs")
        until = time.monotonic() + limit_s
        found: list[dict[str, Any]] = []
        while len(found) < count and time.monotonic() < until:
            batch = sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            ).get("Messages", [])
            if batch:
                sqs.delete_message_batch(
                    QueueUrl=self.url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                        for number, message in enumerate(batch)
                    ],
                )
            else:
                time.sleep(0.05)
            found += batch
        return found

    def one(self, limit_s: float = 60.0) -> dict[str, Any]:
        """The next message."""
        found = self.receive(1, limit_s)
        assert found, "no message came"
        return found[0]

    def body(self, limit_s: float = 60.0) -> Any:
        """The next message's body, which is JSON."""
        return json.loads(self.one(limit_s)["Body"])


def able_role(cloud: RunningCloud) -> str:
    """The tests' role, allowed to do anything."""
    role = cloud.role()
    cloud.client("iam").put_role_policy(
        RoleName="tests", PolicyName="anything", PolicyDocument=ANYTHING
    )
    return role


def queue(cloud: RunningCloud) -> Queue:
    """A new standard queue."""
    name = f"q-{secrets.token_hex(5)}"
    sqs = cloud.client("sqs")
    policy = {"Policy": open_to("sns", "events")}
    url = sqs.create_queue(QueueName=name, Attributes=policy)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return Queue(cloud, url, arn["Attributes"]["QueueArn"])


def topic(cloud: RunningCloud, heard_by: Queue) -> str:
    """The ARN of a new topic, to which a queue is subscribed."""
    sns = cloud.client("sns")
    arn = str(sns.create_topic(Name=f"t-{secrets.token_hex(5)}")["TopicArn"])
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=heard_by.arn)
    return arn


def send(cloud: RunningCloud, name: str, event: Any, **settings: Any) -> str:
    """Invoke asynchronously; returns the request id."""
    answer = cloud.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(event), **settings
    )
    assert answer["StatusCode"] == 202
    return str(answer["ResponseMetadata"]["RequestId"])


def on_failure(cloud: RunningCloud, name: str, target: str, **settings: Any) -> None:
    """Configure an OnFailure destination, and retries or age with it."""
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": target}}, **settings
    )


def starts(cloud: RunningCloud, name: str, request_id: str) -> list[float]:
    """When that request's attempts began, in seconds, by the log's START lines."""
    lines = log_lines(cloud, name)
    return [at for at, text in lines if text.startswith(f"START RequestId: {request_id} ")]


def log_lines(cloud: RunningCloud, name: str) -> list[tuple[float, str]]:
    """A function's log: time in seconds and text."""
    logs = cloud.client("logs")
    found: list[tuple[float, str]] = []
    with suppress(logs.exceptions.ResourceNotFoundException):
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{name}"
        ):
            found += [(event["timestamp"] / 1000, event["message"]) for event in page["events"]]
    return sorted(found)


def executed_versions(cloud: RunningCloud, name: str, request_id: str) -> list[str]:
    """The versions that ran a request's attempts."""
    pattern = re.compile(rf"START RequestId: {request_id} Version: (\S+)")
    return [match[1] for _, text in log_lines(cloud, name) if (match := pattern.match(text))]
