"""SQS and SNS. Source: Service Authorization Reference of each (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

# A batch needs the permission of its single call.
SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


def queues(asked: Asked) -> list[Need]:
    """SQS: the queue in QueueUrl."""
    action = f"sqs:{SQS_ACTIONS.get(asked.operation, asked.operation)}"
    if asked.operation in ("ListQueues", "ListMessageMoveTasks", "CancelMessageMoveTask"):
        return [Need(action, asked.text("SourceArn") or ANY)]
    if asked.text("SourceArn"):
        return [Need(action, asked.text("SourceArn"))]
    name = asked.text("QueueName") or asked.text("QueueUrl").rstrip("/").rpartition("/")[2]
    return [Need(action, asked.arn("sqs", name))]


def topics(asked: Asked) -> list[Need]:
    """SNS: the topic, also of a subscription; a phone number has no ARN."""
    action = f"sns:{'Publish' if asked.operation == 'PublishBatch' else asked.operation}"
    for parameter in ("TopicArn", "TargetArn", "ResourceArn", "PlatformApplicationArn"):
        if asked.text(parameter):
            return [Need(action, asked.text(parameter), _subscribing(asked))]
    if asked.text("SubscriptionArn"):
        return [Need(action, ":".join(asked.text("SubscriptionArn").split(":")[:6]))]
    if asked.operation == "CreateTopic":
        return [Need(action, asked.arn("sns", asked.text("Name")))]
    return [Need(action, ANY)]


def _subscribing(asked: Asked) -> dict[str, str]:
    keys = {"sns:protocol": asked.text("Protocol"), "sns:endpoint": asked.text("Endpoint")}
    return {key: value for key, value in keys.items() if value}
