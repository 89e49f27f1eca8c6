"""Capacity: how many execution environments this host holds at once, over all functions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .concurrency import throttled


class Capacity:
    """How many environments this host may hold at once, over all functions.

    ``make_room`` ends the environment that has been idle longest, and tells whether there was one.
    """

    def __init__(self, limit: int, make_room: Callable[[], Awaitable[bool]]) -> None:
        self.limit = limit
        self.used = 0
        self._make_room = make_room

    async def take(self) -> None:
        """Count one more environment. Raises a throttle (429) when the host is full."""
        while self.used >= self.limit:
            if not await self._make_room():
                raise throttled(
                    "ConcurrentInvocationLimitExceeded",
                    f"Rate Exceeded. This machine holds {self.limit} execution environments at "
                    "most, and all are busy.",
                )
        self.used += 1

    def give_back(self) -> None:
        """One environment has ended."""
        self.used -= 1
