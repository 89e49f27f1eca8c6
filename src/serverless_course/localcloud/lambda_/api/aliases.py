"""Aliases: a name for a version, and for a safe roll-out a share of a second one.

Source: Lambda Developer Guide, "Lambda function aliases" and "weighted aliases" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..registry import (
    LATEST,
    Alias,
    FunctionRecord,
    function_not_found,
    qualifier_not_found,
    revision,
)
from .call import Call
from .paging import page
from .plane import ControlPlane, Operation
from .provisioned_concurrency import begin, check_may_provision
from .revisions import check_revision


def create_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """CreateAlias."""
    name, version = call["Name"], call["FunctionVersion"]
    record = _function(plane, call, version)
    _check_version(record, version)
    weights = _weights(record, version, call.get("RoutingConfig"))
    if name in record.aliases:
        raise ServiceError(
            "ResourceConflictException",
            f"Alias already exists: {record.qualified_arn(name)}",
            409,
            fields={"Type": "User"},
        )
    alias = Alias(name, version, call.get("Description") or "", weights, revision())
    record.aliases[name] = alias
    return _shown(record, alias)


def update_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateAlias: another version, other weights, another description.

    Provisioned concurrency moves with the alias from the old version to the new one.
    """
    record, alias = _find(plane, call)
    check_revision(call.get("RevisionId"), alias.revision_id)
    version = call.get("FunctionVersion") or alias.version
    _check_version(record, version)
    routing = call.get("RoutingConfig")
    if routing is None:
        routing = {"AdditionalVersionWeights": alias.weights}
    weights = _weights(record, version, routing)
    moves = version != alias.version and alias.name in record.provisioned
    if moves:
        check_may_provision(record, alias.name, version)
    alias.version, alias.weights = version, weights
    if call.get("Description") is not None:
        alias.description = call["Description"]
    alias.revision_id = revision()
    if moves:
        begin(plane, record, alias.name)
    return _shown(record, alias)


def get_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetAlias."""
    return _shown(*_find(plane, call))


def list_aliases(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListAliases, of one version if the caller names it."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    wanted = call.get("FunctionVersion")
    fitting = [
        _shown(record, alias)
        for _, alias in sorted(record.aliases.items())
        if wanted is None or wanted == alias.version or wanted in alias.weights
    ]
    chosen, marker = page(fitting, call, key=lambda alias: [alias["Name"]])
    return {"Aliases": chosen, "NextMarker": marker}


def delete_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteAlias, with what hangs on it; one that is not there is no error."""
    record = _function(plane, call, call["Name"])
    name = call["Name"]
    record.aliases.pop(name, None)
    if (url := record.urls.pop(name, None)) is not None:
        record.closed_urls.add(url["FunctionUrl"])
    for kept in (record.event_invoke, record.runtime_management):
        kept.pop(name, None)
    record.policies.pop(name, None)
    if record.provisioned.pop(name, None) is not None:
        plane.engine.provision(record)
    return {}


def _function(plane: ControlPlane, call: Call, qualifier: str) -> FunctionRecord:
    """The function; AWS's answer when there is none names what was wanted of it."""
    name, _ = plane.registry.named(call.region, call["FunctionName"])
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        arn = plane.registry.function_arn(call.region, name)
        raise function_not_found(f"{arn}:{qualifier}")
    return record


def _find(plane: ControlPlane, call: Call) -> tuple[FunctionRecord, Alias]:
    name, _ = plane.registry.named(call.region, call["FunctionName"])
    record = plane.registry.region(call.region).functions.get(name)
    alias = record.aliases.get(call["Name"]) if record else None
    if record is None or alias is None:
        arn = plane.registry.function_arn(call.region, name)
        raise qualifier_not_found(arn, call["Name"])
    return record, alias


def _check_version(record: FunctionRecord, version: str) -> None:
    if version != LATEST and version not in record.versions:
        raise function_not_found(record.qualified_arn(version))


def _weights(
    record: FunctionRecord, version: str, routing: dict[str, Any] | None
) -> dict[str, float]:
    weights = dict((routing or {}).get("AdditionalVersionWeights") or {})
    if not weights:
        return {}
    if len(weights) > 1:
        raise ServiceError(
            "InvalidParameterValueException",
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        )
    if version == LATEST:
        raise ServiceError(
            "InvalidParameterValueException",
            "$LATEST is not supported for an alias pointing to more than 1 version",
            fields={"Type": None},
        )
    other, weight = next(iter(weights.items()))
    if other == version:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Invalid function version {other}. Function version {other} is already included in "
            "routing configuration.",
        )
    _check_version(record, other)
    return {other: float(weight)}


def _shown(record: FunctionRecord, alias: Alias) -> dict[str, Any]:
    routing = {"AdditionalVersionWeights": alias.weights} if alias.weights else None
    return {
        "AliasArn": record.qualified_arn(alias.name),
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RoutingConfig": routing,
        "RevisionId": alias.revision_id,
    }


OPERATIONS: dict[str, Operation] = {
    "CreateAlias": create_alias,
    "UpdateAlias": update_alias,
    "GetAlias": get_alias,
    "ListAliases": list_aliases,
    "DeleteAlias": delete_alias,
}
