"""SQS in moto: a look at a queue that costs no call, and repairs to what moto does with one.

moto keeps a queue's messages in a plain list that several worker threads change. What is
repaired here, each held by a contract test:

* receiving, sending and deleting at the same time loses or doubles messages: one lock a queue;
* messages of a FIFO group that become visible again come back out of order;
* a message past its retention period blocks those behind it for ever;
* a FIFO queue's sequence numbers are random, and missing with content-based deduplication, and a
  message that was deleted is forgotten (`queue_doubles`);
* one message in flight holds back the whole group, also those before it (`queue_receiving`);
* each call asks every message several times whether it is visible, and each time for the clock:
  with a thousand messages a batch of ten takes a third of a second.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..cloudwatch.metrics.store import MetricStores
from ..iam.account import ACCOUNT_ID
from . import queue_answers, queue_attributes, queue_refusals, queue_rules, queue_sending
from .move_requests import MoveRequests
from .queue_doubles import is_double
from .queue_metrics import QueueMetrics
from .queue_receiving import next_ms, take, waiting
from .seam import replace
from .watchers import Watchers, wrap

# SQS's sequence numbers have 20 digits and grow by 256.
FIRST_SEQUENCE_NUMBER = 18_849_496_460_467_696_128
SEQUENCE_STEP = 256
MILLISECOND_S = 0.001


@dataclass(frozen=True)
class QueueState:
    """What a look at a queue shows.

    ``ready``: a message could be received now. ``next_s``: seconds until one that is hidden or
    delayed now may be; None when there is none. ``visibility_timeout_s``: the queue's own.
    """

    ready: bool
    next_s: float | None
    visibility_timeout_s: int
    fifo: bool


class Queues:
    """moto's queues of all regions, by region and name. May be used on any thread.

    ``wait`` returns when moto is loaded; ``stores`` get SQS's metrics.
    """

    def __init__(
        self, wait: Callable[[], None] = lambda: None, stores: MetricStores | None = None
    ) -> None:
        self._wait = wait
        self.metrics = QueueMetrics(stores or MetricStores())
        self._watchers = Watchers()
        self._moves = MoveRequests()
        self._numbers = itertools.count(FIRST_SEQUENCE_NUMBER, SEQUENCE_STEP)

    def watch(self, region: str, name: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed``, on any thread, when messages may have become ready; gives the undo."""
        return self._watchers.add((region, name), changed)

    def look(self, region: str, name: str) -> QueueState | None:
        """The state of a queue; None when there is no such queue."""
        self._wait()
        from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

        queue: Any = sqs_backends[ACCOUNT_ID][region].queues.get(name)
        if queue is None:
            return None
        with queue._messages_lock:
            now_ms = _now_ms()
            ready, next_ms = _readiness(queue, now_ms)
        next_s = None if next_ms is None else max(0.0, next_ms - now_ms) / 1000 + MILLISECOND_S
        return QueueState(ready, next_s, queue.visibility_timeout, queue.fifo_queue)

    def install(self) -> None:
        """Put the repairs and the watchers into moto. Once for a process is enough."""
        from moto.sqs.models import Queue, SQSBackend  # noqa: PLC0415 - moto loads late

        wrap(Queue, "add_message", self._add_message)
        wrap(Queue, "delete_message", self._delete_message)
        wrap(SQSBackend, "receive_message", self._receive_message)
        wrap(SQSBackend, "change_message_visibility", self._change_message_visibility)
        queue_answers.install()
        queue_attributes.install()
        queue_rules.install()
        queue_sending.install()
        self._moves.install()
        for name, read in _QUICKER.items():
            replace(Queue, name, partial(_as_property, read))

    def _add_message(self, _: Any, queue: Any, message: Any) -> None:
        with queue._messages_lock:
            queue_answers.arrived(queue, message)
            # What a redrive policy moves is not sent again.
            is_new = not message.approximate_receive_count
            number = str(next(self._numbers)) if queue.fifo_queue and is_new else ""
            if number and is_double(queue, message, number):
                return
            queue._messages.append(message)
            queue._messages_lock.notify_all()
        if is_new:
            self.metrics.sent(queue, message)
        self._watchers.tell((queue.region, queue.name))

    def _delete_message(self, original: Any, queue: Any, receipt_handle: str) -> None:
        with queue._messages_lock:
            found = [each for each in queue._messages if _had(each, receipt_handle)]
            if not found:
                # Deleted before, or never given out: moto tells them apart.
                original(queue, receipt_handle)
            for message in found:
                queue._messages.remove(message)
                queue._pending_messages.discard(message)
                queue.deleted_messages.update(message.all_receipt_handles)
        self.metrics.deleted(queue, len(found))
        if queue.fifo_queue:
            self._watchers.tell((queue.region, queue.name))

    def _receive_message(self, original: Any, backend: Any, queue_name: str, *rest: Any) -> Any:
        found = _receive_message(original, backend, queue_name, *rest)
        self.metrics.received(backend.get_queue(queue_name), len(found))
        return found

    def _change_message_visibility(
        self, original: Any, backend: Any, queue_name: str, *rest: Any, **named: Any
    ) -> None:
        queue = backend.get_queue(queue_name)
        from moto.sqs.exceptions import ReceiptHandleIsInvalid  # noqa: PLC0415 - moto loads late

        with queue._messages_lock:
            try:
                original(backend, queue_name, *rest, **named)
            except ReceiptHandleIsInvalid as error:
                handle = named.get("receipt_handle") or next(iter(rest), "")
                if handle not in queue.deleted_messages:
                    raise queue_rules.no_handle(handle) from error
                reason = "Message does not exist or is not available for visibility timeout change."
                raise queue_refusals.bad_value(handle, "ReceiptHandle", reason) from error
        self._watchers.tell((queue.region, queue.name))


def _readiness(queue: Any, now_ms: float) -> tuple[bool, float | None]:
    if any(True for _ in waiting(queue, now_ms)):
        return True, None
    return False, next_ms(queue, now_ms)


def _as_property(read: Callable[[Any], Any], _: Any) -> property:
    return property(read)


def _visible(queue: Any) -> list[Any]:
    now_ms = _now_ms()
    return [m for m in queue._messages if m.visible_at < now_ms and m.delayed_until <= now_ms]


def _count_delayed(queue: Any) -> int:
    now_ms = _now_ms()
    return sum(message.delayed_until > now_ms for message in queue._messages)


def _count_hidden(queue: Any) -> int:
    now_ms = _now_ms()
    return sum(message.visible_at >= now_ms for message in queue._messages)


_QUICKER: dict[str, Callable[[Any], Any]] = {
    "messages": _visible,
    "approximate_number_of_messages": lambda queue: len(_visible(queue)),
    "approximate_number_of_messages_delayed": _count_delayed,
    "approximate_number_of_messages_not_visible": _count_hidden,
}


def _had(message: Any, receipt_handle: str) -> bool:
    return receipt_handle == message.receipt_handle or (
        receipt_handle in message._old_receipt_handles
    )


def _now_ms() -> float:
    from moto.core.utils import unix_time_millis  # noqa: PLC0415 - moto loads late

    return float(unix_time_millis())


def _receive_message(
    _: Any,
    backend: Any,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Any]:
    """Receive under the queue's lock; a long poll lets go of it while it waits."""
    queue = backend.get_queue(queue_name)
    until = time.monotonic() + wait_seconds_timeout
    names = message_attribute_names or []
    with queue._messages_lock:
        while True:
            _tidy(queue)
            found = take(queue, count, visibility_timeout, names, _now_ms())
            left_s = until - time.monotonic()
            if found or left_s <= 0:
                return found
            queue._messages_lock.wait(min(left_s, _next_look_s(queue)))


def _next_look_s(queue: Any) -> float:
    now_ms = _now_ms()
    _, next_ms = _readiness(queue, now_ms)
    return 1.0 if next_ms is None else min(1.0, max(0.0, next_ms - now_ms) / 1000 + MILLISECOND_S)


def _tidy(queue: Any) -> None:
    """Forget who had received what is visible again, and drop what is kept too long."""
    now_ms = _now_ms()
    again = [message for message in queue._pending_messages if message.visible_at < now_ms]
    queue._pending_messages.difference_update(again)
    oldest_ms = now_ms - queue.message_retention_period * 1000
    if any(message.sent_timestamp <= oldest_ms for message in queue._messages):
        queue._messages = [m for m in queue._messages if m.sent_timestamp > oldest_ms]
