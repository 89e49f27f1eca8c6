"""The poller of a Kinesis or DynamoDB stream: a lane, or several, for each shard.

A shard that came out of a split or merge is read when those before it are at their end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ...clock import ScaledClock
from ...moto_seam.streams import ShardState, Streams
from ...wire.errors import ServiceError
from .consumer import Invoke, Outcome
from .on_failure import discarded_record, send
from .poller import Poller
from .positions import Position, Positions
from .settings import Settings
from .shard_lane import ShardLane
from .stream_reader import StreamReader, StreamRecord

log = logging.getLogger(__name__)

# Pauses after a shard could not be read, in seconds.
TROUBLE_PAUSE_S = (0.1, 10.0)
# Consumer.context: a condition, the last outcome, and how often the batch was handed over.
Context = Callable[[str, Outcome | None, int], dict[str, Any]]


class StreamPoller(Poller):
    """One mapping's poller. Everything runs on the server's event loop.

    ``make_client`` gives a client of a service with the role's credentials, and may block.
    ``tell`` is given each processing result, ``undelivered`` is called when the on-failure
    destination was not reached; ``context`` gives what its record says of the consumer.
    """

    def __init__(
        self,
        settings: Settings,
        streams: Streams,
        reader: StreamReader,
        positions: Positions,
        clock: ScaledClock,
        invoke: Invoke,
        make_client: Callable[[str], Any],
        endpoint: str,
        threads: Executor,
        tell: Callable[[str], None],
        undelivered: Callable[[], None] = lambda: None,
        context: Context = lambda condition, result, invocations: {},
    ) -> None:
        super().__init__()
        self.settings = settings
        self._streams = streams
        self._reader = reader
        self._positions = positions
        self._clock = clock
        self._invoke = invoke
        self._make_client = make_client
        self._endpoint = endpoint
        self._executor = threads
        self._tell = tell
        self._undelivered = undelivered
        self._context = context
        self._lanes: dict[tuple[str, int], ShardLane] = {}
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._shards: dict[str, ShardState] = {}
        self._look()
        self._pin()

    def stop(self) -> None:
        super().stop()
        for lane in self._lanes.values():
            lane.stop()

    def _in_flight(self) -> Collection[asyncio.Task[None]]:
        return self._tasks.values()

    async def run(self) -> None:
        """Poll until stopped."""
        self._positions.divide(self.settings.parallelization)
        leave = self._streams.watch(self.settings.source_arn, self._waker())
        trouble_s = TROUBLE_PAUSE_S[0]
        try:
            while not self._stopped.is_set():
                self._changed.clear()
                try:
                    self._start_lanes()
                except Exception:
                    log.exception("the shards of %s were not looked at", self.settings.source_arn)
                    await self._pause(trouble_s)
                    trouble_s = min(2 * trouble_s, TROUBLE_PAUSE_S[1])
                    continue
                trouble_s = TROUBLE_PAUSE_S[0]
                await self._changed.wait()
        finally:
            leave()

    def _start_lanes(self) -> None:
        """Start what lanes are missing, and let all look for records."""
        self._look()
        for shard in self._shards.values():
            if self._is_due(shard):
                self._start(shard.id)
        for lane in self._lanes.values():
            lane.wake()

    def _look(self) -> None:
        self._shards = {
            each.id: each for each in self._streams.look(self.settings.source_arn) or []
        }

    def _pin(self) -> None:
        """Note where the shards that are there now begin: at once, so that nothing is missed."""
        if self._positions.pinned:
            return
        self._positions.pinned = True
        position = self.settings.starting_position
        for shard in self._shards.values():
            if position == "LATEST":
                if shard.closed:
                    self._positions.finished.add(shard.id)
                self._positions.begin(shard.id, Position(after=shard.last))
            elif position == "AT_TIMESTAMP":
                self._positions.begin(shard.id, Position(at=self.settings.starting_timestamp))

    def _is_due(self, shard: ShardState) -> bool:
        finished = self._positions.finished
        waits = any(each in self._shards and each not in finished for each in shard.parents)
        return shard.id not in finished and not waits

    def _start(self, shard: str) -> None:
        if not self._positions.knows(shard):
            self._positions.begin(shard, Position())
        for lane in range(self._positions.lanes):
            if (shard, lane) not in self._lanes:
                self._lanes[shard, lane] = self._make(shard, lane)
                self._tasks[shard, lane] = asyncio.ensure_future(self._keep(shard, lane))

    async def _keep(self, shard: str, lane: int) -> None:
        """Run a lane; anew, after a pause, when its shard could not be read."""
        pause_s = TROUBLE_PAUSE_S[0]
        try:
            while not self._stopped.is_set():
                try:
                    if not await self._lanes[shard, lane].run():
                        return
                    self._end(shard, lane)
                    return
                except (ClientError, BotoCoreError, ServiceError) as error:
                    log.warning(
                        "%s of %s cannot be read: %s", shard, self.settings.source_arn, error
                    )
                except Exception:
                    log.exception("A shard of %s", self.settings.source_arn)
                await self._pause(pause_s)
                pause_s = min(2 * pause_s, TROUBLE_PAUSE_S[1])
                self._lanes[shard, lane] = self._make(shard, lane)
        finally:
            self._tasks.pop((shard, lane), None)

    def _end(self, shard: str, lane: int) -> None:
        """A lane has read its closed shard to the end."""
        others = [key for key in self._tasks if key[0] == shard and key != (shard, lane)]
        if not others:
            self._positions.finished.add(shard)
            self._changed.set()

    def _make(self, shard: str, lane: int) -> ShardLane:
        def last() -> int | None:
            return self._shards[shard].last if shard in self._shards else None

        def closed() -> bool:
            return shard not in self._shards or self._shards[shard].closed

        return ShardLane(
            self.settings,
            shard,
            lane,
            self._reader,
            self._positions,
            self._clock,
            self._invoke,
            self._discard,
            self._elsewhere,
            last,
            closed,
            self._tell,
        )

    async def _elsewhere(self, work: Callable[..., Any], *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, work, *arguments)

    async def _discard(
        self,
        shard: str,
        records: list[StreamRecord],
        condition: str,
        result: Outcome | None,
        invocations: int,
    ) -> None:
        """Send word of discarded records to the on-failure destination, when there is one."""
        settings = self.settings
        if not settings.on_failure:
            return
        now = datetime.now(UTC)
        context = self._context(condition, result, invocations)
        record = discarded_record(settings, shard, records, context, now)
        try:
            await self._elsewhere(
                send, self._make_client, self._endpoint, settings, shard, record, records
            )
        except (ClientError, BotoCoreError, ServiceError) as error:
            log.warning("Discarded records of %s: %s", settings.source_arn, error)
            self._undelivered()
