"""Who gets what a poller reads: a function by its event source mapping, or a pipe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class Outcome(Protocol):
    """What came of a batch. ``function_error`` is AWS's FunctionError word, "" for a success;
    ``payload`` is the answer, which may name failed items."""

    @property
    def payload(self) -> bytes: ...

    @property
    def function_error(self) -> str: ...


# Hands over records with the trace header that they carry. Raises `ServiceError` when they were not
# taken: then they are handed over again, and it counts as no attempt.
Invoke = Callable[[list[dict[str, Any]], str], Awaitable[Outcome]]


class Consumer(Protocol):
    """What a poller asks of the one that it reads for. Runs on the server's event loop, but for
    `role`, which may run on any thread."""

    def role(self) -> tuple[str, str]:
        """The ARN of the role that reads the source, and the name of its sessions.

        Raises `ServiceError` when there is none any more.
        """

    async def invoke(self, records: list[dict[str, Any]], trace: str = "") -> Outcome:
        """Take a batch. Raises `ServiceError` when it was not taken, as `Invoke` says."""

    def context(self, condition: str, result: Outcome | None, invocations: int) -> dict[str, Any]:
        """What the record of discarded records says of who could not handle them, and why."""

    def tell(self, result: str) -> None:
        """How a batch of a stream ended, in the words of LastProcessingResult."""

    def undelivered(self) -> None:
        """The record of discarded records did not reach its destination."""
