"""What SNS refuses of topics and moto accepts, and what it shows of them.

Words, codes and members as recorded from AWS (localstack, test_sns, 2023 to 2025).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..wire.errors import ServiceError
from .seam import replace
from .subscription_confirmations import is_pending
from .topic_attributes import check_new, check_tags
from .topic_refusals import check_arn, invalid

NO_DATA_PROTECTION = (
    "The embedded cloud does not offer the data protection policies of Amazon SNS. Use an AWS "
    "account for it."
)
# The default of every topic: SNS Developer Guide, "Amazon SNS message delivery retries".
DELIVERY_POLICY = {
    "http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": False,
        "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
    }
}


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sns.models import SNSBackend  # noqa: PLC0415 - moto loads late
    from moto.sns.responses import SNSResponse  # noqa: PLC0415

    replace(SNSBackend, "get_topic", lambda _: _get_topic)
    for name, make in (
        ("create_topic", _create_topic),
        ("add_permission", _add_permission),
    ):
        replace(SNSResponse, name, make)


def shown_topic(topic: Any, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a topic that GetTopicAttributes shows."""
    found = {**attributes, "EffectiveDeliveryPolicy": json.dumps(DELIVERY_POLICY)}
    waiting = [is_pending(each) for each in topic.sns_backend._get_topic_subscriptions(topic)]
    found["SubscriptionsPending"] = str(sum(waiting))
    found["SubscriptionsConfirmed"] = str(len(waiting) - sum(waiting))
    if topic.delivery_policy:
        given = json.loads(topic.delivery_policy)
        found["EffectiveDeliveryPolicy"] = json.dumps(
            {"http": {**DELIVERY_POLICY["http"], **given.get("http", {})}}
        )
    else:
        found.pop("DeliveryPolicy", None)
    for name, kept in (
        ("SignatureVersion", "signature_version"),
        ("FifoThroughputScope", "fifo_throughput_scope"),
        ("ArchivePolicy", "archive_policy"),
    ):
        if getattr(topic, kept, None):
            found[name] = str(getattr(topic, kept))
    return found


def _get_topic(backend: Any, arn: Any) -> Any:
    from moto.sns.exceptions import TopicNotFound  # noqa: PLC0415 - moto loads late

    check_arn(arn, "TopicArn")
    if str(arn).split(":")[3] != backend.region_name:
        raise invalid("TopicArn")
    topic = backend.topics.get(arn)
    if topic is None:
        raise TopicNotFound
    return topic


def _create_topic(known: Any) -> Any:
    def create_topic(response: Any) -> Any:
        name, attributes = response._get_param("Name"), response._get_attributes()
        check_tags(response._get_param("Tags", []))
        if response._get_param("DataProtectionPolicy"):
            raise ServiceError("NotImplemented", NO_DATA_PROTECTION, 501)
        stem = name.removesuffix(".fifo") if attributes.get("FifoTopic") else name
        is_fifo = attributes.get("FifoTopic") and name.endswith(".fifo")
        good = all(each.isascii() and (each.isalnum() or each in "_-") for each in stem)
        if not (
            good
            and stem
            and len(name) <= 256
            and bool(is_fifo) == bool(attributes.get("FifoTopic"))
        ):
            raise invalid("Topic Name")
        check_new(attributes)
        arn = f"arn:aws:sns:{response.region}:{response.current_account}:{name}"
        topic = response.backend.topics.get(arn)
        if topic is not None:
            _check_same(topic, attributes, response._get_tags())
        return known(response)

    return create_topic


def _check_same(topic: Any, attributes: Mapping[str, Any], tags: Mapping[str, str]) -> None:
    from moto.core.utils import camelcase_to_underscores  # noqa: PLC0415 - moto loads late

    for name, value in attributes.items():
        if getattr(topic, camelcase_to_underscores(name), None) != value:
            raise invalid("Attributes Reason: Topic already exists with different attributes")
    if any(topic._tags.get(key) != value for key, value in tags.items()):
        raise invalid("Tags Reason: Topic already exists with different tags")


def _add_permission(known: Any) -> Any:
    def add_permission(response: Any) -> Any:
        from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415 - moto loads late

        try:
            return known(response)
        except SNSInvalidParameter as error:
            raise invalid(str(error.message).removeprefix("Invalid parameter: ")) from error

    return add_permission
