"""Destinations: the record of an asynchronous invocation, sent where OnSuccess or OnFailure says.

Sources: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" (read
2026-11), for the record, its five destinations and the name of an S3 object; keys, conditions
and EventBridge's envelope: recorded on AWS in 2025-11 (localstack/localstack,
test_lambda_destinations.snapshot.json). Not documented, but reported of AWS in 2026
(radkawar/stackd): an event that never reached the function has no responseContext, or one with
the refusal's status alone (429), and no responsePayload; a success always says
approximateInvokeCount 1, whatever it took.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from ...iam.role_client import RoleClients, queue_url, tracing
from ..environment.invocation import InvocationResult
from .async_event import AsyncEvent, Condition
from .dead_letter import trace_attribute

DETAIL_TYPE = "Lambda Function Invocation Result - "


def send_record(clients: RoleClients, event: AsyncEvent, destination: str) -> None:
    """Send the invocation record to a destination's ARN. Raises what the client raises."""
    service = destination.split(":")[2]
    region = destination.split(":")[3] or event.region
    client = clients.client(service, event.settings.role, event.name, region)
    with tracing(event.trace):
        _SEND[service](client, event, destination, invocation_record(event))


def invocation_record(event: AsyncEvent) -> str:
    """The JSON document that tells of request and response. Payloads stay as they were, to the
    byte."""
    at = _ended_at(event)
    succeeded = event.condition is Condition.SUCCESS
    members = {
        "version": '"1.0"',
        "timestamp": json.dumps(f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"),
        "requestContext": _compact(
            {
                "requestId": event.request_id,
                "functionArn": event.qualified_arn,
                "condition": event.condition,
                "approximateInvokeCount": 1 if succeeded else event.attempts,
            }
        ),
        "requestPayload": event.payload.decode(),
    }
    if event.last is not None:
        members["responseContext"] = _compact(_response_context(event))
    if isinstance(event.last, InvocationResult):
        members["responsePayload"] = _as_json(event.last.payload)
    return "{" + ",".join(f'"{name}":{value}' for name, value in members.items()) + "}"


def object_key(event: AsyncEvent) -> str:
    """The S3 key: ``aws/lambda/async/FUNCTION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID`` (UTC)."""
    at = _ended_at(event)
    return f"aws/lambda/async/{event.name}/{at:%Y/%m/%d}/{at:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def _to_queue(client: Any, event: AsyncEvent, destination: str, record: str) -> None:
    client.send_message(
        QueueUrl=queue_url(client, destination),
        MessageBody=record,
        **trace_attribute(event.trace),
    )


def _to_topic(client: Any, event: AsyncEvent, destination: str, record: str) -> None:
    client.publish(TopicArn=destination, Message=record)


def _to_function(client: Any, event: AsyncEvent, destination: str, record: str) -> None:
    client.invoke(FunctionName=destination, InvocationType="Event", Payload=record.encode())


def _to_event_bus(client: Any, event: AsyncEvent, destination: str, record: str) -> None:
    succeeded = event.condition is Condition.SUCCESS
    entry = {
        "Source": "lambda",
        "DetailType": DETAIL_TYPE + ("Success" if succeeded else "Failure"),
        "Detail": record,
        "Resources": [destination, event.qualified_arn],
        "EventBusName": destination,
        "Time": _ended_at(event),
        "TraceHeader": event.trace,
    }
    result = client.put_events(Entries=[entry])
    if result.get("FailedEntryCount"):
        failed = result["Entries"][0]
        raise RuntimeError(f"{failed.get('ErrorCode')}: {failed.get('ErrorMessage')}")


def _to_bucket(client: Any, event: AsyncEvent, destination: str, record: str) -> None:
    client.put_object(
        Bucket=destination.rpartition(":")[2],
        Key=object_key(event),
        Body=record.encode(),
        ContentType="application/json",
    )


_SEND = {
    "sqs": _to_queue,
    "sns": _to_topic,
    "lambda": _to_function,
    "events": _to_event_bus,
    "s3": _to_bucket,
}


def _response_context(event: AsyncEvent) -> dict[str, Any]:
    context: dict[str, Any] = {"statusCode": event.status}
    if isinstance(event.last, InvocationResult):
        context["executedVersion"] = event.last.executed_version
        if event.last.function_error:
            context["functionError"] = event.last.function_error
    return context


def _ended_at(event: AsyncEvent) -> datetime:
    """When the event left the queue: a record is made only then."""
    assert event.ended_at is not None
    return event.ended_at


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _as_json(payload: bytes) -> str:
    """A response that is no JSON (a custom runtime may post one) stands as text."""
    text = payload.decode(errors="replace")
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text)
    return text
