"""What SNS refuses of subscriptions and moto accepts, and what it shows of them.

Words, codes and members as recorded from AWS (localstack, test_sns and test_sns_filter_policy, 2023
to 2025).
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..wire.errors import ServiceError
from .current import current
from .seam import replace
from .subscription_confirmations import ANSWERED, CONFIRMED_BY_ENDPOINT, begin, is_pending
from .topic_filters import ATTRIBUTES, BODY, filter_policy, json_problem
from .topic_refusals import check_arn, invalid

PROTOCOLS = frozenset(
    {"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"}
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
TARGET = "deadLetterTargetArn"
NOT_DELIVERED = {
    "firehose": "The embedded cloud does not deliver messages of a topic to a Firehose stream. Use "
    "an AWS account for it."
}
SUBSCRIPTION_ATTRIBUTES = frozenset(
    {"DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"}
    | {"SubscriptionRoleArn", "ReplayPolicy"}
)


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sns.models import SNSBackend  # noqa: PLC0415 - moto loads late
    from moto.sns.responses import SNSResponse  # noqa: PLC0415

    replace(SNSBackend, "set_subscription_attributes", lambda _: _set_attribute)
    replace(SNSBackend, "get_subscription_attributes", _shown)
    replace(SNSResponse, "subscribe", _subscribe)
    replace(SNSResponse, "unsubscribe", _unsubscribe)
    replace(SNSResponse, "set_subscription_attributes", _set_attributes)


def _subscribe(known: Any) -> Any:
    def subscribe(response: Any) -> Any:
        topic = response.backend.get_topic(response._get_param("TopicArn"))
        protocol, endpoint = response._get_param("Protocol"), response._get_param("Endpoint")
        if protocol not in PROTOCOLS:
            raise invalid(f"Amazon SNS does not support this protocol string: {protocol}")
        _check_endpoint(topic, protocol, endpoint)
        given = response._get_param("Attributes", {})
        scope = given.get("FilterPolicyScope", ATTRIBUTES)
        for name, value in given.items():
            try:
                _checked(topic, name, value, scope, endpoint)
            except ValueError as error:
                raise invalid(f"Attributes Reason: {error}") from error
        before = response.backend._find_subscription(topic.arn, endpoint, protocol)
        if before is not None and any(
            _plain(before.attributes.get(name)) != _plain(value) for name, value in given.items()
        ):
            raise invalid(
                "Attributes Reason: Subscription already exists with different attributes"
            )
        answer = known(response)
        made = response.backend.subscriptions[answer.result["SubscriptionArn"]]
        made.__dict__.setdefault("principal", current().principal_arn)
        if before is None and protocol in CONFIRMED_BY_ENDPOINT:
            begin(made)
        if is_pending(made) and str(response._get_param("ReturnSubscriptionArn")).lower() != "true":
            answer.result["SubscriptionArn"] = ANSWERED
        return answer

    return subscribe


def _check_endpoint(topic: Any, protocol: str, endpoint: Any) -> None:
    text = str(endpoint or "")
    if not text:
        raise invalid("Endpoint")
    if protocol in NOT_DELIVERED:
        raise ServiceError("NotImplemented", NOT_DELIVERED[protocol], 501)
    if protocol in ("http", "https") and not text.startswith(f"{protocol}://"):
        raise invalid("Endpoint must match the specified protocol")
    if protocol in ("email", "email-json") and not _EMAIL.fullmatch(text):
        raise invalid("Email address")
    if protocol == "lambda" and not text.startswith("arn:aws:lambda:"):
        raise invalid("Lambda endpoint ARN")
    fifo = "FIFO SQS Queues can not be subscribed to standard SNS topics"
    if protocol == "sqs" and text.endswith(".fifo") and not topic.fifo_topic:
        raise invalid(f"Invalid parameter: Endpoint Reason: {fifo}")
    if protocol != "sqs" and topic.fifo_topic:
        raise invalid("Invalid parameter: Endpoint Reason: Please use FIFO SQS queue")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(topic: Any, name: str, value: Any, scope: str, endpoint: str) -> Any:
    """The value of a subscription's attribute as moto keeps it. Raises ValueError."""
    if name not in SUBSCRIPTION_ATTRIBUTES:
        raise ValueError("AttributeName")
    if name == "RawMessageDelivery":
        if str(value).lower() not in ("true", "false"):
            raise ValueError(f"RawMessageDelivery: Invalid value [{value}]. Must be true or false.")
        return str(value).lower() == "true"
    if name == "FilterPolicyScope" and value not in (BODY, ATTRIBUTES):
        raise ValueError(
            f"FilterPolicyScope: Invalid value [{value}]. Please use either {BODY} or {ATTRIBUTES}"
        )
    if name == "FilterPolicy" and value:
        filter_policy(value, scope)
    if name == "RedrivePolicy" and value:
        _check_redrive(topic, value, endpoint)
    return value


def _check_redrive(topic: Any, text: str, endpoint: str) -> None:
    problem = json_problem(text)
    if problem:
        raise ValueError(f"RedrivePolicy: {problem}")
    read = json.loads(text)
    for name in read if isinstance(read, dict) else ():
        if name != TARGET:
            # As quoted in error reports (2022).
            raise ValueError(f"RedrivePolicy: invalid JSON. Attribute {name} is unknown.")
    target = read.get(TARGET) if isinstance(read, dict) else None
    if not isinstance(target, str) or len(target.split(":")) != 6:
        raise ValueError("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    if topic.fifo_topic and endpoint.endswith(".fifo") and not target.endswith(".fifo"):
        raise ValueError(
            "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic."
        )


def _set_attributes(_: Any) -> Any:
    def set_subscription_attributes(response: Any) -> Any:
        from moto.core.responses import EmptyResult  # noqa: PLC0415 - moto loads late

        get = response._get_param
        name, value = get("AttributeName"), get("AttributeValue")
        response.backend.set_subscription_attributes(get("SubscriptionArn"), name, value or "")
        return EmptyResult()

    return set_subscription_attributes


def _set_attribute(backend: Any, arn: str, name: str, value: Any) -> None:
    from moto.sns.exceptions import SNSNotFoundError  # noqa: PLC0415 - moto loads late

    subscription = backend.subscriptions.get(arn)
    if name not in SUBSCRIPTION_ATTRIBUTES:
        raise invalid("AttributeName")
    if subscription is None:
        raise SNSNotFoundError("Subscription does not exist")
    scope = subscription.attributes.get("FilterPolicyScope", ATTRIBUTES)
    try:
        kept = _checked(subscription.topic, name, value, scope, subscription.endpoint)
        if name == "FilterPolicy":
            subscription.filter_policy = filter_policy(value, scope) if value else None
        if name == "FilterPolicyScope" and subscription.attributes.get("FilterPolicy"):
            subscription.filter_policy = filter_policy(
                subscription.attributes["FilterPolicy"], value
            )
    except ValueError as error:
        raise invalid(str(error)) from error
    if kept == "" and name in ("RedrivePolicy", "DeliveryPolicy", "FilterPolicy"):
        subscription.attributes.pop(name, None)
    else:
        subscription.attributes[name] = kept


def _shown(known: Any) -> Any:
    def get_subscription_attributes(backend: Any, arn: str) -> dict[str, Any]:
        check_arn(arn, "SubscriptionArn")
        if len(str(arn).split(":")) < 7:
            raise invalid("SubscriptionId")
        found: dict[str, Any] = {**known(backend, arn)}
        principal = backend.subscriptions[arn].__dict__.get("principal")
        if principal:
            found["SubscriptionPrincipal"] = principal
        return found

    return get_subscription_attributes


def _unsubscribe(known: Any) -> Any:
    def unsubscribe(response: Any) -> Any:
        arn = response._get_param("SubscriptionArn")
        check_arn(arn, "SubscriptionArn")
        if len(str(arn).split(":")) < 7:
            raise invalid("SubscriptionId")
        return known(response)

    return unsubscribe
