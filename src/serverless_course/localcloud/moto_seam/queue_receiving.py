"""Which messages of a queue a ReceiveMessage takes, and in which order.

Of a FIFO queue a group waits for the earlier ones of its messages alone: one that is in flight
holds back those behind it. Messages of a group come together, and a group that was received and
came back stands behind the others. Sources: SQS Developer Guide, "FIFO queue delivery logic" (read
2026-11); the order as recorded from AWS (localstack, test_fifo_receive_message_group_id_ordering,
test_fifo_receive_message_visibility_timeout_shared_in_group,
test_fifo_receive_message_with_zero_visibility_timeout and
test_fifo_group_visibility_extends_with_change_message_visibility, 2024).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import count as counting
from typing import Any

# Which message was received before which, also where nothing hid it.
_taken = counting(1)


def waiting(queue: Any, now_ms: float) -> Iterator[Any]:
    """The messages that could be received now, the next one first."""
    if not queue.fifo_queue:
        for message in queue._messages:
            if not _hidden(message, now_ms):
                yield message
        return
    blocked: set[Any] = set()
    for message in _by_group(queue._messages):
        if message.group_id in blocked:
            continue
        if _hidden(message, now_ms):
            blocked.add(message.group_id)
        else:
            yield message


def next_ms(queue: Any, now_ms: float) -> float | None:
    """When the next message that is hidden or delayed can be received; None when there is none."""
    return min(
        (
            max(message.visible_at, message.delayed_until)
            for message in queue._messages
            if _hidden(message, now_ms)
        ),
        default=None,
    )


def take(queue: Any, count: int, visibility_s: int, names: list[str], now_ms: float) -> list[Any]:
    """Receive up to ``count`` messages; those received too often go to the dead-letter queue.

    ``names``: the message attributes that are wanted. Called under the queue's lock.
    """
    from moto.sqs.models import _filter_message_attributes  # noqa: PLC0415 - moto loads late

    taken: list[Any] = []
    dead: list[Any] = []
    limit = (queue.redrive_policy or {}).get("maxReceiveCount")
    names = ["All" if name == "*" else name for name in names]
    for message in list(waiting(queue, now_ms)):
        if len(taken) == count:
            break
        if (
            queue.dead_letter_queue is not None
            and limit is not None
            and (message.approximate_receive_count >= limit)
        ):
            dead.append(message)
            continue
        queue._pending_messages.add(message)
        message.mark_received(visibility_timeout=visibility_s)
        message.taken = next(_taken)
        shown = copy(message)
        _filter_message_attributes(shown, names)
        taken.append(shown)
    for message in dead:
        queue._messages.remove(message)
        queue.dead_letter_queue.add_message(message)
    return taken


def _hidden(message: Any, now_ms: float) -> bool:
    return bool(message.visible_at >= now_ms or message.delayed_until > now_ms)


def _by_group(messages: list[Any]) -> list[Any]:
    """Messages by their groups, in order within each: those that came back last stand last."""
    back: dict[Any, tuple[float, int]] = {}
    first: dict[Any, int] = {}
    for place, message in enumerate(messages):
        came_back = message.visible_at, getattr(message, "taken", 0)
        back[message.group_id] = max(back.get(message.group_id, (0.0, 0)), came_back)
        first.setdefault(message.group_id, place)
    return sorted(messages, key=lambda each: (back[each.group_id], first[each.group_id]))
