"""SQS in moto: a look at a queue that costs no call, and repairs to what moto does with one.

moto keeps a queue's messages in a plain list that several worker threads change. What is
repaired here, each held by a contract test:

* receiving, sending and deleting at the same time loses or doubles messages: one lock a queue;
* messages of a FIFO group that become visible again come back out of order;
* a message past its retention period blocks those behind it for ever;
* a FIFO queue's sequence numbers are random, and missing with content-based deduplication;
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

from ..iam.account import ACCOUNT_ID
from . import queue_answers
from .move_requests import MoveRequests
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

    ``wait`` returns when moto is loaded.
    """

    def __init__(self, wait: Callable[[], None] = lambda: None) -> None:
        self._wait = wait
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
        wrap(SQSBackend, "receive_message", _receive_message)
        wrap(SQSBackend, "change_message_visibility", self._change_message_visibility)
        # `_tidy` has seen to it before a message is given out.
        wrap(SQSBackend, "is_message_valid_based_on_retention_period", lambda *_: True)
        queue_answers.install()
        self._moves.install()
        for name, read in _QUICKER.items():
            replace(Queue, name, partial(_as_property, read))

    def _add_message(self, original: Any, queue: Any, message: Any) -> None:
        with queue._messages_lock:
            if queue.fifo_queue and not message.approximate_receive_count:
                message.sequence_number = str(next(self._numbers))
            queue_answers.arrived(queue, message)
            original(queue, message)
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
        if queue.fifo_queue:
            self._watchers.tell((queue.region, queue.name))

    def _change_message_visibility(
        self, original: Any, backend: Any, queue_name: str, *rest: Any, **named: Any
    ) -> None:
        queue = backend.get_queue(queue_name)
        with queue._messages_lock:
            original(backend, queue_name, *rest, **named)
        self._watchers.tell((queue.region, queue.name))


def _readiness(queue: Any, now_ms: float) -> tuple[bool, float | None]:
    blocked = set()
    if queue.fifo_queue:
        blocked = {m.group_id for m in queue._pending_messages if m.visible_at >= now_ms}
    next_ms = None
    for message in queue._messages:
        ready_ms = max(message.visible_at, message.delayed_until)
        if ready_ms >= now_ms:
            next_ms = ready_ms if next_ms is None else min(next_ms, ready_ms)
        elif message.group_id not in blocked or not queue.fifo_queue:
            return True, None
    return False, next_ms


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
    original: Any,
    backend: Any,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    *rest: Any,
    **named: Any,
) -> list[Any]:
    """Receive under the queue's lock; a long poll lets go of it while it waits."""
    queue = backend.get_queue(queue_name)
    until = time.monotonic() + wait_seconds_timeout
    with queue._messages_lock:
        while True:
            _tidy(queue)
            found: list[Any] = original(backend, queue_name, count, 0, *rest, **named)
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
