"""SNS to Lambda. Source: Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS
notifications" (read 2026-11).

The signature is that of the notification (`topic_messages`).
"""

from __future__ import annotations

from typing import Any

from .current import current
from .functions import Functions
from .topic_messages import Published, notification, shown

SERVICE = "sns.amazonaws.com"


def send(functions: Functions, subscription: Any, published: Published) -> None:
    """Hand a message to the subscribed function."""
    record = _record(subscription, published)
    topic_arn = str(subscription.topic.arn)
    functions.send(
        subscription.endpoint, {"Records": [record]}, SERVICE, topic_arn, current().trace
    )


def _record(subscription: Any, published: Published) -> dict[str, Any]:
    """The record of an event; unlike a notification it has a Subject, and attributes, always."""
    found = notification(subscription, published)
    return {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": str(subscription.arn),
        "Sns": {
            "Type": "Notification",
            "MessageId": published.message_id,
            "TopicArn": found["TopicArn"],
            "Subject": published.subject,
            "Message": published.message,
            "Timestamp": found["Timestamp"],
            **{name: found[name] for name in ("SignatureVersion", "Signature") if name in found},
            **({"SigningCertUrl": found["SigningCertURL"]} if "SigningCertURL" in found else {}),
            "UnsubscribeUrl": found["UnsubscribeURL"],
            "MessageAttributes": {
                name: {"Type": value["Type"], "Value": shown(value["Value"])}
                for name, value in published.attributes.items()
            },
        },
    }
