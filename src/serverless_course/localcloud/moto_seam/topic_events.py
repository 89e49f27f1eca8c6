"""SNS to Lambda. Source: Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS
notifications" (read 2026-11).

Filter policies and message structures are moto's. The signature's fields are there, as in
Lambda's own sample event; there is no certificate to verify them with.
"""

from __future__ import annotations

import base64
import threading
from datetime import UTC, datetime
from typing import Any

from .current import current
from .functions import Functions
from .seam import replace

SERVICE = "sns.amazonaws.com"
_thread = threading.local()


def install() -> None:
    """Keep at hand, while a message is published to a subscription, what an event says of it."""
    from moto.sns.models import Subscription  # noqa: PLC0415 - moto loads late

    def make(known: Any) -> Any:
        def publish(self: Any, message: str, message_id: str, *given: Any, **named: Any) -> None:
            _thread.published = (self, message_id, named.get("message_attributes"))
            known(self, message, message_id, *given, **named)

        return publish

    replace(Subscription, "publish", make)


def send(functions: Functions, message: str, subject: str | None) -> None:
    """Hand the message that this thread publishes to the subscribed function."""
    subscription, message_id, attributes = _thread.published
    record = _record(subscription, message_id, message, subject, attributes)
    topic_arn = str(subscription.topic.arn)
    functions.send(
        subscription.endpoint, {"Records": [record]}, SERVICE, topic_arn, current().trace
    )


def _record(
    subscription: Any, message_id: str, message: str, subject: str | None, attributes: Any
) -> dict[str, Any]:
    topic_arn = str(subscription.topic.arn)
    region = topic_arn.split(":")[3]
    host = f"https://sns.{region}.amazonaws.com"
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": str(subscription.arn),
        "Sns": {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": topic_arn,
            "Subject": subject,
            "Message": message,
            "Timestamp": at,
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            "SigningCertUrl": f"{host}/SimpleNotificationService-EXAMPLE.pem",
            "UnsubscribeUrl": f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
            "MessageAttributes": {
                name: {"Type": value["Type"], "Value": _shown(value["Value"])}
                for name, value in (attributes or {}).items()
            },
        },
    }


def _shown(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
