"""Aliases: a name for a version, and for a safe roll-out a share of a second one.

Source: Lambda Developer Guide, "Lambda function aliases" and "weighted aliases" (read 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import ServiceError
from .plane import Call, ControlPlane, Operation, check_revision, page, revision
from .registry import LATEST, Alias, FunctionRecord

_NUMBER = re.compile(r"\d+")


def create_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """CreateAlias."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    name = call["Name"]
    if _NUMBER.fullmatch(name):
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{name}' at 'name' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
            r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        )
    _check_version(record, call["FunctionVersion"])
    weights = _weights(record, call["FunctionVersion"], call.get("RoutingConfig"))
    if name in record.aliases:
        raise ServiceError(
            "ResourceConflictException",
            f"Alias already exists: {record.qualified_arn(name)}",
            409,
            fields={"Type": "User"},
        )
    record.aliases[name] = Alias(
        name, call["FunctionVersion"], call.get("Description") or "", weights, revision()
    )
    return _shown(record, record.aliases[name])


def update_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateAlias: another version, other weights, another description."""
    record, alias = _find(plane, call)
    check_revision(call.get("RevisionId"), alias.revision_id)
    version = call.get("FunctionVersion") or alias.version
    _check_version(record, version)
    routing = call.get("RoutingConfig")
    weights = alias.weights if routing is None else _weights(record, version, routing)
    alias.version, alias.weights = version, weights
    if call.get("Description") is not None:
        alias.description = call["Description"]
    alias.revision_id = revision()
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
    chosen, marker = page(fitting, call)
    return {"Aliases": chosen, "NextMarker": marker}


def delete_alias(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteAlias, with what hangs on it; one that is not there is no error."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    name = call["Name"]
    record.aliases.pop(name, None)
    if record.provisioned.pop(name, None) is not None:
        plane.engine.provision(record, name)
    record.event_invoke.pop(name, None)
    record.urls.pop(name, None)
    record.policies.pop(name, None)
    return {}


def _find(plane: ControlPlane, call: Call) -> tuple[FunctionRecord, Alias]:
    record = plane.registry.find(call.region, call["FunctionName"]).record
    alias = record.aliases.get(call["Name"])
    if alias is None:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Cannot find alias arn: {record.qualified_arn(call['Name'])}",
            404,
            fields={"Type": "User"},
        )
    return record, alias


def _check_version(record: FunctionRecord, version: str) -> None:
    if version != LATEST and version not in record.versions:
        raise ServiceError(
            "ResourceNotFoundException",
            f"Function not found: {record.qualified_arn(version)}",
            404,
            fields={"Type": "User"},
        )


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
        )
    other, weight = next(iter(weights.items()))
    if other == version:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Invalid function version {other}. Function version {other} is already included in "
            "routing configuration.",
        )
    if not _NUMBER.fullmatch(other):
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{{{other}={weight}}}' at "
            "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must "
            "satisfy constraint: [Member must have length less than or equal to 1024, Member must "
            "have length greater than or equal to 1, Member must satisfy regular expression "
            "pattern: [0-9]+]",
        )
    if not 0.0 <= float(weight) <= 1.0:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{{{other}={weight}}}' at "
            "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must "
            "satisfy constraint: [Member must have value less than or equal to 1.0, Member must "
            "have value greater than or equal to 0.0]",
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
