"""SQS messages as they stand in an event.

Source: Lambda Developer Guide, "Using Lambda with Amazon SQS", examples of standard and FIFO
queue events (read 2026-11); ``md5OfMessageAttributes`` as recorded from AWS. Pure.
"""

from __future__ import annotations

import base64
from typing import Any

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
)


def sqs_record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    """A record of the event from a message that ReceiveMessage gave."""
    attributes = message.get("Attributes") or {}
    given = message.get("MessageAttributes") or {}
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {name: attributes[name] for name in ATTRIBUTES if name in attributes},
        "messageAttributes": {name: _attribute(value) for name, value in given.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    if given:
        record["md5OfMessageAttributes"] = message.get("MD5OfMessageAttributes")
    return record


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
