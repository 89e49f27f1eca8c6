"""Runs functions for services that wait only so long: API Gateway, Elastic Load Balancing."""

from __future__ import annotations

import asyncio

from ..environment.invocation import InvocationResult
from ..registry import Found
from .door import Door
from .request import InvocationRequest


class TimedOut(Exception):
    """The function has not answered in time; it goes on."""


class WaitedInvocations:
    """Goes through the one door. Belongs to the event loop."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._running: set[asyncio.Task[InvocationResult]] = set()

    async def run(
        self, found: Found, event: bytes, trace: str, timeout_s: float
    ) -> InvocationResult:
        """Run a function. Raises `TimedOut`, or Lambda's `ServiceError`."""
        received = self._door.receive(InvocationRequest(found, event, trace))
        task = asyncio.ensure_future(self._door.run(received))
        self._running.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=timeout_s)
        if not task.done():
            raise TimedOut
        return task.result()

    def _ended(self, task: asyncio.Task[InvocationResult]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            # Whoever waited has it; what timed out, nobody asks for.
            task.exception()
