"""What becomes of stream records that are discarded: a record of them goes to a destination.

Source: Lambda Developer Guide, "Retain discarded batch records for a Kinesis Data Streams event
source" and the same for DynamoDB (read 2026-11); members and their order as recorded from AWS.
SQS and SNS get the metadata, S3 the events as well.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ...moto_seam.stream_consumers import stream_of
from ..environment.invocation import InvocationResult
from .settings import Settings
from .stream_reader import StreamRecord

RETRIES_EXHAUSTED = "RetryAttemptsExhausted"
TOO_OLD = "RecordAgeExceeded"
_INFO = {"kinesis": "KinesisBatchInfo", "dynamodb": "DDBStreamBatchInfo"}


def function_context(
    function_arn: str, condition: str, result: InvocationResult | None, invocations: int
) -> dict[str, Any]:
    """What the record of a discarded batch says of the function and its last invocation, if any.

    Of records that were too old nothing is said of a response, and those that were too old
    before their first attempt count as invoked once (recorded 2024).
    """
    context: dict[str, Any] = {
        "requestContext": {
            "requestId": result.report.request_id if result else str(uuid.uuid4()),
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": max(1, invocations),
        }
    }
    if result is not None and condition != TOO_OLD:
        context["responseContext"] = {
            "statusCode": 200,
            "executedVersion": result.executed_version,
            "functionError": result.function_error or None,
        }
    return context


def discarded_record(
    settings: Settings,
    shard: str,
    records: list[StreamRecord],
    context: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """The record of a discarded batch. ``context`` says who could not handle it, and why."""
    # Kinesis gives times of arrival in milliseconds, DynamoDB in seconds.
    precision = "milliseconds" if settings.service == "kinesis" else "seconds"
    return {
        **context,
        "version": "1.0",
        "timestamp": _text(now),
        _INFO[settings.service]: {
            "shardId": shard,
            "startSequenceNumber": str(records[0].sequence),
            "endSequenceNumber": str(records[-1].sequence),
            "approximateArrivalOfFirstRecord": _arrival(records[0], precision),
            "approximateArrivalOfLastRecord": _arrival(records[-1], precision),
            "batchSize": len(records),
            "streamArn": stream_of(settings.source_arn),
        },
    }


def send(
    make_client: Callable[[str], Any],
    endpoint: str,
    settings: Settings,
    shard: str,
    record: dict[str, Any],
    records: list[StreamRecord],
) -> None:
    """Send the record to the mapping's destination; blocks. Raises botocore's ClientError.

    ``make_client`` gives a client of a service with the credentials of the role that reads.
    """
    arn = settings.on_failure
    service = arn.split(":")[2]
    client = make_client(service)
    if service == "sqs":
        account, name = arn.split(":")[4:6]
        client.send_message(QueueUrl=f"{endpoint}/{account}/{name}", MessageBody=json.dumps(record))
    elif service == "sns":
        client.publish(TopicArn=arn, Message=json.dumps(record))
    else:
        payload = json.dumps({"Records": [each.event for each in records]})
        client.put_object(
            Bucket=arn.split(":")[5],
            Key=object_key(settings.uuid, shard, datetime.fromisoformat(record["timestamp"])),
            Body=json.dumps({**record, "payload": payload}).encode(),
        )


def object_key(mapping: str, shard: str, now: datetime) -> str:
    """``aws/lambda/<ESM-UUID>/<shardID>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<Random UUID>``.

    The time is the record's own ``timestamp`` (recorded 2024).
    """
    moment = f"{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    return f"aws/lambda/{mapping}/{shard}/{now:%Y/%m/%d}/{moment}"


def _arrival(record: StreamRecord, precision: str) -> str:
    return _text(datetime.fromtimestamp(record.arrived_at, UTC), precision)


def _text(moment: datetime, precision: str = "milliseconds") -> str:
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
