"""Message move tasks: dead letters on their way back, as SQS moves them.

Source: SQS API Reference, StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask, and
SQS Developer Guide, "Configure a dead-letter queue redrive" and "Troubleshooting dead-letter queue
redrive" (read 2026-11): a message that is moved is a new one, with an identifier and an age of its
own, and goes to the queue that it came from where no destination is named. That a handle is Base64
of JSON: recorded from AWS, localstack's ``test_basic_move_task_workflow``, 2023.
"""

from __future__ import annotations

import base64
import copy
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Messages a second without a limit: SQS says "up to 500".
FASTEST = 500
# The tasks of a queue that are remembered.
REMEMBERED = 10
RUNNING, COMPLETED, FAILED = "RUNNING", "COMPLETED", "FAILED"
CANCELLING, CANCELLED = "CANCELLING", "CANCELLED"
NO_SOURCE = "CouldNotDetermineMessageSource"
NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"
# The queue of an ARN; None when there is none.
Find = Callable[[str], Any]


@dataclass
class MoveTask:
    """``per_second`` is None without a limit, ``destination`` without a named queue; ``to_move`` is
    counted at the start, ``started_ms`` is since the epoch."""

    source: str
    destination: str | None
    per_second: int | None
    to_move: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started_ms: int = field(default_factory=lambda: int(time.time() * 1000))
    moved: int = 0
    status: str = RUNNING
    failure: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def handle(self) -> str:
        """What a cancellation names the task by."""
        told = json.dumps({"taskId": self.id, "sourceArn": self.source}, separators=(",", ":"))
        return base64.b64encode(told.encode()).decode()

    def cancel(self) -> None:
        """Move nothing more."""
        self.status = CANCELLING
        self._stop.set()

    def run(self, find: Find) -> None:
        """Move messages until none is left, at the task's pace."""
        pause_s = 1 / (self.per_second or FASTEST)
        while not self._stop.is_set():
            ended = self._move(find)
            if ended is not None:
                self.status, self.failure = ended
                return
            self.moved += 1
            self._stop.wait(pause_s)
        self.status = CANCELLED

    def _move(self, find: Find) -> tuple[str, str] | None:
        """Move one message; how the task ends, when it does."""
        source = find(self.source)
        if source is None:
            return FAILED, NO_QUEUE
        with source._messages_lock:
            message = next(iter(movable(source)), None)
            if message is None:
                return COMPLETED, ""
            target = self.destination or getattr(message, "moved_from", None)
            if target is None:
                return FAILED, NO_SOURCE
            destination = find(target)
            if destination is None:
                return FAILED, NO_QUEUE
            source._messages.remove(message)
        destination.add_message(_again(message))
        return None


def movable(queue: Any) -> list[Any]:
    """The messages of a queue that nobody has received, in their order."""
    now_ms = time.time() * 1000
    return [
        each
        for each in queue._messages
        if each.visible_at < now_ms and each.delayed_until <= now_ms
    ]


def _again(message: Any) -> Any:
    """A message like one that was received too often, as if it were sent now."""
    from moto.sqs.models import Message  # noqa: PLC0415 - moto loads late

    sent = Message(str(uuid.uuid4()), message.body, copy.copy(message.system_attributes))
    sent.message_attributes = copy.copy(message.message_attributes)
    sent.sender_id = message.sender_id
    sent.group_id = message.group_id
    # The first of its kind may have come less than five minutes ago: it is no duplicate of that.
    sent.deduplication_id = None if message.deduplication_id is None else str(uuid.uuid4())
    sent.mark_sent(delay_seconds=0)
    return sent


class MoveTasks:
    """The newest tasks of each queue. May be used on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, list[MoveTask]] = {}

    def start(self, task: MoveTask, find: Find) -> bool:
        """Begin a task; False when one of the same source runs."""
        with self._lock:
            known = self._found.setdefault(task.source, [])
            if any(each.status in (RUNNING, CANCELLING) for each in known):
                return False
            known.insert(0, task)
            del known[REMEMBERED:]
        threading.Thread(target=task.run, args=(find,), daemon=True, name="message-move").start()
        return True

    def of(self, source: str) -> list[MoveTask]:
        """The tasks of a source, the newest first."""
        with self._lock:
            return list(self._found.get(source, ()))
