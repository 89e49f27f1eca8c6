"""The dead-letter queue: a dropped event as it was, sent to a standard SQS queue or SNS topic.

Sources: Lambda Developer Guide, "Adding a dead-letter queue" (read 2026-11); ErrorCode 200 for
a function error: recorded on AWS in 2025-11 (localstack/localstack,
test_lambda_destinations.snapshot.json, test_dead_letter_queue). Not documented, but reported of
AWS in 2026 (radkawar/stackd, lambda_outcomes): of an event that reserved concurrency 0 kept from
the function, no ErrorCode and the message below, with AWS's own slip of the pen; of one
throttled until it was too old, 429 and "Rate Exceeded.".
"""

from __future__ import annotations

import json
import re

from ...iam.role_client import RoleClients, queue_url, tracing
from ..environment.invocation import InvocationResult
from .async_event import AsyncEvent, Condition

MAX_MESSAGE_BYTES = 1024
KILL_SWITCH = "Function not invoked. Function isconfigured with zero reserved concurrent executions"
# What SQS and SNS take as text (SQS API reference, SendMessage).
_UNSENDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def send_dead_letter(clients: RoleClients, event: AsyncEvent) -> None:
    """Send the event to its function's dead-letter target. Raises what the client raises."""
    target = event.settings.dead_letter
    service, region = target.split(":")[2:4]
    client = clients.client(service, event.settings.role, event.name, region)
    attributes = message_attributes(event)
    with tracing(event.trace):
        if service == "sqs":
            client.send_message(
                QueueUrl=queue_url(client, target),
                MessageBody=event.payload.decode(),
                MessageAttributes=attributes,
                **trace_attribute(event.trace),
            )
        else:
            client.publish(
                TopicArn=target, Message=event.payload.decode(), MessageAttributes=attributes
            )


def message_attributes(event: AsyncEvent) -> dict[str, dict[str, str]]:
    """RequestID, ErrorCode (HTTP status) and ErrorMessage (first 1 KB), as the message has them."""
    attributes = {"RequestID": _attribute("String", event.request_id)}
    if event.condition is Condition.ZERO_CONCURRENCY:
        message = KILL_SWITCH
    else:
        attributes["ErrorCode"] = _attribute("Number", str(event.status or 500))
        message = _error_message(event)
    if message:
        attributes["ErrorMessage"] = _attribute("String", message)
    return attributes


def trace_attribute(trace: str) -> dict[str, dict[str, dict[str, str]]]:
    """SendMessage's parameter that lets the trace header travel with a message."""
    header = _attribute("String", trace)
    return {"MessageSystemAttributes": {"AWSTraceHeader": header}} if trace else {}


def _error_message(event: AsyncEvent) -> str:
    last = event.last
    if last is None:
        return str(event.condition)
    if not isinstance(last, InvocationResult):
        return _sendable(last.message)
    text = last.payload.decode(errors="replace")
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    if isinstance(found, dict):
        found = found.get("errorMessage", text)
    return _sendable(found if isinstance(found, str) else text)


def _sendable(text: str) -> str:
    cut = text.encode(errors="replace")[:MAX_MESSAGE_BYTES].decode(errors="ignore")
    return _UNSENDABLE.sub("\ufffd", cut)


def _attribute(kind: str, value: str) -> dict[str, str]:
    return {"DataType": kind, "StringValue": value}
