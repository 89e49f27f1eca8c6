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
        records = [self._record(shard, each) for each in answer["Records"]]
        return records, str(answer["NextShardIterator"])

    def _record(self, shard: str, given: dict[str, Any]) -> StreamRecord:
        sequence = given["SequenceNumber"]
        arrived_at = given["ApproximateArrivalTimestamp"].timestamp()
        event = {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": given["PartitionKey"],
                "sequenceNumber": sequence,
                "data": base64.b64encode(given["Data"]).decode(),
                "approximateArrivalTimestamp": round(arrived_at, 3),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard}:{sequence}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._role(),
            "awsRegion": self._arn.split(":")[3],
            "eventSourceARN": self._arn,
        }
        return StreamRecord(int(sequence), given["PartitionKey"], arrived_at, event, _size(event))


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


def _plain(value: Any) -> Any:
    """Attribute values as JSON has them: binary ones in Base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _size(event: dict[str, Any]) -> int:
    return len(json.dumps(event, separators=(",", ":"))) + 1
