"""Kinesis and DynamoDB streams in moto: a look that costs no call, and repairs.

What is repaired here, each held by a contract test:

* records put at the same time get the same sequence number, and one of them is lost;
* records that are put while others are read end the reading with an error;
* a write that changes nothing makes a DynamoDB stream record (AWS makes none);
* after Kinesis shards are split or merged, records still go to the closed ones (on AWS to the
  new ones; a closed shard keeps what it holds and is read to its end first).
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from . import (
    item_transactions,
    item_writes,
    shard_numbers,
    stream_consumers,
    table_rules,
    tables,
)
from .watchers import Watchers, wrap


@dataclass(frozen=True)
class ShardState:
    """What a look at a shard shows; ``last`` is its newest record's sequence number, ``hash_keys``
    the first and the last of a Kinesis shard."""

    id: str
    parents: tuple[str, ...]
    closed: bool
    last: int | None
    hash_keys: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class StoredRecord:
    """A record of a Kinesis shard. ``arrived_at`` is in seconds since 1970."""

    sequence: int
    partition_key: str
    data: bytes
    arrived_at: float


class Streams:
    """moto's streams by their ARN. May be used on any thread.

    ``wait`` returns when moto is loaded.
    """

    def __init__(self, wait: Callable[[], None] = lambda: None) -> None:
        self._wait = wait
        self._watchers = Watchers()
        self._lock = threading.RLock()

    def watch(self, arn: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed``, on any thread, when a stream has more to read; gives the undo.

        The ARN is a stream's, or that of a Kinesis stream's consumer.
        """
        return self._watchers.add(stream_consumers.stream_of(arn), changed)

    def look(self, arn: str) -> list[ShardState] | None:
        """The shards of a stream, oldest first; None when there is no such stream or consumer."""
        self._wait()
        with self._lock:
            return _kinesis_shards(arn) if arn.split(":")[2] == "kinesis" else _table_shards(arn)

    def consumed(
        self, consumer: str, shard: str, after: int | None, at: float | None, most: int
    ) -> list[StoredRecord]:
        """What a consumer of a Kinesis stream, by its ARN, is pushed of a shard, oldest first.

        The records behind ``after``, or those from ``at`` on, in seconds since 1970; ``most`` of
        them. Raises `ServiceError`: no such consumer or shard, or it is not ACTIVE.
        """
        self._wait()
        with self._lock:
            stream = _kinesis_stream(stream_consumers.stream_of(consumer))
            if stream is None:
                raise ServiceError("ResourceNotFoundException", f"Consumer {consumer} not found.")
            stream_consumers.active(stream, consumer)
            if shard not in stream.shards:
                raise ServiceError("ResourceNotFoundException", f"Shard {shard} not found.")
            found = [
                each
                for sequence, each in stream.shards[shard].records.items()
                if (after is None or sequence > after) and (at is None or each.created_at >= at)
            ]
        return [
            StoredRecord(
                each.sequence_number,
                each.partition_key,
                base64.b64decode(each.data),
                each.created_at,
            )
            for each in found[:most]
        ]

    def install(self) -> None:
        """Put the repairs and the watchers into moto. Once for a process is enough."""
        from moto.dynamodb.models.table import StreamShard  # noqa: PLC0415 - moto loads late
        from moto.kinesis.models import Shard, Stream  # noqa: PLC0415

        shard_numbers.install()
        tables.install()
        table_rules.install()
        item_writes.install()
        stream_consumers.install(self._watchers.tell)
        wrap(StreamShard, "add", self._add)
        wrap(Stream, "put_record", self._put_record)
        wrap(Shard, "get_records", self._read)
        wrap(Stream, "get_shard_for_key", _open_shard)
        wrap(Stream, "split_shard", self._reshard)
        wrap(Stream, "merge_shards", self._reshard)

    def _add(self, original: Any, shard: Any, old: Any, new: Any) -> None:
        if old is not None and new is not None and old.to_json() == new.to_json():
            return
        if item_transactions.waits(partial(self._add, original, shard, old, new)):
            return
        with self._lock:
            original(shard, old, new)
        self._watchers.tell(_stream_arn(shard.table))

    def _put_record(self, original: Any, stream: Any, *rest: Any, **named: Any) -> Any:
        with self._lock:
            put = original(stream, *rest, **named)
        self._watchers.tell(stream.arn)
        return put

    def _read(self, original: Any, *arguments: Any, **named: Any) -> Any:
        with self._lock:
            return original(*arguments, **named)

    def _reshard(self, original: Any, stream: Any, *rest: Any, **named: Any) -> None:
        with self._lock:
            kept = {shard.shard_id: shard.records.copy() for shard in stream.shards.values()}
            original(stream, *rest, **named)
            for shard in stream.shards.values():
                shard.records = kept.get(shard.shard_id, type(shard.records)())
        self._watchers.tell(stream.arn)


def _open_shard(original: Any, stream: Any, partition_key: str, explicit_hash_key: str) -> Any:
    shard = original(stream, partition_key, explicit_hash_key)
    if shard is None or shard.is_open:
        return shard
    digest = hashlib.md5(partition_key.encode(), usedforsecurity=False).hexdigest()
    hashed = int(explicit_hash_key) if explicit_hash_key else int(digest, 16)
    return next(
        each
        for each in stream.shards.values()
        if each.is_open and each.starting_hash <= hashed <= each.ending_hash
    )


def _kinesis_stream(arn: str) -> Any:
    from moto.kinesis.models import kinesis_backends  # noqa: PLC0415 - moto loads late

    backend = kinesis_backends[ACCOUNT_ID][arn.split(":")[3]]
    return next((each for each in backend.streams.values() if each.arn == arn), None)


def _kinesis_shards(arn: str) -> list[ShardState] | None:
    stream = _kinesis_stream(stream_consumers.stream_of(arn))
    if stream is None:
        return None
    if stream_consumers.CONSUMER in arn and not stream_consumers.has(stream, arn):
        return None
    return [
        ShardState(
            shard.shard_id,
            tuple(parent for parent in (shard.parent, shard.adjacent_parent) if parent),
            not shard.is_open,
            next(reversed(shard.records), None),
            (shard.starting_hash, shard.ending_hash),
        )
        for shard in sorted(stream.shards.values(), key=lambda each: str(each.shard_id))
    ]


def _table_shards(arn: str) -> list[ShardState] | None:
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415 - moto loads late

    tables = dynamodb_backends[ACCOUNT_ID][arn.split(":")[3]].tables
    table = tables.get(arn.split("/")[1]) if arn.count("/") == 3 else None
    shard = table.stream_shard if table is not None else None
    if shard is None or _stream_arn(table) != arn:
        return None
    last = shard.starting_sequence_number + len(shard.items) - 1 if shard.items else None
    return [ShardState(shard.id, (), False, last)]


def _stream_arn(table: Any) -> str:
    return f"{table.table_arn}/stream/{table.latest_stream_label}"
