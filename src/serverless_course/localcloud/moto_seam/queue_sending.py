"""What SQS refuses of messages that are sent, alone or in a batch, and moto accepts.

Words and codes as recorded from AWS (localstack, test_sqs, 2023 to 2025); limits: SQS Developer
Guide, "Amazon SQS message quotas" (read 2026-11).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from .message_ids import id_problem
from .queue_message_attributes import (
    NOT_ALLOWED,
    check_attributes,
    check_name,
    check_system_attributes,
)
from .queue_refusals import bad_value, bad_value_text, refused
from .queue_rules import check_entries
from .seam import replace
from .watchers import wrap

MAX_BYTES = 1_048_576
MAX_DELAY_S = 900
INVALID_CHARACTERS = (
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
    "#xE000 to #xFFFD | #x10000 to #x10FFFF"
)
BAD_DELAY = f"DelaySeconds must be >= 0 and <= {MAX_DELAY_S}."


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sqs.models import Message, SQSBackend  # noqa: PLC0415 - moto loads late
    from moto.sqs.responses import SQSResponse  # noqa: PLC0415

    replace(Message, "validate_attribute_name", lambda _: staticmethod(check_name))
    replace(SQSBackend, "_validate_message", lambda _: _check_message)
    replace(SQSBackend, "send_message_batch", lambda _: _send_batch)
    replace(SQSBackend, "send_message", _queue_delay)
    wrap(SQSResponse, "send_message", _send)


def _send(original: Any, response: Any) -> Any:
    queue = response.sqs_backend.get_queue(response._get_queue_name())
    body = response._get_param("MessageBody")
    if not body:
        raise refused("The request must contain the parameter MessageBody.", "MissingParameter")
    if NOT_ALLOWED.search(body):
        raise refused(INVALID_CHARACTERS, "InvalidMessageContents")
    attributes = response._get_param("MessageAttributes", {})
    check_attributes(attributes)
    system = response._get_param("MessageSystemAttributes") or {}
    check_system_attributes(system)
    if message_size(body, attributes) > queue.maximum_message_size:
        raise refused(f"One or more parameters are invalid. Reason: {_too_large(queue)}")
    answer = original(response)
    if system:
        answer.result["MD5OfMessageSystemAttributes"] = _md5(system)
    return answer


def _md5(attributes: Mapping[str, Any]) -> str:
    from moto.sqs.models import Message  # noqa: PLC0415 - moto loads late

    message: Any = Message("", "")
    message.message_attributes = dict(attributes)
    return str(message.attribute_md5)


def _too_large(queue: Any) -> str:
    return f"Message must be shorter than {queue.maximum_message_size} bytes."


def _queue_delay(known: Any) -> Any:
    """A FIFO queue's own delay holds for a message whose DelaySeconds is 0 (recorded 2025)."""
    signature = inspect.signature(known)

    def send_message(*given: Any, **named: Any) -> Any:
        call = signature.bind(*given, **named)
        queue = call.arguments["self"].get_queue(call.arguments["queue_name"])
        if queue.fifo_queue and not call.arguments.get("delay_seconds"):
            call.arguments["delay_seconds"] = None
        return known(*call.args, **call.kwargs)

    send_message.__signature__ = signature  # type: ignore[attr-defined]
    return send_message


def message_size(body: str, attributes: Mapping[str, Any]) -> int:
    """Bytes of a message with its attributes: names, types and values."""
    total = len(body.encode())
    for name, attribute in attributes.items():
        value = attribute.get("StringValue") or attribute.get("BinaryValue") or b""
        value = value.encode() if isinstance(value, str) else value
        total += len(name.encode()) + len(str(attribute.get("DataType", ""))) + len(value)
    return total


def _check_id(name: str, value: str | None) -> None:
    problem = "" if value is None else id_problem(name, value)
    if problem:
        raise bad_value(value, name, problem)


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
    if not 0 <= delay_seconds <= MAX_DELAY_S:
        raise bad_value(delay_seconds, "DelaySeconds", BAD_DELAY)
    if not queue.fifo_queue:
        if deduplication_id is not None:
            reason = "The request includes a parameter that is not valid for this queue type."
            raise bad_value(deduplication_id, "MessageDeduplicationId", reason)
        return
    if group_id is None:
        raise refused("The request must contain the parameter MessageGroupId.", "MissingParameter")
    if deduplication_id is None and queue.attributes.get("ContentBasedDeduplication") != "true":
        raise refused(
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly"
        )
    if delay_seconds > 0:
        reason = "The request include parameter that is not valid for this queue type."
        raise bad_value(delay_seconds, "DelaySeconds", reason)


def _send_batch(
    backend: Any, queue_name: str, entries: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Any], list[dict[str, Any]]]:
    """Send each message of a batch; one that is too large or holds what is not allowed fails alone.

    moto forgets the entries' system attributes.
    """
    queue = backend.get_queue(queue_name)
    listed = list(entries.values())
    check_entries(listed)
    _check_batch(backend, queue, listed)
    sent: list[Any] = []
    failed: list[dict[str, Any]] = []
    for each in listed:
        refusal = _refusal(queue, each)
        if refusal is not None:
            failed.append({"Id": each["Id"], "SenderFault": True, **refusal})
            continue
        message = backend.send_message(
            queue_name,
            each["MessageBody"],
            message_attributes=each["MessageAttributes"],
            delay_seconds=each["DelaySeconds"],
            group_id=each.get("MessageGroupId"),
            deduplication_id=each.get("MessageDeduplicationId"),
            system_attributes=each.get("MessageSystemAttributes"),
        )
        message.user_id = each["Id"]
        sent.append(message)
    return sent, failed


def _check_batch(backend: Any, queue: Any, listed: list[Mapping[str, Any]]) -> None:
    for place, each in enumerate(listed, 1):
        if not each.get("MessageBody"):
            member = f"SendMessageBatchRequestEntry.{place}.MessageBody"
            raise refused(f"The request must contain the parameter {member}.", "MissingParameter")
        check_attributes(each["MessageAttributes"])
        check_system_attributes(each.get("MessageSystemAttributes") or {})
    total = sum(message_size(each["MessageBody"], each["MessageAttributes"]) for each in listed)
    if total > MAX_BYTES:
        raise refused(
            f"Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {total} bytes.",
            "AWS.SimpleQueueService.BatchRequestTooLong",
        )
    for each in listed:
        if queue.fifo_queue and each.get("MessageGroupId") is None:
            raise refused("The request must contain the parameter MessageGroupId.")
        backend._validate_message(
            queue,
            each["MessageBody"],
            0 if _bad_delay(each) else int(each["DelaySeconds"] or 0),
            each.get("MessageDeduplicationId"),
            each.get("MessageGroupId"),
        )


def _bad_delay(entry: Mapping[str, Any]) -> bool:
    return not 0 <= int(entry["DelaySeconds"] or 0) <= MAX_DELAY_S


def _refusal(queue: Any, entry: Mapping[str, Any]) -> dict[str, str] | None:
    """Why a message of a batch fails alone; None when it does not."""
    invalid = "InvalidParameterValue"
    if NOT_ALLOWED.search(entry["MessageBody"]):
        return {"Code": "InvalidMessageContents", "Message": INVALID_CHARACTERS}
    if message_size(entry["MessageBody"], entry["MessageAttributes"]) > queue.maximum_message_size:
        text = f"One or more parameters cannot be validated. Reason: {_too_large(queue)}"
        return {"Code": invalid, "Message": text}
    if _bad_delay(entry):
        text = bad_value_text(entry["DelaySeconds"], "DelaySeconds", BAD_DELAY)
        return {"Code": invalid, "Message": text}
    return None
