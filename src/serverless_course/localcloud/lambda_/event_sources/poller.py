"""What all pollers do alike: wait, pause, stop, and let go of what is in flight."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection


class Waiter:
    """Something that waits for news until it is stopped. Used on one event loop."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._stopped = asyncio.Event()

    def wake(self) -> None:
        """There may be something to do."""
        self._changed.set()

    def stop(self) -> None:
        """Hand over nothing more from now on; what the function has already runs to its end."""
        self._stopped.set()
        self._changed.set()

    async def _wait(self, seconds: float | None) -> None:
        """Wait until something has changed, or for this many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    async def _pause(self, seconds: float) -> None:
        """Wait for this many seconds, or until stopped."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)


class Poller(Waiter):
    """One mapping's poller. A subclass polls in `run`, and says which tasks are in flight."""

    async def run(self) -> None:
        """Poll until stopped."""
        raise NotImplementedError

    def _in_flight(self) -> Collection[asyncio.Task[None]]:
        raise NotImplementedError

    def _waker(self) -> Callable[[], None]:
        """`wake`, to be called on any thread."""
        loop = asyncio.get_running_loop()

        def changed() -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.wake)

        return changed

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        while tasks := self._in_flight():
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """The server ends: let go of what is in flight."""
        self.stop()
        for task in self._in_flight():
            task.cancel()
        await self.drained()
