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
from .async_event import AsyncEvent, Condition
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

    def put(self, event: AsyncEvent) -> None:
        """Deliver what is to be told of an event that left the queue.

        With both an OnFailure destination and a dead-letter queue, both are told.
        """
        settings = event.settings
        if event.condition is Condition.SUCCESS:
            if settings.on_success:
                self._record(event, settings.on_success)
            return
        if settings.on_failure:
            self._record(event, settings.on_failure)
        if settings.dead_letter:
            self._dead_letter(event)

    async def close(self) -> None:
        """Let deliveries under way finish, for a moment; give up what has not begun."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=CLOSE_S)

    def _record(self, event: AsyncEvent, destination: str) -> None:
        def failed(failure: BaseException) -> None:
            self._metrics.note(event.resource, "DestinationDeliveryFailures")
            _log_failure("invocation record", event, destination, failure)

        self._run(lambda: send_record(self._clients, event, destination), failed)

    def _dead_letter(self, event: AsyncEvent) -> None:
        def failed(failure: BaseException) -> None:
            self._metrics.note(event.resource, "DeadLetterErrors")
            _log_failure("dead letter", event, event.settings.dead_letter, failure)

        self._run(lambda: send_dead_letter(self._clients, event), failed)

    def _run(self, send: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        if self._closed:
            return
        future = asyncio.get_running_loop().run_in_executor(self._threads, send)
        self._waiting.add(future)

        def finish(future: asyncio.Future[None]) -> None:
            self._waiting.discard(future)
            failure = None if future.cancelled() else future.exception()
            if failure is not None:
                failed(failure)

        future.add_done_callback(finish)


def _log_failure(what: str, event: AsyncEvent, target: str, failure: BaseException) -> None:
    log.warning(
        "The %s of request %s (function %s) could not be sent to %s: %s",
        what,
        event.request_id,
        event.name,
        target,
        failure,
    )
