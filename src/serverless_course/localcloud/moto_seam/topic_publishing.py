"""What SNS refuses of messages that are published, alone or in a batch, and moto accepts.

Words and codes as recorded from AWS (localstack, test_sns, 2023 to 2025), those of an empty batch
and of an entry's Id as in the SNS API Reference, PublishBatch, which has the sizes as well (read
2026-11). The words for an id of a group or for deduplication are ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..wire.errors import ServiceError
from .message_attributes import attributes_problem
from .message_ids import ENTRY_ID, id_problem
from .seam import replace
from .topic_delivery import last_sequence_number
from .topic_refusals import check_arn, invalid

MAX_MESSAGE_BYTES = 262_144
MAX_SUBJECT = 100
MAX_ENTRIES = 10
NO_TELEPHONES = (
    "The embedded cloud sends no text messages to telephones. Use an AWS account for it."
)


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sns.responses import SNSResponse  # noqa: PLC0415 - moto loads late

    replace(SNSResponse, "_transform_message_attributes", _checked_attributes)
    replace(SNSResponse, "publish", _publish)
    replace(SNSResponse, "publish_batch", _publish_batch)


def _checked_attributes(known: Any) -> Any:
    def transform(response: Any, attributes: Mapping[str, Any]) -> Any:
        from moto.sns.exceptions import SNSException  # noqa: PLC0415 - moto loads late

        _check_types(attributes, "")
        problem = attributes_problem(attributes)
        if problem:
            raise SNSException("ParameterValueInvalid", problem)
        return known(response, attributes)

    return transform


def _check_types(attributes: Mapping[str, Any], place: str) -> None:
    """Refuse an attribute without a type (recorded: test_empty_or_wrong_message_attributes)."""
    from moto.sns.exceptions import SNSException  # noqa: PLC0415 - moto loads late

    for name, each in attributes.items():
        if each.get("DataType") is None:
            raise SNSException(
                "ValidationError",
                f"1 validation error detected: Value null at '{place}messageAttributes.{name}."
                "member.dataType' failed to satisfy constraint: Member must not be null",
            )


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
    for name, value in (
        ("MessageGroupId", group_id),
        ("MessageDeduplicationId", deduplication_id),
    ):
        problem = id_problem(name, value) if value else ""
        if problem:
            raise invalid(f"{name} Reason: {problem}")
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
            raise ServiceError("NotImplemented", NO_TELEPHONES, 501)
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
        if not entries:
            text = "The batch request doesn't contain any entries."
            raise exceptions.SNSException("EmptyBatchRequest", text)
        if len(entries) > MAX_ENTRIES:
            raise exceptions.TooManyEntriesInBatchRequest
        if len({entry["Id"] for entry in entries}) != len(entries):
            raise exceptions.BatchEntryIdsNotDistinct
        if not all(ENTRY_ID.fullmatch(entry["Id"]) for entry in entries):
            text = "The Id of a batch entry in a batch request doesn't abide by the specification."
            raise exceptions.SNSException("InvalidBatchEntryId", text)
        for number, entry in enumerate(entries, 1):
            place = f"publishBatchRequestEntries.{number}.member."
            _check_types(entry.get("MessageAttributes", {}), place)
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
