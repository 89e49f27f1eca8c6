"""One lane of a shard: reads its records in order and hands them over, batch by batch.

Sources (Lambda Developer Guide, read 2026-11): "Using Lambda with Amazon Kinesis Data Streams",
"Retain discarded batch records", "Configuring partial batch response". A batch that fails blocks
its lane until it succeeds, or is discarded because of MaximumRetryAttempts or
MaximumRecordAgeInSeconds. Throttles and other refusals do not count as attempts, splitting a
batch neither. A response that names a failed item is a checkpoint: what remains from there on is a
batch of its own, with all its retries (recorded from AWS, localstack's report_batch_item_failures,
2024: with MaximumRetryAttempts 3 the failing record comes five times). The pauses between attempts
are ours: AWS does not publish its own.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from ...clock import ScaledClock
from ...wire.errors import ServiceError
from .batch import failed_items
from .consumer import Invoke, Outcome
from .on_failure import RETRIES_EXHAUSTED, TOO_OLD
from .poller import Waiter
from .positions import Positions
from .settings import EVENT_FRAME_BYTES, MAX_EVENT_BYTES, Settings
from .stream_part import Part
from .stream_reader import StreamReader, StreamRecord

FAILED = "PROBLEM: Function call failed"
SUCCEEDED = "OK"

Discard = Callable[[str, list[StreamRecord], str, Outcome | None, int], Awaitable[None]]
Read = Callable[..., Awaitable[Any]]


class ShardLane(Waiter):
    """Everything runs on the server's event loop; ``threads`` runs a blocking call elsewhere.

    ``last`` tells the newest sequence number in the shard without a call, ``closed`` whether more
    can come. ``tell`` is given each processing result.
    """

    def __init__(
        self,
        settings: Settings,
        shard: str,
        lane: int,
        reader: StreamReader,
        positions: Positions,
        clock: ScaledClock,
        invoke: Invoke,
        discard: Discard,
        threads: Read,
        last: Callable[[], int | None],
        closed: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._settings = settings
        self._shard = shard
        self._lane = lane
        self._reader = reader
        self._positions = positions
        self._clock = clock
        self._invoke = invoke
        self._discard = discard
        self._threads = threads
        self._last = last
        self._closed = closed
        self._tell = tell
        self._iterator = ""
        self._ahead: deque[StreamRecord] = deque()
        self._read_to: int | None = positions.of(shard, lane).after

    async def run(self) -> bool:
        """Handle batch after batch; true when a closed shard was read to its end."""
        position = self._positions.of(self._shard, self._lane)
        self._iterator = await self._threads(self._reader.iterator, self._shard, position)
        while not self._stopped.is_set():
            batch, seen_to = await self._gather()
            if self._stopped.is_set():
                break
            if batch:
                await self._handle(batch)
            if seen_to is None:
                return True
            if not self._stopped.is_set():
                self._positions.advance(self._shard, self._lane, seen_to)
        return False

    # reading

    async def _gather(self) -> tuple[list[StreamRecord], int | None]:
        """A batch, and up to where the shard was seen; None when nothing more can come."""
        settings = self._settings
        batch: list[StreamRecord] = []
        size = EVENT_FRAME_BYTES
        seen_to: int | None = None
        window_ends: float | None = None
        while not self._stopped.is_set():
            self._changed.clear()
            if not self._ahead and not await self._read():
                now = time.monotonic()
                if self._closed() and not self._unread():
                    return batch, seen_to
                if seen_to is not None and (window_ends is None or now >= window_ends):
                    return batch, seen_to
                await self._wait(None if window_ends is None else window_ends - now)
                continue
            while self._ahead and len(batch) < settings.batch_size:
                record = self._ahead[0]
                if self._is_mine(record) and settings.filters.keep(record.event):
                    if batch and size + record.size > MAX_EVENT_BYTES:
                        return batch, seen_to
                    batch.append(record)
                    size += record.size
                seen_to = self._ahead.popleft().sequence
            if len(batch) >= settings.batch_size:
                return batch, seen_to
            if batch and window_ends is None:
                window_ends = time.monotonic() + settings.window_s
        return batch, seen_to

    async def _read(self) -> bool:
        """Read on when there is something; whether there was."""
        if not self._unread():
            return False
        records, self._iterator = await self._threads(
            self._reader.read, self._shard, self._iterator, self._settings.batch_size
        )
        self._ahead.extend(records)
        if records:
            self._read_to = records[-1].sequence
        return bool(records)

    def _unread(self) -> bool:
        last = self._last()
        return last is not None and (self._read_to is None or self._read_to < last)

    def _is_mine(self, record: StreamRecord) -> bool:
        lanes = self._settings.parallelization
        if lanes == 1:
            return True
        digest = hashlib.md5(record.key.encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest[:4], "big") % lanes == self._lane

    # handing over

    async def _handle(self, batch: list[StreamRecord]) -> None:
        """Hand over a batch until each record was handled or discarded, or until stopped."""
        waiting = [Part(batch)]
        while waiting and not self._stopped.is_set():
            part = waiting.pop()
            await self._drop_old(part)
            if not part.records:
                continue
            try:
                part.result = await self._invoke([each.event for each in part.records], "")
            except ServiceError:
                self._tell(FAILED)
                waiting.append(part.rest(retried=False))
                await self._pause(part.pause_s)
                continue
            part.invocations += 1
            waiting += await self._after(part)

    async def _after(self, part: Part) -> list[Part]:
        """What remains of a part after an invocation; the last of the list comes next."""
        failed = self._failed(part)
        if not failed:
            self._tell(SUCCEEDED)
            self._advance(part.records)
            return []
        self._tell(FAILED)
        failed_at = failed[0]
        self._advance(part.records[:failed_at])
        settings = self._settings
        again = part.records[failed_at:]
        if settings.only_failed:
            again = [part.records[number] for number in failed]
        if len(again) < len(part.records):
            if not settings.bisect:
                await self._pause(part.pause_s)
            return [Part(again)]
        if settings.bisect and len(part.records) > 1:
            first, second = part.halves()
            return [second, first]
        if 0 <= settings.maximum_retries <= part.retries:
            await self._give_up(part, part.records, RETRIES_EXHAUSTED)
            return []
        await self._pause(part.pause_s)
        return [part.rest(retried=True)]

    def _failed(self, part: Part) -> list[int]:
        """The indices of the records that failed."""
        assert part.result is not None
        if part.result.function_error:
            return list(range(len(part.records)))
        if not self._settings.report_failures:
            return []
        names = [self._settings.item_of(each.sequence, each.event) for each in part.records]
        failed = failed_items(part.result.payload, names)
        return [number for number, name in enumerate(names) if name in failed]

    async def _drop_old(self, part: Part) -> None:
        limit_s = self._settings.maximum_age_s
        if limit_s < 0:
            return
        now = time.time()
        old = 0
        while old < len(part.records):
            if self._clock.aws_s(now - part.records[old].arrived_at) <= limit_s:
                break
            old += 1
        if old:
            dropped, part.records = part.records[:old], part.records[old:]
            await self._give_up(part, dropped, TOO_OLD)

    async def _give_up(self, part: Part, records: list[StreamRecord], condition: str) -> None:
        await self._discard(self._shard, records, condition, part.result, part.invocations)
        self._advance(records)

    def _advance(self, records: list[StreamRecord]) -> None:
        if records:
            self._positions.advance(self._shard, self._lane, records[-1].sequence)
