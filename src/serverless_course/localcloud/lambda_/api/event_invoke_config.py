"""Event invoke configuration: how often and how long an asynchronous event is tried, and where
its record goes. Source: Lambda Developer Guide, "How Lambda handles errors and retries with
asynchronous invocation" (read 2026-11).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ...wire.errors import ServiceError
from ..function_version import parse_reference
from ..registry import LATEST, FunctionRecord
from .call import Call
from .paging import page
from .plane import ControlPlane, Operation

# What the execution role must be allowed for each kind of destination.
ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
}
SERVICE_NAMES = {"sqs": "SQS", "sns": "SNS", "lambda": "Lambda", "events": "Events", "s3": "S3"}
SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")


def put_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutFunctionEventInvokeConfig: replaces the whole configuration."""
    _check_something_given(call)
    record, qualifier = _find(plane, call)
    return _store(plane, record, qualifier, call, {})


def update_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateFunctionEventInvokeConfig: adds to the configuration that is there."""
    _check_something_given(call)
    record, qualifier = _find(plane, call)
    return _store(plane, record, qualifier, call, _existing(plane, call))


def get_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionEventInvokeConfig."""
    return dict(_existing(plane, call))


def list_function_event_invoke_configs(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListFunctionEventInvokeConfigs: that of ``$LATEST`` first, then versions, then aliases."""
    name, _ = plane.registry.named(call.region, call["FunctionName"])
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        raise _no_function()
    sorted_configs = sorted(record.event_invoke.items(), key=lambda pair: _place_in_list(pair[0]))
    chosen, marker = page(sorted_configs, call, key=lambda pair: _place_in_list(pair[0]))
    return {"FunctionEventInvokeConfigs": [config for _, config in chosen], "NextMarker": marker}


def delete_function_event_invoke_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteFunctionEventInvokeConfig."""
    _existing(plane, call)
    record, qualifier = _find(plane, call)
    del record.event_invoke[qualifier]
    return {}


def _find(plane: ControlPlane, call: Call) -> tuple[FunctionRecord, str]:
    name, given = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    qualifier = given or LATEST
    if record is None or not record.has(qualifier):
        raise _no_function()
    return record, qualifier


def _existing(plane: ControlPlane, call: Call) -> dict[str, Any]:
    name, given = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    qualifier = given or LATEST
    config = record.event_invoke.get(qualifier) if record else None
    if config is None:
        arn = plane.registry.function_arn(call.region, name)
        raise ServiceError(
            "ResourceNotFoundException",
            f"The function {arn}:{qualifier} doesn't have an EventInvokeConfig",
            404,
            fields={"Type": "User"},
        )
    return config


def _no_function() -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", "The function doesn't exist.", 404, fields={"Type": "User"}
    )


def _place_in_list(qualifier: str) -> list[Any]:
    if qualifier == LATEST:
        return [0, 0, ""]
    return [1, int(qualifier), ""] if qualifier.isdigit() else [2, 0, qualifier]


def _store(
    plane: ControlPlane,
    record: FunctionRecord,
    qualifier: str,
    call: Call,
    before: dict[str, Any],
) -> dict[str, Any]:
    given = {name: call[name] for name in SETTINGS if call.get(name) is not None}
    destinations = call.get("DestinationConfig") or {}
    wanted = {condition: _destination(value) for condition, value in destinations.items()}
    _check_services(wanted)
    for arn in wanted.values():
        _check_destination(plane, record, arn)
    kept = before.get("DestinationConfig", {"OnSuccess": {}, "OnFailure": {}})
    shown = {name: {"Destination": arn} if arn else {} for name, arn in wanted.items()}
    config = {
        **{name: before[name] for name in SETTINGS if name in before},
        **given,
        "FunctionArn": record.qualified_arn(qualifier),
        "LastModified": datetime.now(UTC),
        "DestinationConfig": {**kept, **shown},
    }
    record.event_invoke[qualifier] = config
    return config


def _check_something_given(call: Call) -> None:
    """Refuse a call without a setting, before the function is looked for (recorded 2024-04)."""
    if all(call.get(name) is None for name in SETTINGS) and not call.get("DestinationConfig"):
        raise ServiceError(
            "InvalidParameterValueException",
            "You must specify at least one of error handling or destination setting.",
        )


def _destination(wanted: dict[str, Any] | None) -> str:
    """The ARN of a destination; empty for none."""
    return str((wanted or {}).get("Destination") or "")


def _service(arn: str) -> str:
    return arn.split(":")[2] if arn.count(":") >= 5 else ""


def _check_services(wanted: dict[str, str]) -> None:
    """Refuse services that take no records, and S3 for successes."""
    bad = any(
        arn and (_service(arn) not in ACTIONS or (_service(arn), condition) == ("s3", "OnSuccess"))
        for condition, arn in wanted.items()
    )
    if bad:
        parts = [
            f"{label}={condition}(destination={wanted[condition]})"
            if wanted.get(condition)
            else f"{label}=null"
            for label, condition in (("onSuccess", "OnSuccess"), ("onFailure", "OnFailure"))
        ]
        raise ServiceError(
            "InvalidParameterValueException",
            f"The provided destination config DestinationConfig({', '.join(parts)}) is invalid.",
        )


def _check_destination(plane: ControlPlane, record: FunctionRecord, arn: str) -> None:
    if not arn:
        return
    service = _service(arn)
    if service in ("sqs", "sns") and arn.endswith(".fifo"):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The destination ARN {arn} is invalid: FIFO queues and topics are not supported.",
        )
    if service == "lambda":
        _check_function(plane, record, arn)
    role = record.latest.members["Role"]
    action = ACTIONS[service]
    resource = f"{arn}/*" if service == "s3" else arn
    if not plane.services.identity.role_allows(role, action, resource):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The provided execution role does not have permissions to call "
            f"{action.partition(':')[2]} on {SERVICE_NAMES[service]}",
        )


def _check_function(plane: ControlPlane, record: FunctionRecord, arn: str) -> None:
    """Refuse the function itself as its destination, and one that does not exist."""
    reference = parse_reference(arn)
    functions = plane.registry.region(record.region).functions
    target = functions.get(reference.name) if reference else None
    here = reference is not None and reference.region == record.region
    if reference is None or target is None or not here or not target.has(reference.qualifier):
        raise ServiceError(
            "InvalidParameterValueException", f"The destination ARN {arn} is invalid."
        )
    if target is record:
        raise ServiceError(
            "InvalidParameterValueException",
            "You can't specify the function as a destination for itself.",
        )


OPERATIONS: dict[str, Operation] = {
    "PutFunctionEventInvokeConfig": put_function_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": update_function_event_invoke_config,
    "GetFunctionEventInvokeConfig": get_function_event_invoke_config,
    "ListFunctionEventInvokeConfigs": list_function_event_invoke_configs,
    "DeleteFunctionEventInvokeConfig": delete_function_event_invoke_config,
}
