"""The event queue of asynchronous invocation: every event waits, runs, and ends somewhere.

A function error or time-out is tried again after one minute, then two. A throttle (429) or a
system error is no attempt: the event waits 1 s, 2 s, 4 s … up to 5 minutes and tries again,
until it is too old. All of this runs on the scaled clock. Reserved concurrency 0 sends an event
to its end at once. Sources: Lambda Developer Guide, "How Lambda handles errors and retries with
asynchronous invocation" and "Configuring reserved concurrency" (read 2026-11); an event whose
next retry would come after its maximum age ends without it: recorded on AWS in 2025-11
(localstack/localstack, test_lambda_destinations.snapshot.json, test_maxeventage); pauses after
throttles: a public measurement of 2025 saw tries at about 16.6, 32.8 and 67.9 s.

What AWS's documentation leaves open, and what is done here:

* A function, version or alias that is gone when its event's turn comes answers 404, and that
  counts as an attempt (reported of AWS in 2026 by radkawar/stackd); the settings last seen still
  hold. One that was made again under the same name meanwhile gets the event.
* A function that is Pending, Inactive or Failed answers 409: the event waits as for a throttle.
* Events live in memory: those that wait when the server ends are gone.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from ...clock import ScaledClock
from ...timetable import Timetable
from ...wire.errors import ServiceError
from ..environment.invocation import InvocationResult
from ..registry import Found, Registry
from . import loop_detection
from .async_event import AsyncEvent, AsyncSettings, Condition
from .door import Door
from .fleet import Permit
from .lambda_namespace import MILLISECONDS
from .request import Received

log = logging.getLogger(__name__)

# Pauses in AWS's seconds.
RETRY_S = 60.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
# Each pause is up to this much longer, so that events that were refused together part.
JITTER = 0.15
# "If the queue contains many entries, Lambda increases the retry interval" (Developer Guide): the
# refused events of all functions together try at most so often in a real second.
TRIES_PER_S = 2000.0


class Destinations(Protocol):
    """Where events go that left the queue: the outbox."""

    def put(self, event: AsyncEvent) -> None:
        """Deliver what is to be told. Never raises."""

    async def close(self) -> None:
        """Finish what is under way."""


class EventQueue:
    """Everything here runs on the server's event loop; ``put`` never waits.

    At most ``max_running`` events run at once: what this host can hold of environments. The
    others wait in a timetable for their next try, without a task of their own.
    """

    def __init__(
        self,
        door: Door,
        registry: Registry,
        clock: ScaledClock,
        destinations: Destinations,
        max_running: int,
    ) -> None:
        self._door = door
        self._metrics = door.metrics
        self._registry = registry
        self._clock = clock
        self._destinations = destinations
        self._waiting = Timetable(self._turn, lambda: len(self._running) >= max_running)
        self._running: set[asyncio.Task[None]] = set()
        self._durable: set[asyncio.Task[None]] = set()
        self._refused = 0

    @property
    def waiting(self) -> int:
        """Events that wait for their first or next try."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Events in an environment now."""
        return len(self._running)

    def put(self, received: Received) -> None:
        """Take an event that the door has received.

        One that closes a recursive loop ends at once, unless the function allows it.
        """
        if received.segment is not None:
            received.segment.accepted()
        found = received.request.found
        now = asyncio.get_running_loop().time()
        event = AsyncEvent(received, now, AsyncSettings.of(found))
        self._metrics.note(event.resource, "AsyncEventsReceived")
        if received.loops:
            event.last = loop_detection.stopped()
            self._end(event, Condition.RECURSION)
        elif received.version_durable is not None:
            self._begin_durable(event)
        elif found.record.reserved == 0:
            self._end(event, Condition.ZERO_CONCURRENCY)
        else:
            self._waiting.put(event, event.accepted)

    async def close(self) -> None:
        """Stop: running events are given up, deliveries under way finish."""
        self._waiting.close()
        tasks = self._running | self._durable
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._destinations.close()

    # one try

    def _turn(self, event: AsyncEvent) -> None:
        try:
            self._try(event)
        except Exception as error:
            self._broken(event, error)

    def _broken(self, event: AsyncEvent, error: Exception) -> None:
        """A bug here, or a host at its limits: Lambda would call it a system error."""
        log.exception("request %s could not be run; it is tried again", event.request_id)
        self._refuse(event, ServiceError("ServiceException", str(error), 500))

    def _try(self, event: AsyncEvent) -> None:
        if event.refusals:
            self._refused -= 1
        record = self._registry.region(event.region).functions.get(event.name)
        if record is None or not record.has(event.qualifier):
            gone = f"Function not found: {event.qualified_arn}"
            self._failed(event, ServiceError("ResourceNotFoundException", gone, 404))
            return
        found = Found(record, event.qualifier)
        event.settings = AsyncSettings.of(found)
        if record.reserved == 0:
            self._end(event, Condition.ZERO_CONCURRENCY)
        elif asyncio.get_running_loop().time() >= self._deadline(event):
            self._end(event, Condition.AGE_EXCEEDED)
        else:
            self._begin(event, found)

    def _begin(self, event: AsyncEvent, found: Found) -> None:
        """Run the event now, if its function's concurrency permits it.

        The version drawn when the event came runs its first attempt; each retry draws again.
        """
        received = self._door.receive_again(event.received, found, keep_version=event.is_drawn)
        event.received = replace(received, attempt=event.attempts + 1)
        event.is_drawn = True
        if event.received.version_durable is not None:
            self._begin_durable(event)
            return
        try:
            permit = self._door.permit(event.received)
        except ServiceError as refusal:
            self._refuse(event, refusal)
            return
        self._running.add(task := asyncio.ensure_future(self._run(event, permit)))
        task.add_done_callback(partial(self._done, permit))

    def _begin_durable(self, event: AsyncEvent) -> None:
        """Start a durable execution at once: throttles are a matter of its own invocations.

        It mostly waits, so it takes no place of those that run, and ends in its own time.
        """
        event.is_drawn = True
        self._durable.add(task := asyncio.ensure_future(self._run(event, None)))
        task.add_done_callback(self._durable.discard)

    def _done(self, permit: Permit, task: asyncio.Task[None]) -> None:
        # A task that was cancelled before it began has used nothing.
        permit.release()
        self._running.discard(task)
        self._waiting.wake()

    async def _run(self, event: AsyncEvent, permit: Permit | None) -> None:
        age_s = self._clock.aws_s(asyncio.get_running_loop().time() - event.accepted)
        self._metrics.note(event.resource, "AsyncEventAge", age_s * 1000, MILLISECONDS)
        try:
            if permit is None:
                result = await self._door.run_durable(event.received)
            else:
                result = await self._door.run(event.received, permit)
        except ServiceError as refusal:
            self._refuse(event, refusal)
            return
        except Exception as error:
            self._broken(event, error)
            return
        if result.function_error:
            self._failed(event, result)
            return
        event.attempts += 1
        event.last = result
        self._end(event, Condition.SUCCESS)

    # how a try can end

    def _failed(self, event: AsyncEvent, last: InvocationResult | ServiceError) -> None:
        """The function failed, or no longer exists: try again after a minute, then after two."""
        event.attempts += 1
        event.refusals = 0
        event.is_drawn = False
        event.last = last
        # A durable execution has ended once and for all; its own retries were within it.
        ended = event.received.version_durable is not None
        if ended or event.attempts > event.settings.max_retries:
            self._end(event, Condition.RETRIES_EXHAUSTED)
            return
        pause_s = self._clock.real_s(RETRY_S * event.attempts)
        due = asyncio.get_running_loop().time() + pause_s
        if due >= self._deadline(event):
            self._end(event, Condition.AGE_EXCEEDED)
        else:
            self._waiting.put(event, due)

    def _refuse(self, event: AsyncEvent, refusal: ServiceError) -> None:
        """The function was not reached: try again later, until the event is too old."""
        event.last = refusal
        pause_s = min(FIRST_PAUSE_S * 2.0 ** min(event.refusals, 30), LONGEST_PAUSE_S)
        event.refusals += 1
        self._refused += 1
        pause_s *= random.uniform(1.0, 1.0 + JITTER)  # noqa: S311 - a pause is no secret
        pause_s = max(self._clock.real_s(pause_s), self._refused / TRIES_PER_S)
        due = asyncio.get_running_loop().time() + pause_s
        self._waiting.put(event, min(due, self._deadline(event)))

    def _end(self, event: AsyncEvent, condition: Condition) -> None:
        if condition is not Condition.SUCCESS:
            self._metrics.note(event.resource, "AsyncEventsDropped")
        event.condition, event.ended_at = condition, datetime.now(UTC)
        self._destinations.put(event)

    def _deadline(self, event: AsyncEvent) -> float:
        return event.accepted + self._clock.real_s(event.settings.max_age_s)
