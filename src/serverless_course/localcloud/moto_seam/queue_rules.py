"""What SQS refuses and moto accepts, or refuses in other words.

Words and codes as recorded from AWS (localstack, test_sqs, 2023 to 2025); limits: SQS Developer
Guide, "Amazon SQS message quotas" (read 2026-11). Not refused: a queue's name again within 60
seconds of its deletion.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from .seam import replace
from .watchers import wrap

MAX_BYTES = 1_048_576
MAX_ENTRIES = 10
ENTRY_ID = re.compile(r"[\w-]{1,80}", re.ASCII)
# ids of groups and for deduplication
_ID = re.compile(f"[a-zA-Z0-9{re.escape(string.punctuation)}]{{1,128}}")
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INVALID_CHARACTERS = (
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
    "#xE000 to #xFFFD | #x10000 to #x10FFFF"
)
FIFO_ONLY = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
KNOWN = frozenset(
    {
        *("DelaySeconds", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize"),
        *("MessageRetentionPeriod", "Policy", "ReceiveMessageWaitTimeSeconds"),
        *("RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout"),
    }
)


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sqs import responses  # noqa: PLC0415 - moto loads late
    from moto.sqs.models import Queue, SQSBackend  # noqa: PLC0415

    replace(Queue, "_set_attributes", _keeping_policy)
    replace(SQSBackend, "create_queue", _create_queue)
    replace(SQSBackend, "_validate_message", lambda _: _check_message)
    replace(SQSBackend, "send_message_batch", _send_batch)
    response = responses.SQSResponse
    wrap(response, "set_queue_attributes", _set_attributes)
    wrap(response, "send_message", _send)
    wrap(SQSBackend, "delete_message", _delete)
    wrap(SQSBackend, "change_message_visibility_batch", _batch)
    replace(SQSBackend, "delete_message_batch", lambda _: _delete_batch)


def refused(message: str, code: str = "InvalidParameterValue") -> Exception:
    """SQS's refusal of a parameter."""
    from moto.sqs.exceptions import SQSException  # noqa: PLC0415 - moto loads late

    return SQSException(code, message)


def _keeping_policy(known: Any) -> Any:
    """moto forgets a queue's policy when another attribute is set."""

    def set_attributes(queue: Any, attributes: Mapping[str, Any], now: Any = None) -> None:
        before = getattr(queue, "_policy_json", None)
        known(queue, attributes, now)
        if before is not None and "Policy" not in attributes:
            queue._policy_json = before

    return set_attributes


def _create_queue(known: Any) -> Any:
    def create_queue(backend: Any, name: str, tags: Any = None, **attributes: Any) -> Any:
        fifo = str(attributes.get("FifoQueue", "")).lower() == "true"
        if "FifoQueue" in attributes and not fifo:
            raise refused("Unknown Attribute FifoQueue.", "InvalidAttributeName")
        if not fifo and name.endswith(".fifo"):
            raise refused(
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in "
                "length"
            )
        given = {key: value for key, value in attributes.items() if key != "region"}
        _check_attributes(given, fifo)
        queue = backend.queues.get(name)
        if queue is not None:
            _check_same(queue, attributes)
        return known(backend, name, tags, **attributes)

    return create_queue


def _check_same(queue: Any, attributes: Mapping[str, Any]) -> None:
    have = queue.attributes
    for key, value in attributes.items():
        if key in ("Policy", "RedrivePolicy", "RedriveAllowPolicy", "region"):
            continue
        if key in have and str(have[key]).lower() != str(value).lower():
            raise refused(
                f"A queue already exists with the same name and a different value for attribute "
                f"{key}",
                "QueueAlreadyExists",
            )


def _check_attributes(attributes: Mapping[str, Any], fifo: bool) -> None:
    for name in attributes:
        if name in FIFO_ONLY and not fifo:
            raise refused(
                f"You can specify the {name} only when FifoQueue is set to true.",
                "InvalidAttributeName",
            )
        if name not in KNOWN and name not in (*FIFO_ONLY, "FifoQueue"):
            raise refused(f"Unknown Attribute {name}.", "InvalidAttributeName")


def _set_attributes(original: Any, response: Any) -> Any:
    queue = response.sqs_backend.get_queue(response._get_queue_name())
    attributes = response._get_param("Attributes", {})
    if "FifoQueue" in attributes and not queue.fifo_queue:
        raise refused("Unknown Attribute FifoQueue.", "InvalidAttributeName")
    _check_attributes(attributes, bool(queue.fifo_queue))
    return original(response)


def check_receive(response: Any) -> None:
    """Refuse the parameters of a ReceiveMessage."""
    wait_s, count = (
        response._get_param(name) for name in ("WaitTimeSeconds", "MaxNumberOfMessages")
    )
    if wait_s is not None and not 0 <= int(wait_s) <= 20:
        raise refused(
            f"Value {wait_s} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= "
            "20, if provided."
        )
    if count is not None and not 1 <= int(count) <= 10:
        raise refused(
            f"Value {count} for parameter MaxNumberOfMessages is invalid. Reason: Must be between "
            "1 and 10, if provided."
        )


def _send(original: Any, response: Any) -> Any:
    queue = response.sqs_backend.get_queue(response._get_queue_name())
    body = response._get_param("MessageBody")
    if not body:
        raise refused("The request must contain the parameter MessageBody.", "MissingParameter")
    if _NOT_ALLOWED.search(body):
        raise refused(INVALID_CHARACTERS, "InvalidMessageContents")
    _check_size(queue, body, response._get_param("MessageAttributes", {}))
    return original(response)


def _check_size(queue: Any, body: str, attributes: Mapping[str, Any]) -> None:
    if message_size(body, attributes) > queue.maximum_message_size:
        raise refused(
            "One or more parameters are invalid. Reason: Message must be shorter than "
            f"{queue.maximum_message_size} bytes."
        )


def message_size(body: str, attributes: Mapping[str, Any]) -> int:
    """Bytes of a message with its attributes: names, types and values."""
    total = len(body.encode())
    for name, attribute in attributes.items():
        value = attribute.get("StringValue") or attribute.get("BinaryValue") or b""
        value = value.encode() if isinstance(value, str) else value
        total += len(name.encode()) + len(str(attribute.get("DataType", ""))) + len(value)
    return total


def _check_id(name: str, value: str | None) -> None:
    if value is not None and not _ID.fullmatch(value):
        raise refused(
            f"Value {value} for parameter {name} is invalid. Reason: {name} can only include "
            "alphanumeric and punctuation characters. 1 to 128 in length."
        )


def _check_message(
    _: Any,
    queue: Any,
    message_body: str,
    delay_seconds: int,
    deduplication_id: str | None = None,
    group_id: str | None = None,
    validate_group_id: bool = True,
) -> None:
    """Refuse a message. The parameters' names are moto's."""
    _check_id("MessageGroupId", group_id)
    _check_id("MessageDeduplicationId", deduplication_id)
    if not queue.fifo_queue:
        if deduplication_id is not None:
            raise refused(
                f"Value {deduplication_id} for parameter MessageDeduplicationId is invalid. "
                "Reason: The request includes a parameter that is not valid for this queue type."
            )
        return
    if group_id is None:
        raise refused("The request must contain the parameter MessageGroupId.", "MissingParameter")
    if deduplication_id is None and queue.attributes.get("ContentBasedDeduplication") != "true":
        raise refused(
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly"
        )
    if delay_seconds > 0:
        raise refused(
            f"Value {delay_seconds} for parameter DelaySeconds is invalid. Reason: The request "
            "include parameter that is not valid for this queue type."
        )


def _check_entries(entries: list[Mapping[str, Any]]) -> None:
    """Refuse a batch as a whole."""
    from moto.sqs import exceptions  # noqa: PLC0415 - moto loads late

    if len(entries) > MAX_ENTRIES:
        raise exceptions.TooManyEntriesInBatchRequest(len(entries))
    if not all(ENTRY_ID.fullmatch(entry["Id"]) for entry in entries):
        raise exceptions.InvalidBatchEntryId
    seen: set[str] = set()
    for entry in entries:
        if entry["Id"] in seen:
            raise exceptions.BatchEntryIdsNotDistinct(entry["Id"])
        seen.add(entry["Id"])


def _batch(original: Any, backend: Any, queue_name: str, entries: list[Any]) -> Any:
    _check_entries(entries)
    return original(backend, queue_name, entries)


def _delete_batch(
    backend: Any, queue_name: str, receipts: list[Mapping[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Delete each message of a batch; one that is refused fails alone."""
    from moto.sqs.exceptions import SQSException  # noqa: PLC0415 - moto loads late

    _check_entries(receipts)
    done: list[str] = []
    failed: list[dict[str, Any]] = []
    for entry in receipts:
        try:
            backend.delete_message(queue_name, entry["ReceiptHandle"])
            done.append(entry["Id"])
        except SQSException as error:
            told = {"Code": error.code, "Message": error.message}
            failed.append({"Id": entry["Id"], "SenderFault": True, **told})
    return done, failed


def _send_batch(known: Any) -> Any:
    def send_message_batch(backend: Any, queue_name: str, entries: Any) -> Any:
        queue = backend.get_queue(queue_name)
        listed = list(entries.values())
        _check_entries(listed)
        total = sum(message_size(each["MessageBody"], each["MessageAttributes"]) for each in listed)
        if total > MAX_BYTES:
            raise refused(
                f"Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {total} "
                "bytes.",
                "AWS.SimpleQueueService.BatchRequestTooLong",
            )
        for each in listed:
            if queue.fifo_queue and each.get("MessageGroupId") is None:
                raise refused("The request must contain the parameter MessageGroupId.")
            _check_size(queue, each["MessageBody"], each["MessageAttributes"])
        bad = [each for each in listed if _NOT_ALLOWED.search(each["MessageBody"])]
        good = {key: each for key, each in entries.items() if each not in bad}
        sent, failed = known(backend, queue_name, good) if good else ([], [])
        refusals = [
            {
                "Id": each["Id"],
                "SenderFault": True,
                "Code": "InvalidMessageContents",
                "Message": INVALID_CHARACTERS,
            }
            for each in bad
        ]
        return sent, [*failed, *refusals]

    return send_message_batch


def _delete(original: Any, backend: Any, queue_name: str, receipt_handle: str) -> None:
    """A FIFO queue takes no handle whose visibility timeout is over (recorded 2024)."""
    queue = backend.get_queue(queue_name)
    if queue.fifo_queue:
        with queue._messages_lock:
            expired = any(
                message.had_receipt_handle(receipt_handle) and message.visible
                for message in queue._messages
            )
        if expired:
            raise refused(
                f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: The "
                "receipt handle has expired."
            )
    original(backend, queue_name, receipt_handle)
