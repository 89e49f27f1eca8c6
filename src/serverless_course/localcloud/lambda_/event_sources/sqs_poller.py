"""The poller of a queue: receives batches, hands them over, deletes what was handled.

Sources (Lambda Developer Guide, read 2026-11): "Using Lambda with Amazon SQS", "Handling errors
for an SQS event source in Lambda", "Configuring scaling behavior for SQS event source mappings".

A batch whose function fails stays in the queue and is visible again after the queue's visibility
timeout. A throttled batch is tried again, with growing pauses, until its visibility timeout is
over; then the queue has it back (the guide's words; the pauses are ours). Lambda reads a queue
with several processes; here one reads at a time, so that a batching window makes one batch.

What was received is handed over, whatever fails meanwhile: the queue would show it again only
after its visibility timeout.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ...moto_seam.queues import QueueState
from ...wire.errors import ServiceError
from ..invocation.loop_detection import LOOP
from .batch import Batch, failed_items, parts_of, size_of, sqs_record
from .consumer import Invoke, Outcome
from .poller import Poller
from .queue_reader import QueueReader
from .ramp import Ramp
from .settings import MAX_EVENT_BYTES, Settings
from .taken import Hold, Taken

log = logging.getLogger(__name__)

# Pauses between tries of a throttled batch, and after a queue could not be read, in seconds.
THROTTLE_PAUSE_S = (0.1, 2.0)
TROUBLE_PAUSE_S = (0.1, 10.0)
TROUBLE = (ClientError, BotoCoreError, ServiceError)
# A look said that a message is ready, and another receiver was quicker.
EMPTY_PAUSE_S = 0.02


class SqsPoller(Poller):
    """One mapping's poller. Everything runs on the server's event loop.

    ``settings`` may be replaced at any time; they hold from the next batch on.
    """

    def __init__(self, settings: Settings, queue: QueueReader, invoke: Invoke, ramp: Ramp) -> None:
        super().__init__()
        self.settings = settings
        self._queue = queue
        self._invoke = invoke
        self._ramp = ramp
        self._batches: set[asyncio.Task[None]] = set()
        self._taken = Taken()

    def _in_flight(self) -> set[asyncio.Task[None]]:
        return self._batches

    async def run(self) -> None:
        """Poll until stopped."""
        leave = self._queue.watch(self._waker())
        trouble_s = TROUBLE_PAUSE_S[0]
        try:
            while not self._stopped.is_set():
                try:
                    await self._poll()
                except TROUBLE as error:
                    # Once for each trouble, not at each try.
                    level = logging.WARNING if trouble_s == TROUBLE_PAUSE_S[0] else logging.DEBUG
                    log.log(level, "%s cannot be read: %s", self.settings.source_arn, error)
                except Exception:
                    log.exception("%s was not polled", self.settings.source_arn)
                else:
                    trouble_s = TROUBLE_PAUSE_S[0]
                    continue
                await self._pause(trouble_s)
                trouble_s = min(2 * trouble_s, TROUBLE_PAUSE_S[1])
        finally:
            leave()

    # reading

    def _allowed(self, state: QueueState) -> int:
        """How many batches may be in flight. Message groups, not a ramp, hold a FIFO queue."""
        maximum = self.settings.maximum_concurrency
        if state.fifo:
            return self._ramp.ceiling(maximum)
        return self._ramp.allowed(time.monotonic(), maximum, short=bool(self._batches))

    async def _poll(self) -> None:
        """Take one batch, or wait until there may be one."""
        self._changed.clear()
        state = self._queue.look()
        ready = state is not None and state.ready
        if not ready and not self._batches:
            self._ramp.quiet()
        if state is None or not ready:
            await self._wait(state.next_s if state is not None else None)
        elif len(self._batches) >= self._allowed(state):
            await self._wait(self._ramp.step_s)
        else:
            batch = await self._gather(state.visibility_timeout_s)
            if batch is None:
                await self._pause(EMPTY_PAUSE_S)
            elif batch.records and not self._stopped.is_set():
                self._start(batch, state.fifo)

    async def _gather(self, visibility_s: float) -> Batch | None:
        """Receive until the batch is full or its window is over; None when nothing came."""
        settings = self.settings
        batch = Batch([], 0, time.monotonic() + visibility_s)
        messages = await self._receive(settings.batch_size)
        if not messages:
            return None
        await self._add(batch, messages, settings)
        window_ends = time.monotonic() + settings.window_s
        while (
            batch.records
            and len(batch.records) < settings.batch_size
            and batch.size < MAX_EVENT_BYTES
            and (left_s := window_ends - time.monotonic()) > 0
            and not self._stopped.is_set()
        ):
            self._changed.clear()
            state = self._queue.look()
            if state is not None and state.ready:
                try:
                    messages = await self._receive(settings.batch_size - len(batch.records))
                except TROUBLE as error:
                    log.warning("%s cannot be read: %s", settings.source_arn, error)
                    break
                await self._add(batch, messages, settings)
            next_s = left_s if state is None or state.next_s is None else state.next_s
            if state is None or not state.ready or not messages:
                await self._wait(min(left_s, next_s))
        return batch

    async def _receive(self, most: int) -> list[dict[str, Any]]:
        self._taken.receiving()
        return await self._queue.receive(most)

    async def _add(self, batch: Batch, messages: list[dict[str, Any]], settings: Settings) -> None:
        """Put into the batch what passes the filters; delete what does not."""
        dropped = []
        for message in messages:
            record = sqs_record(message, settings.source_arn)
            if self._taken.has(record):
                # Its visibility timeout ended while the function still has the group, or before
                # it was deleted: order comes first, and the queue shows it again.
                continue
            if settings.filters.keep(record):
                batch.records.append(record)
                batch.size += size_of(record)
            else:
                dropped.append(record["receiptHandle"])
        if dropped and not self._stopped.is_set():
            try:
                await self._queue.delete(dropped)
            except TROUBLE as error:
                log.warning("Filtered messages of %s stay: %s", settings.source_arn, error)

    # handing over

    def _start(self, batch: Batch, fifo: bool) -> None:
        hold = self._taken.hold(batch.groups if fifo else set())
        task = asyncio.ensure_future(self._handle(batch, fifo, hold))
        self._batches.add(task)

        def ended(_: asyncio.Task[None]) -> None:
            self._batches.discard(task)
            hold.free()
            self.wake()

        task.add_done_callback(ended)

    async def _handle(self, batch: Batch, fifo: bool, hold: Hold) -> None:
        """Hand over a batch, in parts when it is larger than an event may be."""
        parts = parts_of(batch)
        for number, part in enumerate(parts, 1):
            later = {group for each in parts[number:] for group in each.groups}
            try:
                handled = await self._hand_over(part, partial(hold.free, later))
            except (ClientError, BotoCoreError) as error:
                log.warning("Messages of %s stay: %s", self.settings.source_arn, error)
                handled = False
            except Exception:
                log.exception("Messages of %s stay", self.settings.source_arn)
                handled = False
            if fifo and not handled:
                return

    async def _hand_over(self, batch: Batch, answered: Callable[[], None]) -> bool:
        """Invoke the function, then delete what it handled; whether it handled everything.

        ``answered`` is called in between.
        """
        settings = self.settings
        result = await self._answer(batch)
        if result is None:
            return False
        names = [each["messageId"] for each in batch.records]
        failed: set[str] = set()
        if result.function_error:
            failed = set(names)
        elif settings.report_failures:
            failed = failed_items(result.payload, names)
        if failed:
            self._ramp.failed()
        done = [each for each in batch.records if each["messageId"] not in failed]
        with self._taken.leaving({each["messageId"] for each in done}):
            answered()
            if handled := [each["receiptHandle"] for each in done]:
                await self._queue.delete(handled)
        return not failed

    async def _answer(self, batch: Batch) -> Outcome | None:
        """Invoke, again and again while throttled; None when the batch goes back to the queue."""
        pause_s = THROTTLE_PAUSE_S[0]
        while not self._stopped.is_set():
            try:
                return await self._invoke(batch.records, batch.trace)
            except ServiceError as refusal:
                self._ramp.throttled(time.monotonic())
                if refusal.code == LOOP or time.monotonic() + pause_s >= batch.until:
                    return None
            await self._pause(pause_s)
            pause_s = min(2 * pause_s, THROTTLE_PAUSE_S[1])
        return None
