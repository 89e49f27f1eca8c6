"""A mapping's stream, read with the credentials of the function's role.

Sources: Lambda Developer Guide, the example events of "Using Lambda with Amazon Kinesis Data
Streams" and "Using Lambda with Amazon DynamoDB" (read 2026-11), members as recorded from AWS.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from ...moto_seam.streams import StoredRecord
from ...wire.errors import ServiceError
from .positions import Position

# GetRecords gives so many records at most.
READ_MOST = {"kinesis": 10_000, "dynamodb": 1_000}


@dataclass(frozen=True)
class StreamRecord:
    """A record of a shard. ``key``: records of one key keep their order.

    ``arrived_at`` is in seconds since 1970, ``event`` as it stands in the event, ``size`` its
    bytes there.
    """

    sequence: int
    key: str
    arrived_at: float
    event: dict[str, Any]
    size: int


# Streams.consumed: consumer, shard, after which sequence number, from when on, and how many.
Consumed = Callable[[str, str, int | None, float | None, int], list[StoredRecord]]


class StreamReader(Protocol):
    """What a poller needs of its stream. Every method blocks, and may raise ClientError."""

    def iterator(self, shard: str, position: Position) -> str:
        """GetShardIterator."""

    def read(self, shard: str, iterator: str, most: int) -> tuple[list[StreamRecord], str]:
        """GetRecords: what is there now, and the iterator to go on with."""


class KinesisReader:
    """A Kinesis data stream. ``make_client`` gives a client with the role's credentials."""

    def __init__(self, make_client: Callable[[], Any], arn: str, role: Callable[[], str]) -> None:
        self._make_client = make_client
        self._arn = arn
        self._role = role

    def iterator(self, shard: str, position: Position) -> str:
        where: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if position.after is not None:
            where = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "StartingSequenceNumber": str(position.after),
            }
        elif position.at is not None:
            at = datetime.fromtimestamp(position.at, UTC)
            where = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": at}
        answer = self._make_client().get_shard_iterator(
            StreamName=self._arn.partition("/")[2], ShardId=shard, **where
        )
        return str(answer["ShardIterator"])

    def read(self, shard: str, iterator: str, most: int) -> tuple[list[StreamRecord], str]:
        limit = min(most, READ_MOST["kinesis"])
        answer = self._make_client().get_records(ShardIterator=iterator, Limit=limit)
        role = self._role()
        records = [
            _kinesis_record(
                self._arn,
                role,
                shard,
                int(each["SequenceNumber"]),
                each["PartitionKey"],
                each["Data"],
                each["ApproximateArrivalTimestamp"].timestamp(),
            )
            for each in answer["Records"]
        ]
        return records, str(answer["NextShardIterator"])


class ConsumerReader:
    """A consumer of a Kinesis data stream: what it is pushed, asked of ``consumed``.

    ``allowed`` says whether the role may SubscribeToShard. An iterator is the last sequence number
    that was read, or a time with an ``@``.
    """

    def __init__(
        self,
        consumed: Consumed,
        arn: str,
        role: Callable[[], str],
        allowed: Callable[[str, str, str], bool],
    ) -> None:
        self._consumed = consumed
        self._arn = arn
        self._role = role
        self._allowed = allowed

    def iterator(self, shard: str, position: Position) -> str:
        if position.after is not None:
            return str(position.after)
        return "" if position.at is None else f"@{position.at}"

    def read(self, shard: str, iterator: str, most: int) -> tuple[list[StreamRecord], str]:
        role, action = self._role(), "kinesis:SubscribeToShard"
        if not self._allowed(role, action, self._arn):
            text = f"{role} is not authorized to perform: {action} on resource: {self._arn}"
            raise ServiceError("AccessDeniedException", text)
        at = float(iterator[1:]) if iterator.startswith("@") else None
        after = int(iterator) if iterator and at is None else None
        stored = self._consumed(self._arn, shard, after, at, min(most, READ_MOST["kinesis"]))
        records = [
            _kinesis_record(
                self._arn,
                role,
                shard,
                each.sequence,
                each.partition_key,
                each.data,
                each.arrived_at,
            )
            for each in stored
        ]
        return records, str(records[-1].sequence) if records else iterator


class DynamoDbReader:
    """A DynamoDB stream. ``make_client`` gives a client with the role's credentials."""

    def __init__(self, make_client: Callable[[], Any], arn: str) -> None:
        self._make_client = make_client
        self._arn = arn

    def iterator(self, shard: str, position: Position) -> str:
        where = {"ShardIteratorType": "TRIM_HORIZON"}
        if position.after is not None:
            where = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": str(position.after),
            }
        answer = self._make_client().get_shard_iterator(StreamArn=self._arn, ShardId=shard, **where)
        return str(answer["ShardIterator"])

    def read(self, shard: str, iterator: str, most: int) -> tuple[list[StreamRecord], str]:
        limit = min(most, READ_MOST["dynamodb"])
        answer = self._make_client().get_records(ShardIterator=iterator, Limit=limit)
        records = [self._record(each) for each in answer["Records"]]
        return records, str(answer["NextShardIterator"])

    def _record(self, given: dict[str, Any]) -> StreamRecord:
        change = dict(given["dynamodb"])
        arrived_at = change.pop("ApproximateCreationDateTime").timestamp()
        images = ("Keys", "NewImage", "OldImage")
        event = {
            "eventID": given["eventID"],
            "eventName": given["eventName"],
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._arn.split(":")[3],
            "dynamodb": {
                # In whole seconds, as DynamoDB gives it.
                "ApproximateCreationDateTime": float(int(arrived_at)),
                **{name: _plain(change[name]) for name in images if name in change},
                "SequenceNumber": change["SequenceNumber"],
                "SizeBytes": change["SizeBytes"],
                "StreamViewType": change["StreamViewType"],
            },
            "eventSourceARN": self._arn,
        }
        key = json.dumps(_plain(change["Keys"]), sort_keys=True)
        return StreamRecord(int(change["SequenceNumber"]), key, arrived_at, event, _size(event))


def _kinesis_record(
    arn: str, role: str, shard: str, sequence: int, key: str, data: bytes, arrived_at: float
) -> StreamRecord:
    event = {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": key,
            "sequenceNumber": str(sequence),
            "data": base64.b64encode(data).decode(),
            "approximateArrivalTimestamp": round(arrived_at, 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{sequence}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": arn.split(":")[3],
        "eventSourceARN": arn,
    }
    return StreamRecord(sequence, key, arrived_at, event, _size(event))


def _plain(value: Any) -> Any:
    """Attribute values as JSON has them: binary ones in Base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _size(event: dict[str, Any]) -> int:
    return len(json.dumps(event, separators=(",", ":"))) + 1
