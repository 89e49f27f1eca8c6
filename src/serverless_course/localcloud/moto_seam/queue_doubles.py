"""FIFO queues: a message that was sent twice within five minutes is kept once.

Source: SQS Developer Guide, "Exactly-once processing in Amazon SQS" and "High throughput for FIFO
queues" (read 2026-11): also after the first one was received and deleted, and the second is
answered with the first one's MessageId; in the scope of the queue, or of the group where
DeduplicationScope says messageGroup. moto forgets a message with its deletion. Five minutes are
real ones. A change of DeduplicationScope takes up to 60 seconds (SQS API Reference,
SetQueueAttributes), here all of them: right after it the old one holds (recorded from AWS,
localstack, test_fifo_change_to_high_throughput_after_creation, 2025).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

DEDUPLICATION_S = 300
PROPAGATION_S = 60


@dataclass(frozen=True)
class Sent:
    """A message that was sent before. ``at``: seconds of the monotonic clock."""

    at: float
    message_id: str
    sequence_number: str


def is_double(queue: Any, message: Any, sequence_number: str) -> bool:
    """Whether a FIFO queue had this message; it gets the first one's ids then.

    A new one is remembered, with the sequence number that it gets. Called under the queue's lock.
    """
    if message.deduplication_id is None:
        message.sequence_number = sequence_number
        return False
    now = time.monotonic()
    known: dict[Any, Sent] = queue.__dict__.setdefault("sent_before", {})
    while known and next(iter(known.values())).at <= now - DEDUPLICATION_S:
        del known[next(iter(known))]
    by_group = _scope(queue, now) == "messageGroup"
    key = (message.group_id if by_group else None, message.deduplication_id)
    before = known.get(key)
    if before is None:
        known[key] = Sent(now, message.id, sequence_number)
        message.sequence_number = sequence_number
        return False
    message.id, message.sequence_number = before.message_id, before.sequence_number
    return True


def note_scope(queue: Any, before: str | None) -> None:
    """A queue's attributes were set; ``before`` is the scope that it had, None for a new one."""
    if before is not None and before != queue.deduplication_scope:
        queue.scope_before = before, time.monotonic() + PROPAGATION_S


def _scope(queue: Any, now: float) -> str:
    before, until = getattr(queue, "scope_before", ("", 0.0))
    return str(before) if now < until else str(queue.deduplication_scope)
