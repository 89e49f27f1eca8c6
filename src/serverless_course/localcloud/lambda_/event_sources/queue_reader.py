"""A mapping's queue, read with the credentials of the function's role."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Protocol

from ...moto_seam.queues import Queues, QueueState

# SQS: at most ten messages in a ReceiveMessage or DeleteMessageBatch call.
CALL_MOST = 10


class QueueReader(Protocol):
    """What a poller needs of its queue."""

    def look(self) -> QueueState | None:
        """What the queue is like now, without a call; None when there is no such queue."""

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed``, on any thread, when there may be more; gives the undo."""

    async def receive(self, most: int) -> list[dict[str, Any]]:
        """ReceiveMessage, without waiting. Raises botocore's ClientError."""

    async def delete(self, receipt_handles: list[str]) -> None:
        """DeleteMessageBatch. Raises botocore's ClientError."""


class SqsQueue:
    """An SQS queue. ``make_client`` gives a client with the role's credentials; it may block."""

    def __init__(
        self,
        queues: Queues,
        make_client: Callable[[], Any],
        threads: Executor,
        endpoint: str,
        arn: str,
    ) -> None:
        _, _, _, self._region, account, self._name = arn.split(":")
        self._url = f"{endpoint}/{account}/{self._name}"
        self._queues = queues
        self._make_client = make_client
        self._threads = threads

    def look(self) -> QueueState | None:
        return self._queues.look(self._region, self._name)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._queues.watch(self._region, self._name, changed)

    async def receive(self, most: int) -> list[dict[str, Any]]:
        answer = await self._call(
            "receive_message",
            MaxNumberOfMessages=min(most, CALL_MOST),
            WaitTimeSeconds=0,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    async def delete(self, receipt_handles: list[str]) -> None:
        for start in range(0, len(receipt_handles), CALL_MOST):
            part = receipt_handles[start : start + CALL_MOST]
            entries = [
                {"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(part)
            ]
            await self._call("delete_message_batch", Entries=entries)

    async def _call(self, operation: str, **parameters: Any) -> Any:
        def work() -> Any:
            return getattr(self._make_client(), operation)(QueueUrl=self._url, **parameters)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
