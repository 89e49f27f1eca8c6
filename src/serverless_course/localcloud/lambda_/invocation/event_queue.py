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
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from ...clock import ScaledClock
from ...cloudwatch.metrics.store import MetricStores
from ...timetable import Timetable
from ...wire.errors import ServiceError
from ..registry import Found, Registry
from ..tracing import Segment, untraced
from . import loop_detection
from .async_event import (
    Answer,
    AsyncCounters,
    AsyncEvent,
    AsyncSettings,
    Condition,
    Ended,
)
from .lambda_metrics import LambdaMetrics
from .lambda_namespace import MILLISECONDS, RECURSIONS

if TYPE_CHECKING:
    from .invoker import Executed

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


class Runner(Protocol):
    """What runs an event: the invoker."""

    def room(self, found: Found) -> int:
        """How many more events of that function could begin now, without being throttled."""

    def accept(self, found: Found, request_id: str, trace: str) -> Segment | None:
        """The trace segment of an event that goes into the queue; None when it is not traced."""

    async def run(
        self,
        found: Found,
        payload: bytes,
        request_id: str,
        trace: str,
        *,
        segment: Segment | None = None,
    ) -> Executed:
        """Run one event. Raises `ServiceError` when the function was not reached."""


class Ends(Protocol):
    """Who is told of events that left the queue: the outbox."""

    def put(self, ended: Ended, counters: AsyncCounters) -> None:
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
        runner: Runner,
        registry: Registry,
        clock: ScaledClock,
        ends: Ends,
        max_running: int,
        metrics: LambdaMetrics | None = None,
    ) -> None:
        self._metrics = metrics or LambdaMetrics(MetricStores())
        self._runner = runner
        self._registry = registry
        self._clock = clock
        self._ends = ends
        self._waiting = Timetable(self._try, lambda: len(self._running) >= max_running)
        self._running: set[asyncio.Task[None]] = set()
        self._beginning: Counter[tuple[str, str]] = Counter()
        self._refused = 0
        self._counters: dict[tuple[str, str], AsyncCounters] = {}

    @property
    def waiting(self) -> int:
        """Events that wait for their first or next try."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Events in an environment now."""
        return len(self._running)

    def counters(self, region: str, name: str) -> AsyncCounters:
        """What happened to a function's events so far."""
        return self._counters.setdefault((region, name), AsyncCounters())

    def put(self, found: Found, payload: bytes, request_id: str, trace: str) -> str:
        """Take an event for the function, version or alias that was found.

        ``trace`` is the trace header of who hands it in; the hop to this function is added here.
        An event that closes a recursive loop ends at once, unless the function allows it.
        Returns the trace header that goes with the event from now on.
        """
        record = found.record
        trace, hops = loop_detection.next_hop(trace, record.arn)
        segment = self._runner.accept(found, request_id, trace)
        trace = untraced(trace) if segment is None else segment.header
        event = AsyncEvent(
            record.region,
            record.name,
            found.qualifier,
            record.arn,
            payload,
            request_id,
            trace,
            asyncio.get_running_loop().time(),
            AsyncSettings.of(found),
            segment=segment,
        )
        self.counters(*event.key).received += 1
        self._metrics.note(event.resource, "AsyncEventsReceived")
        if loop_detection.is_loop(hops, record.recursive_loop):
            self.counters(*event.key).recursions += 1
            self._metrics.note(event.resource, RECURSIONS)
            event.answer = Answer(400, message=loop_detection.STOPPED)
            self._end(event, Condition.RECURSION)
        elif record.reserved == 0:
            self._end(event, Condition.ZERO_CONCURRENCY)
        else:
            self._waiting.put(event, event.accepted)
        return trace

    async def close(self) -> None:
        """Stop: running events are given up, deliveries under way finish."""
        self._waiting.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._ends.close()

    # one try

    def _try(self, event: AsyncEvent) -> None:
        if event.refusals:
            self._refused -= 1
        record = self._registry.region(event.region).functions.get(event.name)
        if record is None or not record.has(event.qualifier):
            self._failed(event, Answer(404, message=f"Function not found: {event.qualified_arn}"))
            return
        found = Found(record, event.qualifier)
        event.settings = AsyncSettings.of(found)
        if record.reserved == 0:
            self._end(event, Condition.ZERO_CONCURRENCY)
        elif asyncio.get_running_loop().time() >= self._deadline(event):
            self._end(event, Condition.AGE_EXCEEDED)
        elif self._runner.room(found) <= self._beginning[event.key]:
            self._metrics.note(event.resource, "Throttles")
            self._throttled(event, Answer(429, message="Rate Exceeded."))
        else:
            self._beginning[event.key] += 1
            task = asyncio.ensure_future(self._run(event, found))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._waiting.wake()

    async def _run(self, event: AsyncEvent, found: Found) -> None:
        # From here to the place where concurrency is counted nothing waits.
        self._beginning[event.key] -= 1
        if not self._beginning[event.key]:
            del self._beginning[event.key]
        age_s = self._clock.aws_s(asyncio.get_running_loop().time() - event.accepted)
        self._metrics.note(event.resource, "AsyncEventAge", age_s * 1000, MILLISECONDS)
        try:
            executed = await self._runner.run(
                found, event.payload, event.request_id, event.trace, segment=event.segment
            )
        except ServiceError as error:
            answer = Answer(error.status, message=error.message)
            if error.status == 429:
                self._throttled(event, answer)
            else:
                self._system_error(event, answer)
            return
        except Exception as error:
            log.exception("request %s could not be run; it is tried again", event.request_id)
            self._system_error(event, Answer(500, message=str(error)))
            return
        outcome = executed.outcome
        answer = Answer(200, executed.version.version, outcome.function_error, outcome.payload)
        self.counters(*event.key).attempts += 1
        if not outcome.function_error:
            event.attempts += 1
            event.answer = answer
            self._end(event, Condition.SUCCESS)
            return
        self._failed(event, answer)

    # how a try can end

    def _failed(self, event: AsyncEvent, answer: Answer) -> None:
        """The function failed, or is no more: try again after a minute, then after two."""
        event.attempts += 1
        event.refusals = 0
        event.answer = answer
        if event.attempts > event.settings.max_retries:
            self._end(event, Condition.RETRIES_EXHAUSTED)
            return
        pause_s = self._clock.real_s(RETRY_S * event.attempts)
        due = asyncio.get_running_loop().time() + pause_s
        if due >= self._deadline(event):
            self._end(event, Condition.AGE_EXCEEDED)
        else:
            self._waiting.put(event, due)

    def _throttled(self, event: AsyncEvent, answer: Answer) -> None:
        self.counters(*event.key).throttles += 1
        self._refuse(event, answer)

    def _system_error(self, event: AsyncEvent, answer: Answer) -> None:
        self.counters(*event.key).system_errors += 1
        self._refuse(event, answer)

    def _refuse(self, event: AsyncEvent, answer: Answer) -> None:
        """The function was not reached: try again later, until the event is too old."""
        event.answer = answer
        pause_s = min(FIRST_PAUSE_S * 2.0 ** min(event.refusals, 30), LONGEST_PAUSE_S)
        event.refusals += 1
        self._refused += 1
        pause_s *= random.uniform(1.0, 1.0 + JITTER)  # noqa: S311 - a pause is no secret
        pause_s = max(self._clock.real_s(pause_s), self._refused / TRIES_PER_S)
        due = asyncio.get_running_loop().time() + pause_s
        self._waiting.put(event, min(due, self._deadline(event)))

    def _end(self, event: AsyncEvent, condition: Condition) -> None:
        counters = self.counters(*event.key)
        if condition is Condition.SUCCESS:
            counters.succeeded += 1
        else:
            counters.dropped += 1
            self._metrics.note(event.resource, "AsyncEventsDropped")
        self._ends.put(Ended(event, condition, datetime.now(UTC)), counters)

    def _deadline(self, event: AsyncEvent) -> float:
        return event.accepted + self._clock.real_s(event.settings.max_age_s)
