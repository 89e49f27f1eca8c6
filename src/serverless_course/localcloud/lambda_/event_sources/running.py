"""The pollers that run: one asyncio task for each."""

from __future__ import annotations

import asyncio
from functools import partial

from .consumer import Consumer
from .poller import Poller
from .positions import Positions
from .settings import Settings
from .sources import Sources
from .sqs_poller import SqsPoller
from .stream_poller import StreamPoller


class RunningPollers:
    """Starts and stops pollers by a key of the caller's. Runs on the server's event loop."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._positions: dict[str, Positions] = {}
        self._pollers: dict[str, Poller] = {}
        self._tasks: dict[str, set[asyncio.Task[None]]] = {}

    def start(self, key: str, settings: Settings, consumer: Consumer) -> None:
        """Poll a source, or go on with other settings.

        A queue's poller goes on for the consumer that it has: it is the same under one key. A
        stream's is replaced, and the new one begins where the old one ends.
        """
        running = self._pollers.get(key)
        if isinstance(running, SqsPoller):
            running.settings = settings
            return
        if running is not None:
            running.stop()
        positions = self._positions.setdefault(key, Positions())
        self._pollers[key] = poller = self._sources.poller(settings, consumer, positions)
        before = set(self._tasks.get(key, ()))
        task = asyncio.ensure_future(self._run(poller, before))
        self._tasks.setdefault(key, set()).add(task)
        task.add_done_callback(partial(self._ended, key))

    def stop(self, key: str) -> None:
        """Hand over nothing more; how far a stream was read is kept."""
        poller = self._pollers.pop(key, None)
        if poller is not None:
            poller.stop()

    def forget(self, key: str) -> None:
        """Stop, and forget how far a stream was read."""
        self.stop(key)
        self._positions.pop(key, None)

    async def close(self) -> None:
        """The server ends: stop everything, whatever is in flight."""
        for poller in self._pollers.values():
            await poller.close()
        tasks = [task for found in self._tasks.values() for task in found]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, poller: Poller, before: set[asyncio.Task[None]]) -> None:
        """Run a poller when those under the same key before it have handled their last batch."""
        if before and isinstance(poller, StreamPoller):
            await asyncio.wait(before)
        await poller.run()
        await poller.drained()

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        left = self._tasks.get(key, set()) - {task}
        if left:
            self._tasks[key] = left
        else:
            self._tasks.pop(key, None)
