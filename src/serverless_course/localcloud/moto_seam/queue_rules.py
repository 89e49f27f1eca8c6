"""What SQS refuses of calls to a queue and moto accepts, or refuses in other words.

Words and codes as recorded from AWS (localstack, test_sqs, 2023 to 2025); limits: SQS Developer
Guide, "Amazon SQS message quotas" (read 2026-11). The words for a visibility timeout out of its
range are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..iam.account import ACCOUNT_ID
from .message_ids import ENTRY_ID
from .queue_refusals import bad_value, refused
from .seam import replace
from .watchers import wrap

MAX_ENTRIES = 10
MAX_VISIBILITY_S = 43_200


def install() -> None:
    """Put the checks into moto. Once for a process is enough."""
    from moto.sqs.models import SQSBackend  # noqa: PLC0415 - moto loads late
    from moto.sqs.responses import SQSResponse  # noqa: PLC0415

    replace(SQSBackend, "delete_message_batch", lambda _: _delete_batch)
    wrap(SQSBackend, "delete_message", _delete)
    wrap(SQSBackend, "change_message_visibility_batch", _change_batch)
    wrap(SQSBackend, "remove_permission", _remove_permission)
    wrap(SQSBackend, "purge_queue", _purge)
    replace(SQSResponse, "_get_queue_name", lambda _: _queue_name)
    wrap(SQSResponse, "get_queue_url", _get_queue_url)
    wrap(SQSResponse, "change_message_visibility", _change_visibility)


def _queue_name(response: Any) -> str:
    """The queue that a request names: by its URL, by the path of it, or by its name.

    Another account's queue is none of ours: it has a name that no queue here can have.
    """
    parts = str(response._get_param("QueueUrl") or response.path).rstrip("/").split("/")
    if len(parts) > 1 and parts[-2] not in ("", ACCOUNT_ID):
        return "/".join(parts[-2:])
    return parts[-1]


def _get_queue_url(original: Any, response: Any) -> Any:
    from moto.sqs.exceptions import QueueDoesNotExist  # noqa: PLC0415 - moto loads late

    if response._get_param("QueueOwnerAWSAccountId") not in (None, "", ACCOUNT_ID):
        raise QueueDoesNotExist
    return original(response)


def check_receive(response: Any) -> None:
    """Refuse the parameters of a ReceiveMessage."""
    wait_s, count = (
        response._get_param(name) for name in ("WaitTimeSeconds", "MaxNumberOfMessages")
    )
    if wait_s is not None and not 0 <= int(wait_s) <= 20:
        raise bad_value(wait_s, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.")
    if count is not None and not 1 <= int(count) <= 10:
        raise bad_value(count, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
    _check_visibility(response._get_param("VisibilityTimeout"))


def _check_visibility(seconds: Any) -> None:
    if seconds is not None and not 0 <= int(seconds) <= MAX_VISIBILITY_S:
        reason = f"Must be between 0 and {MAX_VISIBILITY_S}, if provided."
        raise bad_value(seconds, "VisibilityTimeout", reason)


def _change_visibility(original: Any, response: Any) -> Any:
    _check_visibility(response._get_param("VisibilityTimeout"))
    return original(response)


def check_entries(entries: list[Mapping[str, Any]]) -> None:
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


def _change_batch(original: Any, backend: Any, queue_name: str, entries: list[Any]) -> Any:
    if not entries:
        raise refused(
            "There should be at least one ChangeMessageVisibilityBatchRequestEntry in the request.",
            "AWS.SimpleQueueService.EmptyBatchRequest",
        )
    check_entries(entries)
    return original(backend, queue_name, entries)


def _remove_permission(original: Any, backend: Any, queue_name: str, label: str) -> None:
    statements = backend.get_queue(queue_name)._policy_json["Statement"]
    if not any(each.get("Sid") == label for each in statements):
        raise bad_value(label, "Label", "can't find label.")
    original(backend, queue_name, label)


def _purge(original: Any, backend: Any, queue_name: str) -> None:
    """A purged FIFO queue has forgotten what was sent before (recorded 2022)."""
    queue = backend.get_queue(queue_name)
    with queue._messages_lock:
        original(backend, queue_name)
        queue.__dict__.pop("sent_before", None)


def _delete_batch(
    backend: Any, queue_name: str, receipts: list[Mapping[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Delete each message of a batch; one that is refused fails alone."""
    from moto.sqs.exceptions import SQSException  # noqa: PLC0415 - moto loads late

    check_entries(receipts)
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


def _delete(original: Any, backend: Any, queue_name: str, receipt_handle: str) -> None:
    """A FIFO queue takes no handle whose visibility timeout is over (recorded 2024)."""
    from moto.sqs.exceptions import ReceiptHandleIsInvalid  # noqa: PLC0415 - moto loads late

    queue = backend.get_queue(queue_name)
    if queue.fifo_queue:
        with queue._messages_lock:
            expired = any(
                message.had_receipt_handle(receipt_handle) and message.visible
                for message in queue._messages
            )
        if expired:
            raise bad_value(receipt_handle, "ReceiptHandle", "The receipt handle has expired.")
    try:
        original(backend, queue_name, receipt_handle)
    except ReceiptHandleIsInvalid as error:
        raise no_handle(receipt_handle) from error


def no_handle(receipt_handle: str) -> Exception:
    """The refusal of what no queue gave out as a receipt handle."""
    return refused(
        f'The input receipt handle "{receipt_handle}" is not a valid receipt handle.',
        "ReceiptHandleIsInvalid",
    )
