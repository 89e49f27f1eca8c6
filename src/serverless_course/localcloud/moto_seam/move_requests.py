"""StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask on moto's SQS.

The words of refusals are as recorded from AWS (localstack's ``test_sqs_move_task``, 2023), but for
the ranges of numbers, one queue for both ends, and queues of two kinds: those are ours.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .message_moves import RUNNING, MoveTask, MoveTasks, movable
from .seam import add

NO_QUEUE = "The resource that you specified for the {} parameter doesn't exist."
NO_TASK = "Task does not exist."
NOT_RUNNING = "The task is not running."
NO_HANDLE = "Value for parameter TaskHandle is invalid."
NO_DEAD_LETTERS = "Source queue must be configured as a Dead Letter Queue."
ONE_AT_A_TIME = (
    "There is already a task running. Only one active task is allowed for a source queue arn at a "
    "given time."
)
SAME = "Source queue arn and destination queue arn cannot be same."
OTHER_KIND = "The source and the destination must both be FIFO queues, or both be standard queues."
OUT_OF_RANGE = "Value {} for parameter {} is invalid. Reason: Must be between 1 and {}."
MOST_A_SECOND, MOST_RESULTS = 500, 10
Given = dict[str, Any]


class MoveRequests:
    """Answers the three operations."""

    def __init__(self) -> None:
        self._tasks = MoveTasks()

    def install(self) -> None:
        """Give moto's SQS the operations, which it has as stubs or not at all."""
        from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
        from moto.sqs.responses import SQSResponse  # noqa: PLC0415

        def answering(operation: Callable[[Given, Any], Given]) -> Callable[[Any], Any]:
            return lambda response: ActionResult(
                operation(response._get_params(), response.sqs_backend)
            )

        for name, operation in (
            ("start_message_move_task", self._start),
            ("list_message_move_tasks", self._list),
            ("cancel_message_move_task", self._cancel),
        ):
            add(SQSResponse, name, answering(operation))

    def _start(self, given: Given, backend: Any) -> Given:
        arn, target = given["SourceArn"], given.get("DestinationArn") or None
        source = self._queue(arn, "SourceArn")
        if not any(each.dead_letter_queue is source for each in list(backend.queues.values())):
            raise _invalid(NO_DEAD_LETTERS)
        if target is not None:
            destination = self._queue(target, "DestinationArn")
            if destination is source:
                raise _invalid(SAME)
            if destination.fifo_queue != source.fifo_queue:
                raise _invalid(OTHER_KIND)
        rate = _number(given, "MaxNumberOfMessagesPerSecond", MOST_A_SECOND)
        with source._messages_lock:
            to_move = len(movable(source))
        task = MoveTask(arn, target, rate, to_move)
        if not self._tasks.start(task, find_queue):
            raise _invalid(ONE_AT_A_TIME)
        return {"TaskHandle": task.handle}

    def _list(self, given: Given, backend: Any) -> Given:
        self._queue(given["SourceArn"], "SourceArn")
        most = _number(given, "MaxResults", MOST_RESULTS) or 1
        return {"Results": [_told(each) for each in self._tasks.of(given["SourceArn"])[:most]]}

    def _cancel(self, given: Given, backend: Any) -> Given:
        task_id, source = _read(given["TaskHandle"])
        self._queue(source, "SourceArn")
        task = next((each for each in self._tasks.of(source) if each.id == task_id), None)
        if task is None:
            raise _missing(NO_TASK)
        if task.status != RUNNING:
            raise _invalid(NOT_RUNNING)
        task.cancel()
        return {"ApproximateNumberOfMessagesMoved": task.moved}

    def _queue(self, arn: str, member: str) -> Any:
        found = find_queue(arn)
        if found is None:
            raise _missing(NO_QUEUE.format(member))
        return found


def find_queue(arn: str) -> Any:
    """The queue of an ARN in moto; None when there is none."""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

    service, region, account, name = (*arn.split(":"), *[""] * 6)[2:6]
    if service != "sqs" or account != ACCOUNT_ID:
        return None
    return sqs_backends[ACCOUNT_ID][region].queues.get(name)


def _told(task: MoveTask) -> Given:
    told = {
        "TaskHandle": task.handle if task.status == RUNNING else None,
        "Status": task.status,
        "SourceArn": task.source,
        "DestinationArn": task.destination,
        "MaxNumberOfMessagesPerSecond": task.per_second,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "FailureReason": task.failure or None,
        "StartedTimestamp": task.started_ms,
    }
    return {name: value for name, value in told.items() if value is not None}


def _read(handle: str) -> tuple[str, str]:
    """The task and the source that a handle names."""
    try:
        told = json.loads(base64.b64decode(handle, validate=True))
        return str(told["taskId"]), str(told["sourceArn"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise _invalid(NO_HANDLE) from error


def _number(given: Given, member: str, most: int) -> int | None:
    value = given.get(member)
    if value is None:
        return None
    if not 1 <= int(value) <= most:
        raise _invalid(OUT_OF_RANGE.format(value, member, most))
    return int(value)


def _invalid(text: str) -> Exception:
    from moto.sqs.exceptions import InvalidParameterValue  # noqa: PLC0415 - moto loads late

    refusal: Exception = InvalidParameterValue(text)
    return refusal


def _missing(text: str) -> ServiceError:
    code = "ResourceNotFoundException"
    return ServiceError(code, text, 404, headers={"x-amzn-query-error": f"{code};Sender"})
