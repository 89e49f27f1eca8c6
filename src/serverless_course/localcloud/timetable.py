"""A timetable: many things that wait for their time, with one timer for all of them."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# So many have their turn before the loop may do something else.
AT_ONCE = 200
# What is due within so many seconds of now has its turn together: a loop's turn is not free.
GRAIN_S = 0.005


class Timetable(Generic[T]):
    """Hands each thing to ``turn`` when it is due, in the order of their times.

    While ``full()`` is true nobody has a turn; whoever makes room calls `wake`. Times are those
    of the event loop, in seconds.
    """

    def __init__(self, turn: Callable[[T], None], full: Callable[[], bool]) -> None:
        self._turn = turn
        self._full = full
        self._heap: list[tuple[float, int, T]] = []
        self._numbers = itertools.count()
        self._alarm: asyncio.Handle | None = None
        self._alarm_at = 0.0
        self._closed = False

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, thing: T, due: float) -> None:
        """Let a thing wait until ``due``."""
        heapq.heappush(self._heap, (due, next(self._numbers), thing))
        self.wake()

    def wake(self) -> None:
        """See to it that the first has its turn when it is due."""
        if self._closed or not self._heap or self._full():
            return
        due = self._heap[0][0]
        if self._alarm is not None:
            if self._alarm_at <= due:
                return
            self._alarm.cancel()
        self._alarm_at = due
        loop = asyncio.get_running_loop()
        now = loop.time()
        if due <= now:
            self._alarm = loop.call_soon(self._ring)
        else:
            self._alarm = loop.call_at(max(due, now + GRAIN_S), self._ring)

    def close(self) -> None:
        """Nobody has a turn any more."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._heap.clear()

    def _ring(self) -> None:
        self._alarm = None
        now = asyncio.get_running_loop().time()
        try:
            for _ in range(AT_ONCE):
                if not self._heap or self._heap[0][0] > now or self._full():
                    break
                self._turn(heapq.heappop(self._heap)[2])
        finally:
            # One that fails must not stop the others.
            self.wake()
