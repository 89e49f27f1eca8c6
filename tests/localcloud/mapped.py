"""What tests of event source mappings need: roles, queues, functions that say what they got."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from queue_policies import open_to
from running_cloud import TRUST, RunningCloud, wait_for

ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["sqs:*", "kinesis:*", "dynamodb:*", "sns:*", "s3:*", "logs:*"],
            "Resource": "*",
        }
    ],
}
# Writes each event it gets to a queue named in the environment, then does what the body says.
REPORTER = """
import json, os, time
import boto3
from botocore.config import Config

sqs = boto3.client("sqs", config=Config(retries={"total_max_attempts": 1}))


def handler(event, context):
    seen = {"event": event, "at": time.time(), "stream": context.log_stream_name}
    sqs.send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(seen))
    return act(event, context)


def act(event, context):
    %s
"""


def name(prefix: str = "m") -> str:
    """A new name."""
    return f"{prefix}-{secrets.token_hex(4)}"


def role_with(cloud: RunningCloud, *statements: dict[str, Any]) -> str:
    """A role that Lambda may assume, with these statements in a policy."""
    iam = cloud.client("iam")
    made = iam.create_role(RoleName=(role := name("r")), AssumeRolePolicyDocument=TRUST)
    if statements:
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(document))
    return str(made["Role"]["Arn"])


def open_role(cloud: RunningCloud) -> str:
    """A role that may do everything these tests do."""
    return role_with(cloud, *ALL["Statement"])  # type: ignore[arg-type]


class Queue:
    """An SQS queue and what is done with it."""

    def __init__(self, cloud: RunningCloud, fifo: bool = False, **attributes: str) -> None:
        self.name = name("q") + (".fifo" if fifo else "")
        given = {"VisibilityTimeout": "2", "Policy": open_to("sns", "events"), **attributes}
        if fifo:
            given |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        self.sqs = cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName=self.name, Attributes=given)["QueueUrl"]
        self.arn = f"arn:aws:sqs:us-east-1:{cloud.ready['account_id']}:{self.name}"

    def send(self, body: Any, **more: Any) -> str:
        text = body if isinstance(body, str) else json.dumps(body)
        return str(self.sqs.send_message(QueueUrl=self.url, MessageBody=text, **more)["MessageId"])

    def send_many(self, bodies: list[str], **more: Any) -> None:
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(number), "MessageBody": body, **more}
                for number, body in enumerate(bodies[start : start + 10])
            ]
            self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def take(self, count: int, limit_s: float = 40.0) -> list[Any]:
        """So many messages, as JSON, oldest first; deleted. Fails when they do not come."""
        found: list[Any] = []
        until = time.monotonic() + limit_s
        while len(found) < count:
            assert time.monotonic() < until, f"only {len(found)} of {count} came: {found}"
            answer = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            for message in answer.get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
        return found

    def counts(self) -> tuple[int, int]:
        """Messages that are visible, and that are in flight."""
        got = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        attributes = got["Attributes"]
        return (
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )

    def empty(self) -> bool:
        return self.counts() == (0, 0)


class Mapped:
    """A function that reports each event to ``seen``; its mappings end with the test."""

    def __init__(self, cloud: RunningCloud, act: str = "return None", **settings: Any) -> None:
        self.cloud = cloud
        self.seen = Queue(cloud)
        self.lambda_ = cloud.client("lambda")
        self.role = settings.pop("Role", None) or open_role(cloud)
        variables = settings.pop("variables", {})
        body = act.replace("\n", "\n    ")
        self.function = cloud.create(
            REPORTER % body,
            Role=self.role,
            Timeout=settings.pop("Timeout", 1),
            Environment={"Variables": {"SEEN": self.seen.url, **variables}},
            **settings,
        )
        self.mappings: list[str] = []

    def map(self, arn: str, *, wait: bool = True, **settings: Any) -> str:
        """Create a mapping and wait until it is enabled; its UUID."""
        made = self.lambda_.create_event_source_mapping(
            EventSourceArn=arn, FunctionName=self.function, **settings
        )
        self.mappings.append(made["UUID"])
        if wait:
            self.wait_for_state(made["UUID"], "Enabled")
        return str(made["UUID"])

    def get(self, uuid: str) -> dict[str, Any]:
        return dict(self.lambda_.get_event_source_mapping(UUID=uuid))

    def wait_for_state(self, uuid: str, state: str) -> None:
        wait_for(lambda: self.get(uuid)["State"] == state)

    def events(self, count: int, limit_s: float = 40.0) -> list[dict[str, Any]]:
        """So many events that the function got, in the order of its calls."""
        seen = self.seen.take(count, limit_s)
        return [each["event"] for each in sorted(seen, key=lambda each: each["at"])]

    def bodies(self, count: int, limit_s: float = 40.0) -> list[list[str]]:
        """The bodies of so many events."""
        events = self.events(count, limit_s)
        return [[record["body"] for record in event["Records"]] for event in events]

    def records(self, count: int, limit_s: float = 40.0) -> list[dict[str, Any]]:
        """So many records, in however many events they came."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            for event in self.events(1, limit_s):
                found += event["Records"]
        return found

    def forget(self) -> None:
        """Delete the mappings, and what the function has reported."""
        for uuid in self.mappings:
            end_mapping(self.lambda_, uuid)
        self.mappings.clear()
        wait_for(lambda: self.seen.counts()[1] == 0)
        while found := self.seen.counts()[0]:
            self.seen.take(found)

    def close(self) -> None:
        self.forget()
        self.cloud.delete(self.function)


def end_mapping(lambda_: Any, uuid: str) -> None:
    """Delete a mapping, whatever it is doing."""

    def gone() -> bool:
        try:
            lambda_.delete_event_source_mapping(UUID=uuid)
        except lambda_.exceptions.ResourceInUseException:
            return False
        except lambda_.exceptions.ResourceNotFoundException:
            return True
        return False

    wait_for(gone)


def settled(check: Callable[[], bool], limit_s: float = 40.0) -> None:
    """Wait for something that takes a visibility timeout or two."""
    wait_for(check, limit_s)
