"""The fleet: all environments of one function version.

An environment handles one event at a time. An idle one is reused, the most recently used
first; with none idle a new one is made, until a limit throttles the call.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from typing import Any

from ...wire.errors import ServiceError
from ..environment.environment import (
    ON_DEMAND,
    PROVISIONED,
    Event,
    ExecutionEnvironment,
    InvocationResult,
)
from ..function_version import FunctionVersion
from ..registry import FunctionRecord
from .capacity import Capacity
from .concurrency import RegionConcurrency

# Published ages at which real environments were found gone: 8 % after 300 s, 43 % after 315 s,
# 94 % after 345 s, all after 360 s (EuroSys '26 data, measured 2025).
IDLE_END_S = (300.0, 360.0)
# How often Lambda tries to initialise a provisioned environment before it gives up.
PROVISION_ATTEMPTS = 3

Make = Callable[[FunctionVersion, str], ExecutionEnvironment]


class Permit:
    """Leave for one event to begin now. It is used once, or released.

    ``environment`` is a provisioned one that is kept for the event; without one the event is
    counted in its function's concurrency, and ``is_unreserved`` says in which part of it.
    """

    __slots__ = ("_fleet", "_released", "environment", "is_provisioned", "is_unreserved")

    def __init__(
        self, fleet: Fleet, environment: ExecutionEnvironment | None, is_unreserved: bool = False
    ) -> None:
        self.environment = environment
        self.is_provisioned = environment is not None
        self.is_unreserved = is_unreserved
        self._fleet = fleet
        self._released = False

    async def run(self, event: Event) -> InvocationResult:
        """Run the event. Raises a throttle (429) when this host is full."""
        return await self._fleet.run(self, event)

    def release(self) -> None:
        """Give the permit back; more than once does no harm."""
        if not self._released:
            self._released = True
            self._fleet.release(self)


class Fleet:
    """Environments of one function version. ``make`` builds a new, uninitialised one."""

    def __init__(
        self,
        version: FunctionVersion,
        record: FunctionRecord,
        concurrency: RegionConcurrency,
        capacity: Capacity,
        make: Make,
    ) -> None:
        self.version = version
        self._record = record
        self._concurrency = concurrency
        self._capacity = capacity
        self._make = make
        self._idle: list[ExecutionEnvironment] = []
        self._provisioned: list[ExecutionEnvironment] = []
        self._wanted_provisioned = 0
        self._provisioning = asyncio.Lock()
        self._all: set[ExecutionEnvironment] = set()
        self._retired = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def size(self) -> int:
        """Environments that exist now."""
        return len(self._all)

    @property
    def ready_provisioned(self) -> int:
        """Provisioned environments that wait for an event now."""
        return len(self._provisioned)

    @property
    def longest_idle_since(self) -> float | None:
        """When the on-demand environment that is idle longest became idle; None without one."""
        return min((each.idle_since for each in self._idle), default=None)

    def permit(self) -> Permit:
        """Let one event begin: in a provisioned environment that waits, or on demand.

        Raises a throttle (429) at a concurrency limit.
        """
        self._end_avoided()
        if self._provisioned:
            return Permit(self, self._provisioned.pop())
        return Permit(self, None, self._concurrency.enter(self._record))

    async def run(self, permit: Permit, event: Event) -> InvocationResult:
        """Run one event. Raises a throttle (429) when this host is full."""
        try:
            environment = permit.environment or await self._take()
            permit.environment = None
            return await self._run(environment, event)
        finally:
            permit.release()

    def release(self, permit: Permit) -> None:
        """An event has ended, or does not begin after all."""
        if permit.environment is not None:
            self._put_back(permit.environment)
            permit.environment = None
        elif not permit.is_provisioned:
            self._concurrency.leave(self._record, permit.is_unreserved)

    async def provision(self, number: int) -> int:
        """Keep ``number`` environments initialised before any call; how many there are now.

        Changes of mind take their turns: each waits until the one before it is done.
        Raises a throttle (429) when the host is full; what was made before stays.
        """
        async with self._provisioning:
            self._wanted_provisioned = number
            while len(self._provisioned) > number:
                await self._end(self._provisioned.pop())
            missing = number - sum(each.initialization_type == PROVISIONED for each in self._all)
            made = await asyncio.gather(
                *(self._provision_one() for _ in range(missing)), return_exceptions=True
            )
            self._provisioned += [each for each in made if isinstance(each, ExecutionEnvironment)]
            for each in made:
                if isinstance(each, BaseException):
                    raise each
            return sum(each.initialization_type == PROVISIONED for each in self._all)

    async def end_idle(self, now: float, after_s: tuple[float, float] = IDLE_END_S) -> None:
        """End environments that have been idle for as long as AWS keeps them."""
        for environment in list(self._idle):
            # While another one ended, this one may have been given an event.
            waits = environment in self._idle
            if waits and now - environment.idle_since > random.uniform(*after_s):  # noqa: S311
                self._idle.remove(environment)
                await self._end(environment)

    async def end_longest_idle(self) -> None:
        """End the on-demand environment that has been idle longest, to make room for another."""
        if self._idle:
            environment = min(self._idle, key=lambda each: each.idle_since)
            self._idle.remove(environment)
            await self._end(environment)

    async def retire(self) -> None:
        """End every idle environment now and every busy one after its event."""
        self._retired = True
        idle, self._idle = [*self._idle, *self._provisioned], []
        self._provisioned = []
        await asyncio.gather(*(self._end(environment) for environment in idle))

    async def close(self) -> None:
        """End every environment, busy or not."""
        self._retired = True
        self._idle = []
        self._provisioned = []
        await asyncio.gather(*(self._end(environment) for environment in list(self._all)))

    async def _run(self, environment: ExecutionEnvironment, event: Event) -> InvocationResult:
        try:
            result = await environment.invoke(event)
        except BaseException:
            await self._end(environment)
            raise
        self._put_back(environment)
        return result

    async def _take(self) -> ExecutionEnvironment:
        if self._idle:
            return self._idle.pop()
        environment = await self._new(ON_DEMAND)
        try:
            await environment.initialise()
        except BaseException:
            await self._end(environment)
            raise
        return environment

    def _end_avoided(self) -> None:
        """End what waits in a zone that is known to have failed; provisioned ones are made anew."""
        for waiting in (self._idle, self._provisioned):
            for environment in [each for each in waiting if each.avoided]:
                waiting.remove(environment)
                self._later(self._end(environment))
                if waiting is self._provisioned:
                    self._later(self._replenish())

    async def _replenish(self) -> None:
        # On a full host it stays at what there is; the next change tries again.
        with contextlib.suppress(ServiceError):
            await self.provision(self._wanted_provisioned)

    async def _provision_one(self) -> ExecutionEnvironment | None:
        for _ in range(PROVISION_ATTEMPTS):
            if self._retired:
                return None
            environment = await self._new(PROVISIONED)
            try:
                ready = await environment.initialise()
            except BaseException:
                await self._end(environment)
                raise
            if ready and not self._retired:
                environment.logs.deliver()
                return environment
            await self._end(environment)
        return None

    async def _new(self, initialization_type: str) -> ExecutionEnvironment:
        await self._capacity.take()
        try:
            environment = self._make(self.version, initialization_type)
        except BaseException:
            self._capacity.give_back()
            raise
        self._all.add(environment)
        return environment

    def _put_back(self, environment: ExecutionEnvironment) -> None:
        is_provisioned = environment.initialization_type == PROVISIONED
        too_many = is_provisioned and len(self._provisioned) >= self._wanted_provisioned
        if self._retired or too_many or environment.avoided:
            self._later(self._end(environment))
            if is_provisioned and not (self._retired or too_many):
                self._later(self._replenish())
        elif is_provisioned:
            self._provisioned.append(environment)
        else:
            self._idle.append(environment)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(task := asyncio.ensure_future(work))
        task.add_done_callback(self._tasks.discard)

    async def _end(self, environment: ExecutionEnvironment) -> None:
        if environment in self._all:
            self._all.discard(environment)
            self._capacity.give_back()
            await environment.close()
