"""What moto's SQS leaves out of its answers, and what it says too much.

A message that a redrive policy moved says where it came from: ``DeadLetterQueueSourceArn`` (SQS
API reference, ReceiveMessage, read 2026-11). A batch in which nothing failed has no ``Failed``,
and one in which everything failed no ``Successful`` (recorded from AWS, localstack's
``test_sqs_event_source_mapping_batch_size``, 2024), and a queue without tags no ``Tags``
(``test_tag_untag_queue``, 2024).
"""

from __future__ import annotations

from typing import Any

from .queue_rules import check_receive
from .watchers import wrap

SOURCE = "DeadLetterQueueSourceArn"
BATCHES = ("send_message_batch", "delete_message_batch", "change_message_visibility_batch")


def install() -> None:
    """Put the corrections into moto. Once for a process is enough."""
    from moto.sqs.responses import SQSResponse  # noqa: PLC0415 - moto loads late

    wrap(SQSResponse, "list_queue_tags", _list_queue_tags)
    wrap(SQSResponse, "receive_message", _receive_message)
    for name in BATCHES:
        wrap(SQSResponse, name, _batch)


def arrived(queue: Any, message: Any) -> None:
    """A message was put into a queue: a second one means that a redrive policy moved it."""
    before = getattr(message, "held_by", None)
    if before is not None and before != queue.queue_arn:
        message.moved_from = before
    message.held_by = queue.queue_arn


def _receive_message(original: Any, response: Any) -> Any:
    check_receive(response)
    answer = original(response)
    names = {
        *response._get_param("AttributeNames", []),
        *response._get_param("MessageSystemAttributeNames", []),
    }
    if names & {"All", SOURCE}:
        queue = response.sqs_backend.get_queue(response._get_queue_name())
        moved = {
            each.id: each.moved_from for each in queue._messages if hasattr(each, "moved_from")
        }
        for shown in answer.result.get("Messages", []) if moved else ():
            if shown["MessageId"] in moved:
                shown.setdefault("Attributes", {})[SOURCE] = moved[shown["MessageId"]]
    return answer


def _list_queue_tags(original: Any, response: Any) -> Any:
    answer = original(response)
    if not answer.result["Tags"]:
        del answer.result["Tags"]
    return answer


def _batch(original: Any, response: Any) -> Any:
    answer = original(response)
    for name in ("Failed", "Successful"):
        if answer.result.get(name) == []:
            del answer.result[name]
    return answer
