"""Which targets a rule of EventBridge may have here, and where an event goes that none gets.

Sources: EventBridge User Guide, "Event bus targets available in the EventBridge console", "Using
dead-letter queues to process undelivered events" with the attributes of such a message (read
2026-11); API Reference, KinesisParameters: without a path the partition key is the event's id. What
fails here, a missing target or permission, AWS does not try again either. That the body of a dead
letter is what the target should have got, and the event where that is not known, is ours: the guide
does not say.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from ..events.event_input import text_at
from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .resource_policies import service_is_allowed

log = logging.getLogger(__name__)
SERVICE = "events.amazonaws.com"
OWN_TARGETS = ("lambda", "sqs", "sns", "states", "kinesis", "firehose", "logs")
NOT_OFFERED = (
    "The embedded cloud does not offer {0} as a target of PutTargets. It sends events to Lambda, "
    "SQS, SNS, Step Functions, Kinesis, Firehose, CloudWatch Logs and event buses."
)


def service_of(target: Any) -> str:
    """The service in a target's ARN; empty when it is none."""
    parts = str(target.get("Arn", "")).split(":")
    return parts[2] if len(parts) > 5 else ""


def refuse_others(targets: list[dict[str, Any]]) -> None:
    """Refuse, by name, targets that no event would reach. Raises `ServiceError`."""
    for target in targets:
        service = service_of(target)
        what = str(target.get("Arn", "")).split(":", 5)[-1].partition("/")[0]
        if service == "events" and what == "api-destination":
            raise ServiceError("NotImplemented", NOT_OFFERED.format("an API destination"), 501)
        if service and service not in (*OWN_TARGETS, "events"):
            raise ServiceError("NotImplemented", NOT_OFFERED.format(service), 501)


def partition_key(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The partition key with which a stream gets an event."""
    path = (target.get("KinesisParameters") or {}).get("PartitionKeyPath")
    return (text_at(event, path) if path else "") or str(event.get("id", ""))


def dead_letter(rule: Any, target: dict[str, Any], text: str, problem: Exception) -> None:
    """Send what a target did not get to its dead-letter queue, if it has one."""
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return
    if not service_is_allowed(SERVICE, str(rule.arn), "sqs:SendMessage", arn):
        log.warning("rule %s: the policy of %s lets no dead letter in", rule.name, arn)
        return
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

    code = "NO_PERMISSIONS" if isinstance(problem, PermissionError) else "NO_RESOURCE"
    if isinstance(problem, json.JSONDecodeError):
        code = "INVALID_JSON"
    attributes = {
        "RULE_ARN": rule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": code,
        "ERROR_MESSAGE": str(problem) or type(problem).__name__,
    }
    given = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
    region, _, name = arn.split(":", 5)[3:]
    try:
        sqs_backends[ACCOUNT_ID][region].send_message(name, text, message_attributes=given)
    except Exception:
        log.warning("rule %s: the dead letter did not reach %s", rule.name, arn)
