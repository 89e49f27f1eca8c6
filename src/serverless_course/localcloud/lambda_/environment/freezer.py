"""The freeze: right after a turn, before anything else reaches the environment."""

from __future__ import annotations

import asyncio

from .log_stream import LogStream
from .processes import Processes
from .runtime_api import RuntimeApi

# After a turn, what left the process tree at its very end is looked for again.
LATE_S = 0.04


class Freezer:
    """Freezes an environment's processes when they are ready, and delivers the log."""

    def __init__(self, processes: Processes, api: RuntimeApi, logs: LogStream) -> None:
        self._processes = processes
        self._api = api
        self._logs = logs
        self._resting: asyncio.Handle | None = None
        self._late: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Freeze as soon as the caller has its answer."""
        self._resting = asyncio.get_running_loop().call_soon(self._rest)

    def now(self) -> None:
        """Freeze at once, if that is to come."""
        if self._resting is not None:
            self._resting.cancel()
            self._rest()

    def _rest(self) -> None:
        self._resting = None
        processes = self._processes
        if processes.runtime is not None:
            processes.group.freeze()
            processes.memory.stop()
            if self._late is None:
                loop = asyncio.get_running_loop()
                self._late = loop.call_later(LATE_S, self._freeze_latecomers)
        self._logs.deliver()

    def _freeze_latecomers(self) -> None:
        """Freeze what left its process tree so shortly before that it was not known yet."""
        self._late = None
        is_idle = self._processes.runtime is not None and self._api.asked
        if is_idle and self._processes.strays():
            self._processes.group.freeze()
