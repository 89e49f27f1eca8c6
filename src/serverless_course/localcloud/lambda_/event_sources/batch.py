"""A batch: records of a queue as they stand in an event, and which of them a function failed.

Sources (Lambda Developer Guide, read 2026-11): "Using Lambda with Amazon SQS", examples of standard
and FIFO queue events; ``md5OfMessageAttributes``, null without attributes, as recorded from AWS;
"Implementing partial batch responses" (SQS) and "Configuring partial batch response" (Kinesis,
DynamoDB), the lists of success and failure conditions. Everything here is pure.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .settings import EVENT_FRAME_BYTES, MAX_EVENT_BYTES

# In the order of the guide's examples.
ATTRIBUTES = (
    "ApproximateReceiveCount",
    "AWSTraceHeader",
    "SentTimestamp",
    "SequenceNumber",
    "MessageGroupId",
    "SenderId",
    "MessageDeduplicationId",
    "ApproximateFirstReceiveTimestamp",
    "DeadLetterQueueSourceArn",
)


@dataclass
class Batch:
    """Records that go to the function together. ``until``: when the queue shows them again."""

    records: list[dict[str, Any]]
    size: int
    until: float

    @property
    def groups(self) -> set[str]:
        """The FIFO message groups in it."""
        return {group for each in self.records if (group := group_of(each))}

    @property
    def trace(self) -> str:
        """The trace header that a message carries; one with a lineage before one without."""
        found = [each["attributes"].get("AWSTraceHeader", "") for each in self.records]
        return max(found, key=lambda text: ("Lineage=" in text, bool(text)), default="")


def group_of(record: dict[str, Any]) -> str:
    """The FIFO message group of a record; empty on a standard queue."""
    return str(record["attributes"].get("MessageGroupId", ""))


def size_of(record: dict[str, Any]) -> int:
    """Bytes of a record in the event, with the comma after it."""
    return len(json.dumps(record, separators=(",", ":"))) + 1


def parts_of(batch: Batch) -> list[Batch]:
    """The batch, cut where it would be larger than an event may be."""
    if batch.size + EVENT_FRAME_BYTES <= MAX_EVENT_BYTES:
        return [batch]
    parts = [Batch([], EVENT_FRAME_BYTES, batch.until)]
    for record in batch.records:
        size = size_of(record)
        if parts[-1].records and parts[-1].size + size > MAX_EVENT_BYTES:
            parts.append(Batch([], EVENT_FRAME_BYTES, batch.until))
        parts[-1].records.append(record)
        parts[-1].size += size
    return parts


def sqs_record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    """A record of the event from a message that ReceiveMessage gave."""
    attributes = message.get("Attributes") or {}
    given = message.get("MessageAttributes") or {}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {name: attributes[name] for name in ATTRIBUTES if name in attributes},
        "messageAttributes": {name: _attribute(value) for name, value in given.items()},
        "md5OfMessageAttributes": message.get("MD5OfMessageAttributes"),
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "StringValue" in value:
        found["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        found["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return {
        **found,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }


def failed_items(payload: bytes, identifiers: Sequence[str]) -> set[str]:
    """The identifiers of the items that failed: none is a success, all is a failure.

    Success: an empty or null ``batchItemFailures``, an empty or null response (recorded from AWS:
    ``""``, ``[]``, ``{}`` and null). Failure of the whole batch: a response that is no JSON
    object, an item without an identifier, with an empty one, or with one not in the batch.
    """
    everything = set(identifiers)
    try:
        response = json.loads(payload or b"null") or {}
        failures = response.get("batchItemFailures") or []
        named = [each.get("itemIdentifier") for each in failures]
    except (ValueError, AttributeError, TypeError):
        return everything
    known = all(isinstance(name, str) and name in everything for name in named)
    return set(named) if known else everything
