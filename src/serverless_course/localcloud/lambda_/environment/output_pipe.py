"""The pipe that an environment's processes write their output to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable

BLOCK_BYTES = 16 * 1024
# A pipe holds 64 KB on Linux, so this empties it.
DRAIN_BLOCKS = 5
# A flood may take a fifth of the event loop's time: after so long, rest four times as long.
BURST_S = 0.001
REST_FACTOR = 4.0


class OutputPipe:
    """Reads one block at a time, and rests when full ones come without end, so that a function
    that floods its log holds up itself and nobody else. ``take`` gets each block."""

    def __init__(self, read_end: int, take: Callable[[bytes], None]) -> None:
        self._read_end = read_end
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._resting: asyncio.TimerHandle | None = None
        self._spent_s = 0.0
        self._closed = False
        self._loop.add_reader(read_end, self._on_readable)

    def drain(self) -> None:
        """Take what stands in the pipe now, up to what a pipe can hold."""
        for _ in range(DRAIN_BLOCKS):
            if not self._read():
                return

    def close(self) -> None:
        """Drain, and let go of the pipe."""
        if self._closed:
            return
        self.drain()
        self._closed = True
        if self._resting is not None:
            self._resting.cancel()
        self._loop.remove_reader(self._read_end)
        os.close(self._read_end)

    def _on_readable(self) -> None:
        started = time.perf_counter()
        if self._read() < BLOCK_BYTES:
            self._spent_s = 0.0
            return
        self._spent_s += time.perf_counter() - started
        if self._spent_s > BURST_S:
            self._loop.remove_reader(self._read_end)
            self._resting = self._loop.call_later(REST_FACTOR * self._spent_s, self._resume)
            self._spent_s = 0.0

    def _resume(self) -> None:
        self._resting = None
        if not self._closed:
            self._loop.add_reader(self._read_end, self._on_readable)

    def _read(self) -> int:
        """Bytes taken; 0 when there are none now."""
        if self._closed:
            return 0
        try:
            data = os.read(self._read_end, BLOCK_BYTES)
        except (BlockingIOError, OSError):
            return 0
        if not data:
            # Every writer has closed its end: it stays readable for ever.
            with contextlib.suppress(RuntimeError, ValueError):
                self._loop.remove_reader(self._read_end)
            return 0
        self._take(data)
        return len(data)
