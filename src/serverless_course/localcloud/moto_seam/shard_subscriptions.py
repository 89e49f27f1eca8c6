"""SubscribeToShard: what comes into a shard is pushed to a consumer, as an event stream.

Sources: Kinesis Data Streams API Reference, SubscribeToShard and SubscribeToShardEvent (read
2026-11): a subscription lasts up to 5 minutes, an event has up to 2 MB, one without records comes
now and then; within 5 seconds of a call the next one for the same consumer and shard is refused,
after that it takes over. The end of a closed shard has its children and no sequence number.
"Another active subscription exists for this consumer": public error reports of 2022 and 2023.
moto 5.2.5 has no such operation.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import threading
import time
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from ..wire.errors import ServiceError
from ..wire.event_stream import CONTENT_TYPE, event, exception
from ..wire.http import Request, Response
from ..wire.rest_json import model
from ..wire.streamed import Streamed
from ..wire.validation import validate
from .streams import ShardState, StoredRecord, Streams

JSON = "application/x-amz-json-1.1"
# A subscription's life and the pause between events without records, in seconds; and the time in
# which it is not taken over.
LIFE_S = 300.0
IDLE_S = 5.0
HELD_S = 5.0
MOST_RECORDS = 10_000
MOST_BYTES = 2 * 1024 * 1024


@dataclass(eq=False)
class Subscription:
    """Where a subscription goes on: behind a record, or from a time on, in seconds since 1970."""

    consumer: str
    shard: str
    after: int | None
    at: float | None
    began: float
    over: bool = False


class ShardSubscriptions:
    """The subscriptions of all consumers. `answer` may be called on any thread."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._lock = threading.Lock()
        self._current: dict[tuple[str, str], Subscription] = {}

    def answer(self, request: Request) -> Response:
        """Answer SubscribeToShard. Raises `ServiceError` for everything that is refused."""
        given = _parameters(request)
        if given.get("StreamId") or given.get("DryRun"):
            name = "StreamId" if given.get("StreamId") else "DryRun"
            text = f"The embedded cloud does not offer the member {name} of SubscribeToShard."
            raise ServiceError("InvalidArgumentException", text)
        subscription = self._subscribe(given)
        headers = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())}
        return Streamed(200, headers, parts=self._events(subscription))

    def _subscribe(self, given: dict[str, Any]) -> Subscription:
        consumer, shard = given["ConsumerARN"], given["ShardId"]
        # Refuses a consumer or a shard that is not there, and one that is not active.
        self._streams.consumed(consumer, shard, None, None, 0)
        after, at = self._start(consumer, shard, given["StartingPosition"])
        found = Subscription(consumer, shard, after, at, time.monotonic())
        with self._lock:
            before = self._current.get((consumer, shard))
            if before is not None and time.monotonic() - before.began < HELD_S:
                raise ServiceError(
                    "ResourceInUseException",
                    f"Another active subscription exists for this consumer: {consumer}.",
                )
            if before is not None:
                before.over = True
            self._current[consumer, shard] = found
        return found

    def _start(
        self, consumer: str, shard: str, position: dict[str, Any]
    ) -> tuple[int | None, float | None]:
        kind = position["Type"]
        if kind == "LATEST":
            state = self._state(consumer, shard)
            return (state.last if state is not None else None), None
        if kind == "AT_TIMESTAMP":
            if position.get("Timestamp") is None:
                raise _invalid("Timestamp", kind)
            return None, float(position["Timestamp"])
        if kind == "TRIM_HORIZON":
            return None, None
        number = str(position.get("SequenceNumber") or "")
        if not number.isascii() or not number.isdigit() or len(number) > 128:
            raise _invalid("SequenceNumber", kind)
        return int(number) - (kind == "AT_SEQUENCE_NUMBER"), None

    def _state(self, consumer: str, shard: str) -> ShardState | None:
        shards = self._streams.look(consumer) or []
        return next((each for each in shards if each.id == shard), None)

    async def _events(self, subscription: Subscription) -> AsyncGenerator[bytes]:
        """The events of a subscription, on the event loop."""
        loop, news = asyncio.get_running_loop(), asyncio.Event()

        def changed() -> None:
            loop.call_soon_threadsafe(news.set)

        leave = self._streams.watch(subscription.consumer, changed)
        try:
            yield event("initial-response", b"{}", JSON)
            end = time.monotonic() + LIFE_S
            while not subscription.over and (left_s := end - time.monotonic()) > 0:
                news.clear()
                try:
                    told, is_last, is_empty = await asyncio.to_thread(self._next, subscription)
                except ServiceError as error:
                    yield _exception(error)
                    return
                yield event("SubscribeToShardEvent", json.dumps(told).encode(), JSON)
                if is_last:
                    return
                if is_empty:
                    await _wait(news, min(IDLE_S, left_s))
        finally:
            leave()
            self._ended(subscription)

    def _next(self, subscription: Subscription) -> tuple[dict[str, Any], bool, bool]:
        """An event's members, whether it is the shard's last, and whether it has no records."""
        consumer, shard = subscription.consumer, subscription.shard
        state = self._state(consumer, shard)
        records = self._streams.consumed(
            consumer, shard, subscription.after, subscription.at, MOST_RECORDS
        )
        records = _within_limit(records)
        if records:
            subscription.after, subscription.at = records[-1].sequence, None
        last = state.last if state is not None else None
        read_all = not records or records[-1].sequence == last
        told: dict[str, Any] = {
            "Records": [_shown(each) for each in records],
            "MillisBehindLatest": 0 if read_all else _behind_ms(records[-1]),
        }
        if state is not None and state.closed and read_all:
            shards = self._streams.look(consumer) or []
            told["ChildShards"] = [_child(each) for each in shards if shard in each.parents]
            return told, True, not records
        told["ContinuationSequenceNumber"] = str(subscription.after or last or 0)
        return told, False, not records

    def _ended(self, subscription: Subscription) -> None:
        key = (subscription.consumer, subscription.shard)
        with self._lock:
            if self._current.get(key) is subscription:
                del self._current[key]


def _parameters(request: Request) -> dict[str, Any]:
    shape = model("kinesis").operation_model("SubscribeToShard").input_shape
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", "The body is no JSON.") from error
    if not isinstance(given, dict):
        raise ServiceError("SerializationException", "The body must be a JSON object.")
    validate(shape, given)
    return given


def _invalid(member: str, kind: str) -> ServiceError:
    text = f"StartingPosition of the type {kind} needs a {member}."
    return ServiceError("InvalidArgumentException", text)


def _within_limit(records: list[StoredRecord]) -> list[StoredRecord]:
    """The first records that have 2 MB together; one at least."""
    size = 0
    for number, each in enumerate(records):
        size += len(each.data) + len(each.partition_key)
        if number and size > MOST_BYTES:
            return records[:number]
    return records


def _shown(record: StoredRecord) -> dict[str, Any]:
    return {
        "SequenceNumber": str(record.sequence),
        "ApproximateArrivalTimestamp": round(record.arrived_at, 3),
        "Data": base64.b64encode(record.data).decode(),
        "PartitionKey": record.partition_key,
        "EncryptionType": "NONE",
    }


def _behind_ms(last: StoredRecord) -> int:
    return max(0, round((time.time() - last.arrived_at) * 1000))


def _child(shard: ShardState) -> dict[str, Any]:
    first, last = shard.hash_keys
    return {
        "ShardId": shard.id,
        "ParentShards": list(shard.parents),
        "HashKeyRange": {"StartingHashKey": str(first), "EndingHashKey": str(last)},
    }


def _exception(error: ServiceError) -> bytes:
    return exception(error.code, json.dumps({"message": error.message}).encode(), JSON)


async def _wait(news: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), seconds)
