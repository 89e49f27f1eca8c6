"""The attributes of topics that SNS refuses and moto accepts.

Source: SNS API Reference, CreateTopic and SetTopicAttributes (read 2026-11). *AttributeName* is
what is recorded from AWS for a subscription's unknown attribute (localstack,
test_validate_set_sub_attributes, 2025), the words for a policy and for content-based deduplication
are quoted in error reports; those for other attributes are ours.
"""

from __future__ import annotations

import json
from typing import Any

from .seam import replace
from .topic_refusals import invalid

FEEDBACK = ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
KNOWN = frozenset(
    {
        *("ArchivePolicy", "ContentBasedDeduplication", "DeliveryPolicy", "DisplayName"),
        *("FifoThroughputScope", "FifoTopic", "KmsMasterKeyId", "Policy", "SignatureVersion"),
        "TracingConfig",
        *(f"{kind}{name}" for kind in ("Application", "Firehose", "HTTP") for name in FEEDBACK),
        *(f"{kind}{name}" for kind in ("Lambda", "SQS") for name in FEEDBACK),
    }
)
VERSIONS = ("1", "2")


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sns.responses import SNSResponse  # noqa: PLC0415 - moto loads late

    replace(SNSResponse, "set_topic_attributes", _set_attributes)
    replace(SNSResponse, "tag_resource", _tag_resource)


def check_new(attributes: dict[str, Any]) -> None:
    """Refuse the attributes of a topic that is to be made."""
    for name, value in attributes.items():
        if name not in KNOWN:
            raise invalid(f"Attributes Reason: Unknown attribute {name}")
        problem = _problem(name, value, fifo=bool(attributes.get("FifoTopic")))
        if problem:
            raise invalid(f"Attributes Reason: {problem}")


def check_tags(tags: list[dict[str, str]]) -> None:
    """Refuse a key that is there twice (recorded: test_tags, 2023)."""
    keys = [tag["Key"] for tag in tags]
    if len(keys) != len(set(keys)):
        raise invalid("Duplicated keys are not allowed.")


def _set_attributes(known: Any) -> Any:
    def set_topic_attributes(response: Any) -> Any:
        topic = response.backend.get_topic(response._get_param("TopicArn"))
        name, value = response._get_param("AttributeName"), response._get_param("AttributeValue")
        if name not in KNOWN - {"FifoTopic"}:
            raise invalid("AttributeName")
        problem = _problem(name, value, fifo=bool(topic.fifo_topic))
        if problem:
            raise invalid(problem)
        return known(response)

    return set_topic_attributes


def _tag_resource(known: Any) -> Any:
    def tag_resource(response: Any) -> Any:
        check_tags(response._get_param("Tags", []))
        return known(response)

    return tag_resource


def _problem(name: str, value: Any, *, fifo: bool) -> str:
    if name == "SignatureVersion" and str(value) not in VERSIONS:
        return f"SignatureVersion is {value}, and must be one of {', '.join(VERSIONS)}"
    if name == "ContentBasedDeduplication" and not fifo and str(value).lower() == "true":
        return "Content-based deduplication can only be set for FIFO topics"
    if name == "Policy" and value and not _is_object(value):
        return "Policy Error: null"
    if name == "DeliveryPolicy" and value and not _is_object(value):
        return "DeliveryPolicy: failed to parse JSON."
    return ""


def _is_object(text: Any) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, TypeError, RecursionError):
        return False
