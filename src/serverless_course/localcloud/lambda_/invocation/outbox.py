"""The outbox: hands dropped events and invocation records over, off the event loop.

A delivery that fails is counted and logged; the event is gone then, as on AWS. Throttles and
server errors are tried again first, by the client (`role_client.ATTEMPTS`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ...cloudwatch.metrics.store import MetricStores
from ...iam.role_client import RoleClients
from .async_event import AsyncCounters, Condition, Ended
from .dead_letter import send_dead_letter
from .destinations import send_record
from .lambda_metrics import LambdaMetrics

log = logging.getLogger(__name__)

THREADS = 4
# At the server's end, deliveries under way get so long to finish.
CLOSE_S = 2.0


class Outbox:
    """Delivers in worker threads. All methods run on the server's loop and never raise."""

    def __init__(self, clients: RoleClients, metrics: LambdaMetrics | None = None) -> None:
        self._clients = clients
        self._metrics = metrics or LambdaMetrics(MetricStores())
        self._threads = ThreadPoolExecutor(THREADS, "deliveries")
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Deliveries that are not done yet."""
        return len(self._waiting)

    def put(self, ended: Ended, counters: AsyncCounters) -> None:
        """Deliver what is to be told of an event that left the queue.

        With both an OnFailure destination and a dead-letter queue, both are told.
        """
        settings = ended.event.settings
        if ended.condition is Condition.SUCCESS:
            if settings.on_success:
                self._record(ended, settings.on_success, counters)
            return
        if settings.on_failure:
            self._record(ended, settings.on_failure, counters)
        if settings.dead_letter:
            self._dead_letter(ended, counters)

    async def close(self) -> None:
        """Let deliveries under way finish, for a moment; give up what has not begun."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=CLOSE_S)

    def _record(self, ended: Ended, destination: str, counters: AsyncCounters) -> None:
        def done(failure: BaseException | None) -> None:
            if failure is None:
                counters.destination_deliveries += 1
            else:
                counters.destination_failures += 1
                self._metrics.note(ended.event.resource, "DestinationDeliveryFailures")
                _log_failure("invocation record", ended, destination, failure)

        self._run(lambda: send_record(self._clients, ended, destination), done)

    def _dead_letter(self, ended: Ended, counters: AsyncCounters) -> None:
        def done(failure: BaseException | None) -> None:
            if failure is None:
                counters.dead_lettered += 1
            else:
                counters.dead_letter_errors += 1
                self._metrics.note(ended.event.resource, "DeadLetterErrors")
                _log_failure("dead letter", ended, ended.event.settings.dead_letter, failure)

        self._run(lambda: send_dead_letter(self._clients, ended), done)

    def _run(self, send: Callable[[], None], done: Callable[[BaseException | None], None]) -> None:
        if self._closed:
            return
        future = asyncio.get_running_loop().run_in_executor(self._threads, send)
        self._waiting.add(future)

        def finish(future: asyncio.Future[None]) -> None:
            self._waiting.discard(future)
            if not future.cancelled():
                done(future.exception())

        future.add_done_callback(finish)


def _log_failure(what: str, ended: Ended, target: str, failure: BaseException) -> None:
    log.warning(
        "The %s of request %s (function %s) could not be sent to %s: %s",
        what,
        ended.event.request_id,
        ended.event.name,
        target,
        failure,
    )
