"""Event invoke configuration: how often and how long an asynchronous event is tried, and where
its record goes. Source: Lambda Developer Guide, "How Lambda handles errors and retries with
asynchronous invocation" (read 2026-11).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..errors import ServiceError
from .plane import Call, ControlPlane, Operation, page
from .registry import LATEST, FunctionRecord

# What the execution role must be allowed for each kind of destination.
ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
}
SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")


def put_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutFunctionEventInvokeConfig: replaces the whole configuration."""
    record, qualifier = _find(plane, call)
    return _store(plane, record, qualifier, call, {})


def update_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateFunctionEventInvokeConfig: adds to the configuration that is there."""
    record, qualifier = _find(plane, call)
    return _store(plane, record, qualifier, call, _existing(record, qualifier))


def get_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionEventInvokeConfig."""
    return dict(_existing(*_find(plane, call)))


def list_function_event_invoke_configs(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListFunctionEventInvokeConfigs."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    chosen, marker = page(list(record.event_invoke.values()), call)
    return {"FunctionEventInvokeConfigs": chosen, "NextMarker": marker}


def delete_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteFunctionEventInvokeConfig."""
    record, qualifier = _find(plane, call)
    _existing(record, qualifier)
    del record.event_invoke[qualifier]
    return {}


def _find(plane: ControlPlane, call: Call) -> tuple[FunctionRecord, str]:
    name, given = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    qualifier = given or LATEST
    if record is None or not record.has(qualifier):
        arn = plane.registry.function_arn(call.region, name)
        raise ServiceError(
            "ResourceNotFoundException",
            f"The function {arn}:{qualifier} doesn't exist.",
            404,
            fields={"Type": "User"},
        )
    return record, qualifier


def _existing(record: FunctionRecord, qualifier: str) -> dict[str, Any]:
    config = record.event_invoke.get(qualifier)
    if config is None:
        raise ServiceError(
            "ResourceNotFoundException",
            f"The function {record.qualified_arn(qualifier)} doesn't have an EventInvokeConfig",
            404,
            fields={"Type": "User"},
        )
    return config


def _store(
    plane: ControlPlane,
    record: FunctionRecord,
    qualifier: str,
    call: Call,
    before: dict[str, Any],
) -> dict[str, Any]:
    given = {name: call[name] for name in SETTINGS if call.get(name) is not None}
    destinations = call.get("DestinationConfig")
    if not given and not destinations:
        raise ServiceError(
            "InvalidParameterValueException",
            "You must specify at least one of error handling or destination setting.",
        )
    kept = before.get("DestinationConfig", {"OnSuccess": {}, "OnFailure": {}})
    merged = {**kept, **{name: dict(value) for name, value in (destinations or {}).items()}}
    for condition in ("OnSuccess", "OnFailure"):
        _check(plane, record, condition, (destinations or {}).get(condition) or {})
    config = {
        **{name: before[name] for name in SETTINGS if name in before},
        **given,
        "FunctionArn": record.qualified_arn(qualifier),
        "LastModified": datetime.now(UTC),
        "DestinationConfig": merged,
    }
    record.event_invoke[qualifier] = config
    return config


def _check(
    plane: ControlPlane, record: FunctionRecord, condition: str, wanted: dict[str, Any]
) -> None:
    arn = wanted.get("Destination")
    if not arn:
        return
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""
    if service not in ACTIONS or (service == "s3" and condition == "OnSuccess"):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The provided destination config DestinationConfig({condition.lower()[:2]}"
            f"{condition[2:]}={condition}(destination={arn})) is invalid.",
        )
    if service in ("sqs", "sns") and arn.endswith(".fifo"):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The destination ARN {arn} is invalid: FIFO queues and topics are not supported.",
        )
    if service == "lambda" and arn.split(":")[6] == record.name:
        raise ServiceError(
            "InvalidParameterValueException",
            "You can't specify the function as a destination for itself.",
        )
    role = record.latest.members["Role"]
    action = ACTIONS[service]
    resource = f"{arn}/*" if service == "s3" else arn
    if not plane.services.role_allows(role, action, resource):
        service_name = {"sqs": "SQS", "sns": "SNS", "lambda": "Lambda"}.get(
            service, service.capitalize() if service == "events" else service.upper()
        )
        raise ServiceError(
            "InvalidParameterValueException",
            f"The provided execution role does not have permissions to call "
            f"{action.partition(':')[2]} on {service_name}",
        )


OPERATIONS: dict[str, Operation] = {
    "PutFunctionEventInvokeConfig": put_function_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": update_function_event_invoke_config,
    "GetFunctionEventInvokeConfig": get_function_event_invoke_config,
    "ListFunctionEventInvokeConfigs": list_function_event_invoke_configs,
    "DeleteFunctionEventInvokeConfig": delete_function_event_invoke_config,
}
