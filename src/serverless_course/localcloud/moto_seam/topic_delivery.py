"""SNS to its subscriptions: who gets a message, and in which form.

moto fails the whole Publish when one queue is missing, delivers to queues whose policy forbids it,
and knows no dead-letter queues of subscriptions and no deduplication. Sources: SNS Developer Guide,
"Fanout to Amazon SQS queues" (the queue's policy has to allow the topic), "Amazon SNS dead-letter
queues", "Amazon SNS raw message delivery", "Message deduplication for FIFO topics" (read 2026-11);
forms as recorded from AWS (localstack, test_sns, 2023 to 2025).
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import logging
import threading
import time
import uuid
from typing import Any

from ..iam.account import ACCOUNT_ID
from .functions import Functions
from .resource_policies import service_is_allowed
from .seam import replace
from .subscription_confirmations import is_pending
from .topic_events import send as send_to_function
from .topic_filters import accepts
from .topic_messages import Published, body_of, notification

log = logging.getLogger(__name__)
SERVICE = "sns.amazonaws.com"
DEDUPLICATION_S = 300
FIRST_SEQUENCE_NUMBER = 10_000_000_000_000_000_000
SEQUENCE_STEP = 1000
_numbers = itertools.count(FIRST_SEQUENCE_NUMBER, SEQUENCE_STEP)
_lock = threading.Lock()
_functions: list[Functions] = []
_thread = threading.local()


def install(functions: Functions) -> None:
    """Take over what a topic does with a message. Once for a process is enough."""
    from moto.sns.models import Subscription, Topic  # noqa: PLC0415 - moto loads late

    _functions[:] = [functions]
    replace(Topic, "publish", lambda _: publish_to)
    replace(Subscription, "publish", _delivering)


def publish_to(
    topic: Any,
    message: str,
    subject: str | None = None,
    message_attributes: dict[str, Any] | None = None,
    group_id: str | None = None,
    deduplication_id: str | None = None,
    message_structure: str | None = None,
) -> str:
    """Publish to all subscriptions; gives the message's id. The parameters' names are moto's."""
    message_id = str(uuid.uuid4())
    _thread.sequence_number = ""
    if topic.fifo_topic:
        _thread.sequence_number = str(next(_numbers))
        if deduplication_id is None and topic.content_based_deduplication:
            deduplication_id = hashlib.sha256(message.encode()).hexdigest()
        if _is_double(topic, group_id, deduplication_id):
            return message_id
    for subscription in topic.sns_backend._get_topic_subscriptions(topic):
        subscription.publish(
            message,
            message_id,
            subject=subject,
            message_attributes=message_attributes,
            group_id=group_id,
            deduplication_id=deduplication_id,
            message_structure=message_structure,
        )
    return message_id


def last_sequence_number() -> str:
    """The sequence number of what this thread published last; empty for a standard topic."""
    return str(getattr(_thread, "sequence_number", ""))


def _is_double(topic: Any, group_id: str | None, deduplication_id: str | None) -> bool:
    """Whether a FIFO topic had this message in the last five minutes; it remembers it if not."""
    by_group = getattr(topic, "fifo_throughput_scope", "") == "MessageGroup"
    key = (group_id if by_group else None, deduplication_id)
    now = time.monotonic()
    with _lock:
        known: dict[Any, float] = topic.__dict__.setdefault("seen_deduplication_ids", {})
        for old in [each for each, at in known.items() if at <= now - DEDUPLICATION_S]:
            del known[old]
        return known.setdefault(key, now) != now


def _delivering(known: Any) -> Any:
    def publish(
        subscription: Any,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        if is_pending(subscription):
            return
        policy = subscription.__dict__.get("filter_policy")
        if policy is not None and not accepts(policy, message, message_attributes):
            return
        if message_structure == "json":
            message = for_protocol(message, subscription.protocol)
        attributes = message_attributes or {}
        published = Published(
            message_id,
            message,
            subject,
            attributes,
            group_id,
            deduplication_id,
            last_sequence_number(),
        )
        send = {"sqs": _to_queue, "lambda": _to_function, "http": _to_web, "https": _to_web}
        if subscription.protocol in send:
            send[subscription.protocol](subscription, published)
        else:
            known(subscription, message, message_id, subject, attributes)

    return publish


def for_protocol(message: str, protocol: str) -> str:
    """The text of a message of structure json for a protocol: its own, or the default."""
    texts: dict[str, Any] = json.loads(message)
    own = texts.get(protocol)
    return own if isinstance(own, str) else str(texts["default"])


def _to_queue(subscription: Any, published: Published) -> None:
    if not _send(subscription, subscription.endpoint, published):
        _redrive(subscription, published)


def _to_function(subscription: Any, published: Published) -> None:
    functions = _functions[0]
    if functions.allows(subscription.endpoint, SERVICE, str(subscription.topic.arn)):
        send_to_function(functions, subscription, published)
    else:
        _redrive(subscription, published)


def _to_web(subscription: Any, published: Published) -> None:
    import moto.sns.models  # noqa: PLC0415 - moto loads late

    web: Any = vars(moto.sns.models)["requests"]
    raw = _is_raw(subscription)
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": published.message_id,
        "x-amz-sns-topic-arn": str(subscription.topic.arn),
        "x-amz-sns-subscription-arn": str(subscription.arn),
        **({"x-amz-sns-rawdelivery": "true"} if raw else {}),
    }
    body = published.message if raw else body_of(notification(subscription, published))
    web.post(subscription.endpoint, data=body.encode(), headers=headers)


def _redrive(subscription: Any, published: Published) -> None:
    """Send what could not be delivered to the subscription's dead-letter queue, if it has one."""
    policy = json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
    target = policy.get("deadLetterTargetArn")
    if not target or not _send(subscription, target, published):
        log.warning("topic %s did not reach %s", subscription.topic.name, subscription.endpoint)


def _send(subscription: Any, queue_arn: str, published: Published) -> bool:
    """Send to a queue, if it is there and its policy lets the topic; whether it was sent."""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

    _, _, _, region, _, name = str(queue_arn).split(":", 5)
    backend = sqs_backends[ACCOUNT_ID][region]
    queue = backend.queues.get(name)
    topic_arn = str(subscription.topic.arn)
    if queue is None or not service_is_allowed(SERVICE, topic_arn, "sqs:SendMessage", queue_arn):
        return False
    raw = _is_raw(subscription)
    try:
        backend.send_message(
            name,
            published.message if raw else body_of(notification(subscription, published)),
            message_attributes=_as_message_attributes(published) if raw else None,
            deduplication_id=published.deduplication_id if queue.fifo_queue else None,
            group_id=published.group_id,
            validate_group_id=False,
        )
    except Exception:
        log.debug("queue %s refused a message", queue_arn, exc_info=True)
        return False
    return True


def _is_raw(subscription: Any) -> bool:
    return str(subscription.attributes.get("RawMessageDelivery")).lower() == "true"


def _as_message_attributes(published: Published) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, attribute in published.attributes.items():
        kind, value = attribute["Type"], attribute["Value"]
        if kind.startswith("Binary"):
            binary = value if isinstance(value, bytes) else base64.b64decode(value)
            found[name] = {"DataType": kind, "BinaryValue": binary}
        else:
            found[name] = {"DataType": kind, "StringValue": str(value)}
    return found
