"""Provisioned concurrency: environments of a version that are initialised before any call.

Source: Lambda Developer Guide, "Configuring provisioned concurrency" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ..errors import ServiceError
from .plane import Call, ControlPlane, Operation, now_text, page
from .registry import LATEST, FunctionRecord, function_not_found
from .reserved_concurrency import MIN_UNRESERVED, reserved_total

SHOWN = (
    "RequestedProvisionedConcurrentExecutions",
    "AvailableProvisionedConcurrentExecutions",
    "AllocatedProvisionedConcurrentExecutions",
    "Status",
    "StatusReason",
    "LastModified",
)


def put_provisioned_concurrency_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutProvisionedConcurrencyConfig: IN_PROGRESS first, then READY or FAILED."""
    record, qualifier = _find(plane, call)
    if qualifier == LATEST:
        raise ServiceError(
            "InvalidParameterValueException",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            fields={"Type": "User"},
        )
    alias = record.aliases.get(qualifier)
    if alias is not None and alias.version == LATEST:
        raise ServiceError(
            "InvalidParameterValueException",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            fields={"Type": "User"},
        )
    _check_no_twin(record, qualifier)
    wanted = int(call["ProvisionedConcurrentExecutions"])
    _check_room(plane, record, qualifier, wanted)
    record.provisioned[qualifier] = {
        "RequestedProvisionedConcurrentExecutions": wanted,
        "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
        "LastModified": now_text(),
    }
    plane.engine.provision(record, qualifier)
    return _shown(record.provisioned[qualifier])


def get_provisioned_concurrency_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetProvisionedConcurrencyConfig."""
    record, qualifier = _find(plane, call)
    config = record.provisioned.get(qualifier)
    if config is None:
        raise ServiceError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
            404,
            fields={"Type": "User"},
        )
    return _shown(config)


def list_provisioned_concurrency_configs(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListProvisionedConcurrencyConfigs."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    found = [
        {"FunctionArn": record.qualified_arn(qualifier), **_shown(config)}
        for qualifier, config in sorted(record.provisioned.items())
    ]
    chosen, marker = page(found, call)
    return {"ProvisionedConcurrencyConfigs": chosen, "NextMarker": marker}


def delete_provisioned_concurrency_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteProvisionedConcurrencyConfig; one that is not there is no error."""
    record, qualifier = _find(plane, call)
    if record.provisioned.pop(qualifier, None) is not None:
        plane.engine.provision(record, qualifier)
    return {}


def _find(plane: ControlPlane, call: Call) -> tuple[FunctionRecord, str]:
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    wanted = qualifier or LATEST
    if record is None or not record.has(wanted):
        arn = plane.registry.function_arn(call.region, name)
        if record is not None and not wanted.isdigit() and wanted != LATEST:
            raise ServiceError(
                "ResourceNotFoundException",
                f"Cannot find alias arn: {arn}:{wanted}",
                404,
                fields={"Type": "User"},
            )
        raise function_not_found(f"{arn}:{wanted}")
    return record, wanted


def _check_no_twin(record: FunctionRecord, qualifier: str) -> None:
    """An alias and the version it names cannot both be provisioned."""
    alias = record.aliases.get(qualifier)
    if alias is not None:
        twins = [alias.version, *alias.weights]
        who, other_kind = "Alias", "version"
    else:
        twins = [
            name
            for name, other in record.aliases.items()
            if other.version == qualifier or qualifier in other.weights
        ]
        who, other_kind = "Version", "alias"
    if any(twin in record.provisioned for twin in twins):
        raise ServiceError(
            "ResourceConflictException",
            f"{who} can't be used for Provisioned Concurrency configuration on an already "
            f"Provisioned {other_kind}",
            409,
            fields={"Type": "User"},
        )


def _check_room(plane: ControlPlane, record: FunctionRecord, qualifier: str, wanted: int) -> None:
    others = sum(
        config["RequestedProvisionedConcurrentExecutions"]
        for name, config in record.provisioned.items()
        if name != qualifier
    )
    if record.reserved is not None and others + wanted > record.reserved:
        raise ServiceError(
            "InvalidParameterValueException",
            "Requested Provisioned Concurrency should not be greater than the "
            "reservedConcurrentExecution for function",
            fields={"Type": "User"},
        )
    unreserved = plane.account_concurrency - reserved_total(plane.registry, record.region)
    most = max(0, unreserved - MIN_UNRESERVED)
    if record.reserved is None and others + wanted > most:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Specified ConcurrentExecutions for function is greater than account's unreserved "
            f"concurrency [{unreserved}].",
            fields={"Type": "User"},
        )


def _shown(config: dict[str, Any]) -> dict[str, Any]:
    return {name: config[name] for name in SHOWN if config.get(name) is not None}


OPERATIONS: dict[str, Operation] = {
    "PutProvisionedConcurrencyConfig": put_provisioned_concurrency_config,
    "GetProvisionedConcurrencyConfig": get_provisioned_concurrency_config,
    "ListProvisionedConcurrencyConfigs": list_provisioned_concurrency_configs,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned_concurrency_config,
}
