"""Functions that run while their response is read.

Source: Lambda Developer Guide, "Response streaming for Lambda functions" (read 2026-11): when the
client has gone the function goes on, and is billed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from ..environment.invocation import InvocationResult
from ..environment.response_stream import ResponseStream
from .door import Door
from .request import InvocationRequest, Received


class StreamedInvocation:
    """A request that is under way: first `begun`, then `parts`, then `result`.

    ``received`` is what the door made of it.
    """

    def __init__(
        self, received: Received, stream: ResponseStream, task: asyncio.Task[InvocationResult]
    ) -> None:
        self.received = received
        self._stream = stream
        self._task = task

    @property
    def content_type(self) -> str:
        """What the runtime says of the response, once it has begun."""
        return self._stream.content_type

    async def begun(self) -> bool:
        """Wait until the response begins. False: the function ended without one, see `result`.

        Raises `ServiceError` when the function was not reached.
        """
        if await self._stream.begun():
            return True
        await self.result()
        return False

    async def parts(self) -> AsyncGenerator[bytes]:
        """The response as it comes. To close this says that nobody reads it any more."""
        try:
            while part := await self._stream.read():
                yield part
        finally:
            self._stream.abandon()

    async def read(self) -> bytes:
        """The next part; empty at the end."""
        return await self._stream.read()

    def abandon(self) -> None:
        """Nobody reads the response any more; the function goes on."""
        self._stream.abandon()

    async def result(self) -> InvocationResult:
        """How it ended: the payload is empty, or an error's."""
        return await asyncio.shield(self._task)


class Streams:
    """Starts them, and keeps them until they end, whether somebody reads them or not."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._running: set[asyncio.Task[InvocationResult]] = set()

    def start(self, request: InvocationRequest) -> StreamedInvocation:
        """Run a request. Raises `ServiceError` when the door does not permit it."""
        stream = ResponseStream()
        received = self._door.receive(replace(request, stream=stream))
        permit = self._door.permit(received)
        task = asyncio.ensure_future(self._door.run(received, permit))
        self._running.add(task)

        def ended(task: asyncio.Task[InvocationResult]) -> None:
            self._running.discard(task)
            if not task.cancelled():
                task.exception()
            stream.end()

        task.add_done_callback(ended)
        return StreamedInvocation(received, stream, task)
