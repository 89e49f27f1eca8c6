"""A response that a runtime streams: one writer, one reader, and little held in between.

Source: Lambda Developer Guide, "Response streaming for Lambda functions", and Lambda quotas (read
2026-11): 200 MB at most; the first 6 MB as fast as they come, what follows at 2 MB a second; a
response goes on when the client has gone.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

MAX_BYTES = 200 * 1024 * 1024
FREE_BYTES = 6 * 1024 * 1024
BYTES_PER_S = 2 * 1024 * 1024
# So much is held before the runtime has to wait, and so much when it goes on. What AWS holds is
# not known.
MOST_HELD, LEAST_HELD = 256 * 1024, 64 * 1024
# The reader is given a part of at most this, so that what is paced comes evenly.
PART = 64 * 1024
# A reader that comes so late, in seconds, may catch up.
SLACK_S = 0.1


class ResponseStream:
    """The response to one event, while it comes.

    ``content_type`` is the runtime's; ``produced`` counts all bytes that came, ``first_at`` is when
    the first did, in seconds since the epoch. ``is_too_large`` tells that bytes beyond the limit
    were thrown away.
    """

    def __init__(self) -> None:
        self.content_type = ""
        self.produced = 0
        self.first_at: float | None = None
        self.has_begun = False
        self.is_abandoned = False
        self._parts: deque[bytes] = deque()
        self._held = 0
        self._has_ended = False
        self._waiting: asyncio.Future[None] | None = None
        self._pause: Callable[[], None] = _nothing
        self._resume: Callable[[], None] = _nothing
        self._sent = 0
        self._due = 0.0

    @property
    def is_too_large(self) -> bool:
        """Whether it had more bytes than AWS takes."""
        return self.produced > MAX_BYTES

    # what writes

    def begin(
        self,
        content_type: str,
        pause: Callable[[], None] | None = None,
        resume: Callable[[], None] | None = None,
    ) -> None:
        """The runtime begins its response; ``pause`` and ``resume`` stop it, and let it go on."""
        self.content_type = content_type
        self._pause, self._resume = pause or _nothing, resume or _nothing
        self.has_begun = True
        self._wake()

    def feed(self, data: bytes) -> None:
        """More of the response."""
        if not data:
            return
        if self.first_at is None:
            self.first_at = time.time()
        room = MAX_BYTES - self.produced
        self.produced += len(data)
        if self.is_abandoned or self._has_ended or room <= 0:
            return
        self._parts.append(data[:room])
        self._held += len(self._parts[-1])
        if self._held >= MOST_HELD:
            self._pause()
        self._wake()

    def end(self) -> None:
        """Nothing more comes, for whatever reason."""
        self._has_ended = True
        self._pause = self._resume = _nothing
        self._wake()

    # what reads

    def abandon(self) -> None:
        """The reader has gone: what comes from now on is thrown away."""
        self.is_abandoned = True
        self._parts.clear()
        self._held = 0
        self._resume()

    async def begun(self) -> bool:
        """Wait until the response begins; whether it did before the end."""
        while not self.has_begun and not self._has_ended:
            await self._wait()
        return self.has_begun

    async def read(self) -> bytes:
        """The next part, at AWS's pace; empty at the end."""
        while not self._parts:
            if self._has_ended:
                return b""
            await self._wait()
        part = self._parts.popleft()
        if len(part) > PART:
            self._parts.appendleft(part[PART:])
            part = part[:PART]
        self._held -= len(part)
        if self._held <= LEAST_HELD:
            self._resume()
        await self._keep_pace(len(part))
        return part

    async def _keep_pace(self, size: int) -> None:
        self._sent += size
        if self._sent <= FREE_BYTES:
            return
        now = time.monotonic()
        self._due = max(self._due, now - SLACK_S) + size / BYTES_PER_S
        if self._due > now:
            await asyncio.sleep(self._due - now)

    async def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


def _nothing() -> None:
    """There is nobody to tell."""
