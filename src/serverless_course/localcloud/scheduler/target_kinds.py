"""Which targets a schedule may have, and what each needs.

Source: EventBridge Scheduler User Guide, "Templated targets" and "Universal targets"; API
reference, Target (read 2026-11). AWS's own words are those for an ARN that is none (public error
reports, 2023 to 2025); the others are ours.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ..iam.requested.services import SERVICES
from ..wire.rest_json import model
from .refusals import invalid, not_offered

Members = dict[str, Any]
_ARN = re.compile(r"arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d{12}|):(.+)", re.ASCII)
_UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([a-z][A-Za-z0-9]*)", re.ASCII)
# By the service in the ARN, and how the rest of the ARN begins.
TEMPLATED = {
    "lambda": "function:",
    "sqs": "",
    "sns": "",
    "events": "event-bus/",
    "states": "stateMachine:",
    "kinesis": "stream/",
    "firehose": "deliverystream/",
}
NEEDS_JSON = frozenset({"lambda", "events", "states"})
# Members of a target that only one kind of target has.
PARAMETERS = {
    "EventBridgeParameters": "events",
    "KinesisParameters": "kinesis",
    "SqsParameters": "sqs",
}
ELSEWHERE = frozenset(
    {
        *("EcsParameters", "SageMakerPipelineParameters"),
        *("EventBridgePutEventsV2Parameters", "EventBridgePutRawEventsParameters"),
    }
)
# The names of universal targets are those of the AWS SDK for Java 2; here those that differ.
SDK_NAMES = {
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "sfn": "stepfunctions",
}
# A universal target does not read. Of these prefixes are the operations that AWS refuses.
READS = (
    *("get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read"),
    *("lookup", "discover", "validate", "batchGet", "batchDescribe", "batchRead", "transactGet"),
    *("adminGet", "adminList", "testMigration", "retrieve", "testConnection"),
    *("translateDocument", "isAuthorized", "invokeModel"),
)


@dataclass(frozen=True)
class Universal:
    """An operation of AWS's SDK: ``service`` is botocore's name of the service."""

    service: str
    operation: str


def universal(arn: str) -> Universal | None:
    """The operation that a universal target names; None for another ARN.

    Raises `ServiceError` for one that is not there.
    """
    if not arn.startswith("arn:aws:scheduler:::"):
        return None
    found = _UNIVERSAL.fullmatch(arn)
    if found is None:
        raise invalid("Provided Arn is not in correct format.")
    service, action = SDK_NAMES.get(found[1], found[1]), found[2]
    if service not in {each for known in SERVICES.values() for each in known.models}:
        raise not_offered(f"the universal target of {found[1]}")
    if action.startswith(READS):
        raise invalid(f"{arn} is not a supported universal target: it only reads.")
    name = action[:1].upper() + action[1:]
    if name not in model(service).operation_names:
        raise invalid(f"{arn} is not a supported universal target: no such operation.")
    return Universal(service, name)


def templated(arn: str) -> str:
    """The service of a templated target. Raises `ServiceError` for one that is none."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise invalid("Provided Arn is not in correct format.")
    service = found[1]
    if service not in TEMPLATED:
        raise not_offered(f"the templated target of {service} ({arn})")
    if not found[4].startswith(TEMPLATED[service]) or not found[2] or not found[3]:
        raise invalid("Provided Arn is not in correct format.")
    return service


def check_target(target: Members) -> None:
    """Refuse a target that is not offered, or whose members do not fit. Raises `ServiceError`."""
    for name in ELSEWHERE:
        if target.get(name) is not None:
            raise not_offered(f"the member {name}")
    arn, text = str(target["Arn"]), target.get("Input")
    operation = universal(arn)
    service = templated(arn) if operation is None else ""
    for name, needed in PARAMETERS.items():
        if target.get(name) is not None and needed != service:
            raise invalid(f"The target {arn} does not take {name}.")
    if service == "events" and target.get("EventBridgeParameters") is None:
        raise invalid("EventBridgeParameters is required for an event bus as target.")
    if service == "kinesis" and target.get("KinesisParameters") is None:
        raise invalid("KinesisParameters is required for a Kinesis stream as target.")
    if service == "sqs" and arn.endswith(".fifo") != ("SqsParameters" in target):
        raise invalid("A FIFO queue as target needs MessageGroupId, and no other queue takes it.")
    if text is None:
        return
    if service in NEEDS_JSON or operation is not None:
        read = _json(text)
        if operation is not None and not isinstance(read, dict):
            raise invalid("The Input of a universal target must be a JSON object.")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid("The target's Input must be well-formed JSON.") from error
