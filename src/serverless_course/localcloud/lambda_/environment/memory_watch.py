"""Watches the memory of running environments, and ends one that takes more than its size.

One thread for all: a busy event loop must not let a function grow meanwhile. How soon it looks
again follows from how much room is left: an environment far below its limit is seldom looked at.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from .governor import CpuGroup
from .governor.group import resident_bytes

log = logging.getLogger(__name__)

MB = 1024 * 1024
# No program here was seen to touch new memory faster: the kernel has to clear each page.
FASTEST_BYTES_PER_S = 4 * 1024 * MB
SHORTEST_S = 0.003
LONGEST_S = 0.1
NAP_S = 0.01
# So long it stays awake when nothing runs: waking it in each invocation would cost more.
LINGER_S = 1.0
# After a look that failed, in seconds.
TROUBLE_PAUSE_S = 1.0
# Lambda quotas (read 2026-11): processes and threads of an environment.
MAX_PROCESSES = 1024


class MemoryWatch:
    """The thread, and the environments that run now."""

    def __init__(self) -> None:
        self._running: set[Watched] = set()
        self._changed = threading.Condition()
        self._asleep = False
        self._thread: threading.Thread | None = None

    def add(self, watched: Watched) -> None:
        """An environment runs from now on."""
        self._running.add(watched)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="memory-watch", daemon=True)
            self._thread.start()
        elif self._asleep:
            with self._changed:
                self._changed.notify()

    def remove(self, watched: Watched) -> None:
        """It is frozen, or has ended."""
        self._running.discard(watched)

    def _run(self) -> None:
        used = time.monotonic()
        while True:
            now = time.monotonic()
            running = list(self._running)
            for watched in running:
                try:
                    watched.look_if_due(now)
                except Exception:
                    log.exception("the memory of an environment was not looked at")
                    watched.due = now + TROUBLE_PAUSE_S
            if running:
                used = now
            elif now - used > LINGER_S:
                with self._changed:
                    self._asleep = True
                    if not self._running:
                        self._changed.wait()
                    self._asleep = False
                used = time.monotonic()
            soonest = min((watched.due for watched in running), default=now + NAP_S)
            time.sleep(min(NAP_S, max(SHORTEST_S, soonest - now)))


class Watched:
    """The memory of one environment.

    ``overhead_bytes`` counts beside its processes. ``over`` says for what the environment was
    ended: "memory", "processes", or "" when it was not; ``on_over`` is called on the event loop
    when it was.
    """

    def __init__(
        self,
        watch: MemoryWatch,
        group: CpuGroup,
        limit_bytes: int,
        overhead_bytes: int,
        on_over: Callable[[], None],
    ) -> None:
        self.peak_bytes = 0
        self.due = 0.0
        self.over = ""
        self._watch = watch
        self._group = group
        self._limit = limit_bytes
        self._overhead = overhead_bytes
        self._on_over = on_over
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._on = False

    def start(self) -> None:
        """Look from now on: its processes run."""
        self.due = time.monotonic() + self._wait_s(self.peak_bytes)
        self.over = ""
        self._on = True
        self._watch.add(self)

    def stop(self) -> None:
        """Look no more, and end nothing any more: its processes are frozen, or to be ended."""
        with self._lock:
            self._on = False
        self._watch.remove(self)

    def note(self, pids: list[int]) -> None:
        """Remember the highest figure: of the leader, its highest ever; of the others, now."""
        if pids:
            total = self._group.memory_bytes(pids)
            self.peak_bytes = max(self.peak_bytes, total + self._overhead)

    def look_if_due(self, now: float) -> None:
        """Look when it is time to. Called on the watch's thread."""
        if now < self.due:
            return
        with self._lock:
            if not self._on:
                return
            pids = self._group.pids()
            total = self._overhead + sum(resident_bytes(pid) for pid in pids)
            self.peak_bytes = max(self.peak_bytes, total)
            if total > self._limit or len(pids) > MAX_PROCESSES:
                self._on = False
                self.over = "memory" if total > self._limit else "processes"
                self._group.kill()
                self._loop.call_soon_threadsafe(self._on_over)
            self.due = time.monotonic() + self._wait_s(total)

    def _wait_s(self, bytes_now: int) -> float:
        room = max(0, self._limit - bytes_now)
        return min(LONGEST_S, max(SHORTEST_S, room / FASTEST_BYTES_PER_S))
