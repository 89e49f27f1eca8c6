"""What SNS refuses of topics and messages and moto accepts, and what it shows of topics.

Words, codes and members as recorded from AWS (localstack, test_sns, 2023 to 2025); sizes: SNS API
Reference, Publish (read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .message_attributes import attributes_problem
from .seam import replace
from .topic_delivery import last_sequence_number
from .topic_refusals import check_arn, invalid

MAX_MESSAGE_BYTES = 262_144
MAX_SUBJECT = 100
MAX_ENTRIES = 10
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
    replace(SNSResponse, "_transform_message_attributes", _checked_attributes)
    for name, make in (
        ("create_topic", _create_topic),
        ("publish", _publish),
        ("publish_batch", _publish_batch),
        ("add_permission", _add_permission),
    ):
        replace(SNSResponse, name, make)


def shown_topic(topic: Any, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a topic that GetTopicAttributes shows."""
    found = {**attributes, "EffectiveDeliveryPolicy": json.dumps(DELIVERY_POLICY)}
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
        keys = [tag["Key"] for tag in response._get_param("Tags", [])]
        if len(keys) != len(set(keys)):
            raise invalid("Duplicated keys are not allowed.")
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


def _checked_attributes(known: Any) -> Any:
    def transform(response: Any, attributes: Mapping[str, Any]) -> Any:
        from moto.sns.exceptions import SNSException  # noqa: PLC0415 - moto loads late

        problem = attributes_problem(attributes)
        if problem:
            raise SNSException("ParameterValueInvalid", problem)
        return known(response, attributes)

    return transform


def _check_message(
    topic: Any,
    message: str,
    attributes: Mapping[str, Any],
    structure: str | None,
    group_id: str | None,
    deduplication_id: str | None,
) -> None:
    """Refuse a message to a topic, in the order in which AWS looks at it."""
    if not message:
        raise invalid("Empty message")
    if topic.fifo_topic:
        if not group_id:
            raise invalid("The MessageGroupId parameter is required for FIFO topics")
        if not deduplication_id and not topic.content_based_deduplication:
            raise invalid(
                "The topic should either have ContentBasedDeduplication enabled or "
                "MessageDeduplicationId provided explicitly"
            )
    elif deduplication_id:
        raise invalid(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
            "that is not valid for this topic type"
        )
    if _size(message, attributes) > MAX_MESSAGE_BYTES:
        raise invalid("Message too long")
    if structure == "json":
        _check_structure(message)
    elif structure:
        raise invalid("MessageStructure")


def _check_structure(message: str) -> None:
    try:
        texts = json.loads(message)
    except ValueError as error:
        raise invalid("Message Structure - JSON message body failed to parse") from error
    if not isinstance(texts, dict) or not isinstance(texts.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")


def _size(message: str, attributes: Mapping[str, Any]) -> int:
    """Bytes of a message with its attributes: names, types and values."""
    return len(message.encode()) + sum(
        len(name.encode()) + len(str(each["Type"])) + len(str(each["Value"]).encode())
        for name, each in attributes.items()
    )


def _publish(known: Any) -> Any:
    def publish(response: Any) -> Any:
        get = response._get_param
        subject = get("Subject")
        if subject is not None and not 0 < len(subject) <= MAX_SUBJECT:
            raise invalid("Subject")
        if get("PhoneNumber") is not None:
            return known(response)
        named = "TargetArn" if get("TargetArn") is not None else "TopicArn"
        arn = get(named)
        check_arn(arn, named)
        if ":endpoint/" in arn:
            if arn not in response.backend.platform_endpoints:
                raise invalid("TargetArn Reason: No endpoint found for the target arn specified")
            return known(response)
        topic = response.backend.get_topic(arn)
        attributes = response._parse_message_attributes()
        ids = get("MessageGroupId"), get("MessageDeduplicationId")
        _check_message(topic, get("Message"), attributes, get("MessageStructure"), *ids)
        answer = known(response)
        if topic.fifo_topic:
            answer.result["SequenceNumber"] = last_sequence_number()
        return answer

    return publish


def _publish_batch(_: Any) -> Any:
    def publish_batch(response: Any) -> Any:
        from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
        from moto.sns import exceptions  # noqa: PLC0415

        topic = response.backend.get_topic(response._get_param("TopicArn"))
        entries = response._get_param("PublishBatchRequestEntries", [])
        if len(entries) > MAX_ENTRIES:
            raise exceptions.TooManyEntriesInBatchRequest
        if len({entry["Id"] for entry in entries}) != len(entries):
            raise exceptions.BatchEntryIdsNotDistinct
        checked = [_entry(response, topic, entry) for entry in entries]
        if sum(_size(each["message"], each["message_attributes"]) for each in checked) > (
            MAX_MESSAGE_BYTES
        ):
            raise exceptions.SNSException(
                "BatchRequestTooLong",
                "The length of all the messages put together is more than the limit.",
            )
        done = []
        for entry, given in zip(entries, checked, strict=True):
            made = {"Id": entry["Id"], "MessageId": topic.publish(**given)}
            if topic.fifo_topic:
                made["SequenceNumber"] = last_sequence_number()
            done.append(made)
        return ActionResult({"Successful": done, "Failed": []})

    return publish_batch


def _entry(response: Any, topic: Any, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a topic's publish takes, of an entry of a batch. Refuses it as AWS does."""
    attributes = response._transform_message_attributes(entry.get("MessageAttributes", {}))
    message, structure = entry.get("Message", ""), entry.get("MessageStructure")
    ids = entry.get("MessageGroupId"), entry.get("MessageDeduplicationId")
    _check_message(topic, message, attributes, structure, *ids)
    return {
        "message": message,
        "subject": entry.get("Subject"),
        "message_attributes": attributes,
        "group_id": ids[0],
        "deduplication_id": ids[1],
        "message_structure": structure,
    }
