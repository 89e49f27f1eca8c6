"""SQS and SNS. Source: Service Authorization Reference of each (read 2026-11)."""

from __future__ import annotations

from .need import ANY, Asked, Need

# A batch needs the permission of its single call.
SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


BY_NAME = frozenset({"CreateQueue", "GetQueueUrl"})
BY_SOURCE = frozenset({"ListMessageMoveTasks", "StartMessageMoveTask"})
WITHOUT_QUEUE = frozenset({"CancelMessageMoveTask", "ListQueues"})


def queues(asked: Asked) -> list[Need]:
    """SQS: the queue in QueueUrl."""
    action = f"sqs:{SQS_ACTIONS.get(asked.operation, asked.operation)}"
    if asked.operation in WITHOUT_QUEUE:
        return [Need(action)]
    if asked.operation in BY_SOURCE:
        return [Need(action, arn) for arn in asked.given("SourceArn", "DestinationArn")]
    name = asked.text("QueueName")
    if asked.operation not in BY_NAME:
        name = asked.text("QueueUrl").rpartition("/")[2]
    return [Need(action, asked.arn("sqs", name))]


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
