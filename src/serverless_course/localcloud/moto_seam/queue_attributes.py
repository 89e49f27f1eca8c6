"""What SQS refuses of a queue's name and attributes and moto accepts, and how it keeps them.

Words and codes as recorded from AWS (localstack, test_sqs, 2023 to 2025); ranges: SQS API
Reference, CreateQueue and SetQueueAttributes (read 2026-11). That a value out of its range is
*Invalid value for the parameter …*: error reports, 2016 to 2025. Not refused: a queue's name again
within 60 seconds of its deletion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .queue_doubles import note_scope
from .queue_redrive import check_allow_policy, set_up_redrive
from .queue_refusals import refused
from .seam import replace
from .watchers import wrap

NAME = re.compile(r"[\w-]{1,80}", re.ASCII)
NAME_RULE = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
FIFO = ".fifo"
FIFO_ONLY = ("DeduplicationScope", "FifoThroughputLimit")
RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
CHOICES = {
    "ContentBasedDeduplication": ("true", "false"),
    "DeduplicationScope": ("messageGroup", "queue"),
    "FifoQueue": ("true", "false"),
    "FifoThroughputLimit": ("perMessageGroupId", "perQueue"),
    "SqsManagedSseEnabled": ("true", "false"),
}
KNOWN = frozenset(
    {*RANGES, *CHOICES, "KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy"}
)
ONE_ENCRYPTION = (
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS "
    "SSE or SQS SSE."
)
# Of the policy that AddPermission begins.
POLICY_VERSION = "2008-10-17"


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sqs.models import Queue, SQSBackend  # noqa: PLC0415 - moto loads late
    from moto.sqs.responses import SQSResponse  # noqa: PLC0415

    replace(Queue, "BASE_ATTRIBUTES", _with_allow_policy)
    replace(Queue, "_set_attributes", _keeping)
    replace(Queue, "_setup_dlq", lambda _: set_up_redrive)
    replace(SQSBackend, "create_queue", _create_queue)
    replace(SQSBackend, "list_queues", lambda _: _list_queues)
    wrap(SQSResponse, "set_queue_attributes", _set_attributes)


def _with_allow_policy(known: Any) -> list[str]:
    return [*known, "RedriveAllowPolicy"]


def _list_queues(backend: Any, queue_name_prefix: str | None) -> list[Any]:
    """moto takes the prefix for a regular expression."""
    prefix = queue_name_prefix or ""
    return [queue for name, queue in list(backend.queues.items()) if name.startswith(prefix)]


def _keeping(known: Any) -> Any:
    """moto forgets a queue's policy when another attribute is set."""

    def set_attributes(queue: Any, attributes: Mapping[str, Any], now: Any = None) -> None:
        before, scope = (
            getattr(queue, name, None) for name in ("_policy_json", "deduplication_scope")
        )
        known(queue, attributes, now)
        note_scope(queue, scope)
        if before is not None and "Policy" not in attributes:
            queue._policy_json = before
        elif not queue._policy_json.get("Statement"):
            queue._policy_json["Version"] = POLICY_VERSION
        queue.created_timestamp = int(queue.created_timestamp)
        queue.last_modified_timestamp = int(queue.last_modified_timestamp)
        queue.redrive_allow_policy = getattr(queue, "redrive_allow_policy", None) or None
        if attributes.get("KmsMasterKeyId"):
            queue.sqs_managed_sse_enabled = False

    return set_attributes


def _create_queue(known: Any) -> Any:
    def create_queue(backend: Any, name: str, tags: Any = None, **attributes: Any) -> Any:
        given = {key: value for key, value in attributes.items() if key != "region"}
        fifo = _is_true(given.get("FifoQueue"))
        if "FifoQueue" in given and not fifo:
            raise _unknown("FifoQueue")
        stem = name.removesuffix(FIFO) if fifo else name
        if not NAME.fullmatch(stem) or len(name) > 80:
            raise refused(NAME_RULE)
        check_attributes(given, fifo=fifo)
        queue = backend.queues.get(name)
        if queue is not None:
            _check_same(queue, given)
        return known(backend, name, tags, **attributes)

    return create_queue


def _check_same(queue: Any, attributes: Mapping[str, Any]) -> None:
    have = queue.attributes
    for key, value in attributes.items():
        if key in ("Policy", "RedrivePolicy", "RedriveAllowPolicy"):
            continue
        if key in have and str(have[key]).lower() != str(value).lower():
            raise refused(
                f"A queue already exists with the same name and a different value for attribute "
                f"{key}",
                "QueueAlreadyExists",
            )


def _set_attributes(original: Any, response: Any) -> Any:
    queue = response.sqs_backend.get_queue(response._get_queue_name())
    attributes = response._get_param("Attributes", {})
    if "FifoQueue" in attributes:
        if not queue.fifo_queue:
            raise _unknown("FifoQueue")
        if not _is_true(attributes["FifoQueue"]):
            raise _invalid("FifoQueue", "Modifying queue type is not supported.")
    check_attributes(attributes, fifo=bool(queue.fifo_queue))
    if _is_true(attributes.get("SqsManagedSseEnabled")) and queue.kms_master_key_id:
        key = attributes.get("KmsMasterKeyId", queue.kms_master_key_id)
        if key:
            raise refused(ONE_ENCRYPTION, "InvalidAttributeName")
    return original(response)


def check_attributes(attributes: Mapping[str, Any], *, fifo: bool) -> None:
    """Refuse attributes that a queue does not take, or not with these values."""
    for name, value in attributes.items():
        if name in FIFO_ONLY and not fifo:
            raise refused(
                f"You can specify the {name} only when FifoQueue is set to true.",
                "InvalidAttributeName",
            )
        if name not in KNOWN or (name == "ContentBasedDeduplication" and not fifo):
            raise _unknown(name)
        _check_value(name, value)
    if attributes.get("KmsMasterKeyId") and _is_true(attributes.get("SqsManagedSseEnabled")):
        raise refused(ONE_ENCRYPTION, "InvalidAttributeName")


def _check_value(name: str, value: Any) -> None:
    text = str(value)
    if name in RANGES:
        low, high = RANGES[name]
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise _invalid(name)
    elif name in CHOICES:
        if text.lower() not in map(str.lower, CHOICES[name]):
            raise _invalid(name)
    elif name == "Policy" and value and not _is_object(text):
        raise _invalid(name)
    elif name == "RedriveAllowPolicy" and value:
        check_allow_policy(text)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _unknown(name: str) -> Exception:
    return refused(f"Unknown Attribute {name}.", "InvalidAttributeName")


def _invalid(name: str, reason: str = "") -> Exception:
    told = f" Reason: {reason}" if reason else ""
    return refused(f"Invalid value for the parameter {name}.{told}", "InvalidAttributeValue")
