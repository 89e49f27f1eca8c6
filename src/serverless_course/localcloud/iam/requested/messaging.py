"""SQS and SNS. Source: Service Authorization Reference of each (read 2026-11)."""

from __future__ import annotations

import base64
import json

from .need import ANY, Asked, Need

# A batch needs the permission of its single call.
SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


BY_NAME = frozenset({"CreateQueue", "GetQueueUrl"})
# What a move of messages needs on the queue that they are in. Source: SQS Developer Guide,
# "Configure a dead-letter queue redrive" (read 2026-11).
MOVING = {
    "StartMessageMoveTask": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "ListMessageMoveTasks": ("GetQueueAttributes",),
    "CancelMessageMoveTask": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
}


def queues(asked: Asked) -> list[Need]:
    """SQS: the queue in QueueUrl."""
    action = f"sqs:{SQS_ACTIONS.get(asked.operation, asked.operation)}"
    if asked.operation == "ListQueues":
        return [Need(action)]
    if asked.operation in MOVING:
        return _moving(asked, action)
    name = asked.text("QueueName")
    if asked.operation not in BY_NAME:
        name = asked.text("QueueUrl").rpartition("/")[2]
    return [Need(action, asked.arn("sqs", name))]


def _moving(asked: Asked, action: str) -> list[Need]:
    source = asked.text("SourceArn") or _source(asked.text("TaskHandle"))
    if not source:
        return [Need(action)]
    found = [Need(action, source)]
    found += [Need(f"sqs:{each}", source) for each in MOVING[asked.operation]]
    return found + [Need("sqs:SendMessage", arn) for arn in asked.given("DestinationArn")]


def _source(handle: str) -> str:
    """The queue that a task's handle names; empty when it is none."""
    try:
        return str(json.loads(base64.b64decode(handle))["sourceArn"])
    except (ValueError, KeyError, TypeError):
        return ""


def topics(asked: Asked) -> list[Need]:
    """SNS: the topic, also of a subscription; a phone number has no ARN."""
    action = f"sns:{'Publish' if asked.operation == 'PublishBatch' else asked.operation}"
    if asked.operation == "CreateTopic":
        return [Need(action, asked.arn("sns", asked.text("Name")))]
    named = asked.given("TopicArn", "TargetArn", "ResourceArn", "PlatformApplicationArn")
    # A subscription's ARN is its topic's with one part more.
    named += [":".join(arn.split(":")[:6]) for arn in asked.given("SubscriptionArn")]
    return [Need(action, arn, _subscribing(asked)) for arn in named] or [Need(action, ANY)]


def _subscribing(asked: Asked) -> dict[str, str]:
    keys = {"sns:protocol": asked.text("Protocol"), "sns:endpoint": asked.text("Endpoint")}
    return {key: value for key, value in keys.items() if value}
