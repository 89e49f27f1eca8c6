"""A function that puts what it gets into a queue, so that a test can wait for it."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from roles import allow, writing_role
from running_cloud import RunningCloud

SOURCE = """
import json, os, time

import boto3

queue = boto3.client("sqs")

def handler(event, context):
    time.sleep(float(os.environ.get("SLEEP_S", "0")))
    got = {
        "event": event,
        "trace": os.environ.get("_X_AMZN_TRACE_ID", ""),
        "arn": context.invoked_function_arn,
    }
    queue.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(got))
"""


class Sink:
    """The function, its ARN, and what it got."""

    def __init__(self, cloud: RunningCloud, sleep_s: float = 0.0) -> None:
        self.cloud = cloud
        self._sqs = cloud.client("sqs")
        self._queue = self._sqs.create_queue(QueueName=f"q-{secrets.token_hex(5)}")["QueueUrl"]
        self.name = cloud.create(
            SOURCE,
            Role=writing_role(cloud, allow("sqs:SendMessage")),
            Environment={"Variables": {"QUEUE": self._queue, "SLEEP_S": str(sleep_s)}},
        )
        self.arn = f"arn:aws:lambda:us-east-1:123456789012:function:{self.name}"

    def let_in(self, service: str, source_arn: str, **more: Any) -> None:
        """Let a service invoke the function for a source."""
        self.cloud.client("lambda").add_permission(
            FunctionName=self.name,
            StatementId=f"s-{secrets.token_hex(4)}",
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            SourceArn=source_arn,
            **more,
        )

    def got(self, count: int = 1, limit_s: float = 40.0) -> list[dict[str, Any]]:
        """What the function got next: exactly ``count`` of them. Fails when they do not come."""
        found = self._received(count, limit_s)
        assert len(found) == count, found
        return found

    def event(self) -> Any:
        return self.got()[0]["event"]

    def got_nothing(self, within_s: float = 1.0) -> None:
        """Fails when the function gets something in that time."""
        assert self._received(1, within_s) == []

    def _received(self, count: int, limit_s: float) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        until = time.monotonic() + limit_s
        while len(found) < count and time.monotonic() < until:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue,
                MaxNumberOfMessages=min(10, count - len(found)),
                WaitTimeSeconds=0,
                MessageSystemAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                found.append({**json.loads(message["Body"]), "message": message["Attributes"]})
                self._sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
            time.sleep(0.02)
        return found
