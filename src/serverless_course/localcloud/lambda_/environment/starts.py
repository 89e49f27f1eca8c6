"""How many environments start at once on this host.

Lambda gives each Init a full vCPU and 10 s. A host with two has less: 64 Inits at once took more
than 10 s each, were ended, and began again from nothing (measured 2026-11: 63 of 64 timed out).
So while the host's CPUs are taken, environments start one after the other. What waits here waits
for its place, as on Lambda before Init begins: it is no part of the Init Duration.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

LOAD = Path("/proc/loadavg")
# So many threads for each CPU are ready to run, and no further environment starts.
BUSY = 4
POLL_S = 0.02


def ready_to_run() -> int:
    """Threads of this host that run, or would if there were a CPU; 0 where nobody tells."""
    try:
        return int(LOAD.read_text().split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 0


class Starts:
    """``async with starts`` around a start: as many as there are ``cpus`` begin at once.

    Further ones begin in their order, as long as not too much is ready to run: Inits that wait for
    something else than a CPU do not wait for each other.
    """

    def __init__(
        self, cpus: int | None = None, ready_to_run: Callable[[], int] = ready_to_run
    ) -> None:
        self._cpus = cpus or os.cpu_count() or 1
        self._ready_to_run = ready_to_run
        self._starting = 0
        self._line = asyncio.Lock()

    async def __aenter__(self) -> None:
        async with self._line:
            while self._starting >= self._cpus and self._is_busy():
                await asyncio.sleep(POLL_S)
            self._starting += 1

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._starting -= 1

    def _is_busy(self) -> bool:
        return self._ready_to_run() >= BUSY * self._cpus
