"""Provisioned concurrency: environments of a version that are initialised before any call.

Source: Lambda Developer Guide, "Configuring provisioned concurrency" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..registry import LATEST, FunctionRecord, qualifier_not_found
from .call import Call
from .dates import seconds_text
from .paging import page
from .plane import ControlPlane, Operation
from .reserved_concurrency import min_unreserved, unreserved_concurrency

UNPUBLISHED = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
NOT_PUBLISHED = "The function resource provided must be an alias or a published version."
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
    record, qualifier = _find(plane, call, UNPUBLISHED)
    alias = record.aliases.get(qualifier)
    version = alias.version if alias else qualifier
    check_may_provision(record, qualifier, version)
    wanted = int(call["ProvisionedConcurrentExecutions"])
    _check_room(plane, record, qualifier, wanted)
    record.provisioned[qualifier] = {"RequestedProvisionedConcurrentExecutions": wanted}
    begin(plane, record, qualifier)
    # test_lambda_provisioned_concurrency_moves_with_alias, recorded 2023-03.
    record.renew_revision(version)
    return _shown(record.provisioned[qualifier])


def begin(plane: ControlPlane, record: FunctionRecord, qualifier: str) -> None:
    """Allocate a configuration's environments from the start: it is new, or its alias moved."""
    # A new object, so that what is still under way for the old one can see that it is too late.
    record.provisioned[qualifier] = {
        **record.provisioned[qualifier],
        "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
        "StatusReason": None,
        "LastModified": seconds_text(),
    }
    plane.engine.provision(record)


def get_provisioned_concurrency_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetProvisionedConcurrencyConfig."""
    record, qualifier = _find(plane, call, NOT_PUBLISHED)
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
    chosen, marker = page(found, call, key=lambda config: [config["FunctionArn"]])
    return {"ProvisionedConcurrencyConfigs": chosen, "NextMarker": marker}


def delete_provisioned_concurrency_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteProvisionedConcurrencyConfig; one that is not there is no error."""
    record, qualifier = _find(plane, call, NOT_PUBLISHED)
    if record.provisioned.pop(qualifier, None) is not None:
        plane.engine.provision(record)
    return {}


def check_may_provision(record: FunctionRecord, qualifier: str, version: str) -> None:
    """A version has one configuration at most: its own, or that of one alias (409)."""
    if version == LATEST:
        raise _refused(UNPUBLISHED)
    other = record.provisioned_on(version)
    if other in (None, qualifier):
        return
    raise ServiceError(
        "ResourceConflictException",
        "Version is pointed by a Provisioned Concurrency alias"
        if qualifier == version
        else "Alias can't be used for Provisioned Concurrency configuration on an already "
        "Provisioned version",
        409,
        fields={"Type": "User"},
    )


def _find(plane: ControlPlane, call: Call, for_latest: str) -> tuple[FunctionRecord, str]:
    """The function and its version or alias; ``for_latest`` is said of ``$LATEST``."""
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call["Qualifier"])
    assert qualifier is not None
    if qualifier == LATEST:
        raise _refused(for_latest)
    record = plane.registry.region(call.region).functions.get(name)
    if record is None or not record.has(qualifier):
        raise qualifier_not_found(plane.registry.function_arn(call.region, name), qualifier)
    return record, qualifier


def _check_room(plane: ControlPlane, record: FunctionRecord, qualifier: str, wanted: int) -> None:
    before = record.provisioned.get(qualifier, {})
    others = record.provisioned_total - before.get("RequestedProvisionedConcurrentExecutions", 0)
    if record.reserved is not None:
        if others + wanted > record.reserved:
            raise _refused(
                "Requested Provisioned Concurrency should not be greater than the "
                "reservedConcurrentExecution for function"
            )
        return
    unreserved = unreserved_concurrency(plane, record.region, but=record) - others
    if wanted > unreserved:
        raise _refused(
            "Specified ConcurrentExecutions for function is greater than account's unreserved "
            f"concurrency [{unreserved}].",
            kind=None,
        )
    least = min_unreserved(plane)
    if unreserved - wanted < least:
        raise _refused(
            "Specified ConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{least}].",
            kind=None,
        )


def _refused(message: str, kind: str | None = "User") -> ServiceError:
    """Refusals by the account's limits have no Type (recorded 2023-11)."""
    return ServiceError("InvalidParameterValueException", message, fields={"Type": kind})


def _shown(config: dict[str, Any]) -> dict[str, Any]:
    return {name: config[name] for name in SHOWN if config.get(name) is not None}


OPERATIONS: dict[str, Operation] = {
    "PutProvisionedConcurrencyConfig": put_provisioned_concurrency_config,
    "GetProvisionedConcurrencyConfig": get_provisioned_concurrency_config,
    "ListProvisionedConcurrencyConfigs": list_provisioned_concurrency_configs,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned_concurrency_config,
}
