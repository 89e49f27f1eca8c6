"""Sequence numbers of Kinesis shards, as long as AWS's: 56 digits, where moto counts from 1.

A shard's numbers begin with the time when it was made, so those of a shard that came out of a split
or merge are higher than its parents'; from record to record they grow by 2 to the power of 80, as
those in AWS's documentation do (API reference, PutRecords and SplitShard, read 2026-11).
"""

from __future__ import annotations

import time
from typing import Any

from .watchers import wrap

START = 49 * 10**54
MILLISECOND = 10**39
STEP = 2**80


def install() -> None:
    """Put the numbers into moto. Once for a process is enough."""
    from moto.kinesis.models import Shard  # noqa: PLC0415 - moto loads late

    wrap(Shard, "__init__", _new_shard)
    wrap(Shard, "put_record", _put_record)
    wrap(Shard, "get_min_sequence_number", lambda _, shard: shard.first_sequence_number)
    wrap(Shard, "get_max_sequence_number", _last)


def _new_shard(original: Any, shard: Any, *rest: Any, **named: Any) -> None:
    original(shard, *rest, **named)
    milliseconds = time.time_ns() // 1_000_000
    shard.first_sequence_number = START + milliseconds * MILLISECOND + shard._shard_id * 16 + 2


def _last(_: Any, shard: Any) -> int:
    """The newest record's number; of an empty shard, what comes before its first."""
    return int(next(reversed(shard.records), shard.first_sequence_number))


def _put_record(_: Any, shard: Any, partition_key: str, data: str, explicit_hash_key: str) -> str:
    from moto.kinesis.models import Record  # noqa: PLC0415 - moto loads late

    number = _last(None, shard) + STEP
    shard.records[number] = Record(partition_key, data, number, explicit_hash_key)
    return str(number)
