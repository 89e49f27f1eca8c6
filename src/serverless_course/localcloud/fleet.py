"""The fleet: all environments of one function version, and its concurrency.

An environment handles one event at a time. An idle one is reused, the most recently used
first; with none idle a new one is made, until a limit throttles the call.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from .environment import Event, ExecutionEnvironment, Outcome
from .errors import ServiceError
from .function_version import FunctionVersion

# Published ages at which real environments were found gone: 8 % after 300 s, 43 % after 315 s,
# 94 % after 345 s, all after 360 s (EuroSys '26 data, measured 2025).
IDLE_END_S = (300.0, 360.0)


class Capacity:
    """How many environments this host may hold at once, over all functions."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def take(self) -> None:
        """Count one more environment. Raises a throttle (429) when the host is full."""
        if self.used >= self.limit:
            raise throttled(
                "ConcurrentInvocationLimitExceeded",
                f"Rate Exceeded. This machine holds {self.limit} execution environments at most.",
            )
        self.used += 1

    def give_back(self) -> None:
        self.used -= 1


class Fleet:
    """Environments of one function version. ``make`` builds a new, uninitialised one."""

    def __init__(
        self,
        version: FunctionVersion,
        capacity: Capacity,
        make: Callable[[FunctionVersion], ExecutionEnvironment],
    ) -> None:
        self.version = version
        self.last_used = time.monotonic()
        self._capacity = capacity
        self._make = make
        self._idle: list[ExecutionEnvironment] = []
        self._all: set[ExecutionEnvironment] = set()
        self._busy = 0
        self._retired = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> int:
        """Invocations that are running now."""
        return self._busy

    @property
    def size(self) -> int:
        """Environments that exist now."""
        return len(self._all)

    async def invoke(self, event: Event) -> Outcome:
        """Run one event in an environment of this fleet. Raises a throttle (429) at the limit."""
        reserved = self.version.reserved_concurrency
        if reserved is not None and self._busy >= reserved:
            raise throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        self._busy += 1
        try:
            environment = await self._take()
            try:
                outcome = await environment.invoke(event)
            except BaseException:
                await self._end(environment)
                raise
            environment.logs.deliver()
            self._put_back(environment)
            return outcome
        finally:
            self._busy -= 1
            self.last_used = time.monotonic()

    async def end_idle(self, now: float, after_s: tuple[float, float] = IDLE_END_S) -> None:
        """End environments that have been idle for as long as AWS keeps them."""
        for environment in list(self._idle):
            if now - environment.idle_since > random.uniform(*after_s):  # noqa: S311
                self._idle.remove(environment)
                await self._end(environment)

    async def retire(self) -> None:
        """End every idle environment now and every busy one after its event."""
        self._retired = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(self._end(environment) for environment in idle))

    async def close(self) -> None:
        """End every environment, busy or not."""
        self._retired = True
        self._idle = []
        await asyncio.gather(*(self._end(environment) for environment in list(self._all)))

    async def _take(self) -> ExecutionEnvironment:
        if self._idle:
            return self._idle.pop()
        self._capacity.take()
        environment = self._make(self.version)
        self._all.add(environment)
        try:
            await environment.initialise()
        except BaseException:
            await self._end(environment)
            raise
        return environment

    def _put_back(self, environment: ExecutionEnvironment) -> None:
        if self._retired:
            self._tasks.add(task := asyncio.ensure_future(self._end(environment)))
            task.add_done_callback(self._tasks.discard)
        else:
            self._idle.append(environment)

    async def _end(self, environment: ExecutionEnvironment) -> None:
        if environment in self._all:
            self._all.discard(environment)
            self._capacity.give_back()
            await environment.close()


def throttled(reason: str, message: str = "Rate Exceeded.") -> ServiceError:
    """AWS's answer to a call over a concurrency limit."""
    return ServiceError(
        "TooManyRequestsException",
        message,
        429,
        fields={"Reason": reason, "Type": "User"},
        headers={"Retry-After": "0"},
    )
