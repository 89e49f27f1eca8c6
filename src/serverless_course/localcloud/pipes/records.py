"""Records of a source as a pipe has them. Pure.

Source: EventBridge User Guide, the example events of "Amazon SQS / Kinesis / DynamoDB stream as a
source", and "Implicit body data parsing" (read 2026-11): a Kinesis record is flat, and templates
and paths see a body or data that is JSON as JSON.
"""

from __future__ import annotations

import base64
import json
from typing import Any

# The field that holds what the sender put there.
FIELDS = {"sqs": "body", "kinesis": "data"}
# What names a record in a response that tells failed items.
IDENTIFIERS = {"sqs": "messageId", "kinesis": "eventID", "dynamodb": "eventID"}


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record of an event source mapping's event as a pipe's event has it."""
    rest = dict(record)
    return {**rest.pop("kinesis", {}), **rest}


def view(service: str, event: Any) -> tuple[Any, bool]:
    """An event with its body or data decoded, and whether that was JSON."""
    field = FIELDS.get(service)
    if field is None or not isinstance(event, dict) or not isinstance(event.get(field), str):
        return event, True
    try:
        text = event[field] if service == "sqs" else base64.b64decode(event[field], validate=True)
        return {**event, field: json.loads(text)}, True
    except (ValueError, RecursionError):
        return event, False


def identifier(service: str, event: Any) -> str:
    """What names an event in a response; "" when it says nothing, as an enrichment's may."""
    name = IDENTIFIERS[service]
    return str(event.get(name) or "") if isinstance(event, dict) else ""
