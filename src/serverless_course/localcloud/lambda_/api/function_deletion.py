"""DeleteFunction. Source: Lambda API reference (read 2026-11).

A function whose durable executions run is not deleted at once. The service model has the state
Deleting and its reason DrainingDurableExecutions; a controller of AWS's own waits "for an extended
period" until such a function is gone (aws-controllers-k8s/lambda-controller, pull request 208,
2026-03), and a program in public stops all executions before it deletes a stack, because a function
with running ones cannot be deleted (2026). No more is documented: that executions go on to their
ends meanwhile, that nothing new is started, and status 202 are inferred.
"""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..function_state import DELETING
from ..registry import LATEST, FunctionRecord, function_not_found, is_alias_name
from .call import Call
from .functions import mappings_of
from .plane import ControlPlane, Operation


async def delete_function(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteFunction: one version, or the function with all its versions and aliases.

    Its event source mappings stay, and stay Enabled (recorded 2024); here they poll again when a
    function of that name is made.
    """
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    if qualifier not in (None, LATEST) and is_alias_name(str(qualifier)):
        raise ServiceError(
            "InvalidParameterValueException", "Deletion of aliases is not currently supported."
        )
    if record is None and qualifier != LATEST:
        raise function_not_found(plane.registry.function_arn(call.region, name))
    if record is None or qualifier == LATEST:
        raise ServiceError(
            "InvalidParameterValueException",
            "$LATEST version cannot be deleted without deleting the function.",
        )
    if qualifier is not None:
        _check_aliases(record, qualifier)
    else:
        for uuid in mappings_of(plane, call.region, name):
            plane.pollers.stop(call.region, uuid)
    if plane.executions.drain(
        record.key, qualifier, lambda: plane.later(_remove(plane, record, qualifier))
    ):
        _mark(record, qualifier)
        return {"StatusCode": 202}
    await _remove(plane, record, qualifier)
    return {"StatusCode": 204}


def _check_aliases(record: FunctionRecord, version: str) -> None:
    pointing = sorted(
        alias.name
        for alias in record.aliases.values()
        if version == alias.version or version in alias.weights
    )
    if pointing:
        raise ServiceError(
            "ResourceConflictException",
            "Unable to delete version because the following aliases reference it: "
            f"[{', '.join(pointing)}]",
            409,
            fields={"Type": "User"},
        )


def _mark(record: FunctionRecord, version: str | None) -> None:
    """What is to be deleted is Deleting; its executions still run what they ran."""
    chosen = [record.latest, *record.versions.values()]
    for each in chosen:
        if version in (None, each.version):
            each.members |= DELETING


async def _remove(plane: ControlPlane, record: FunctionRecord, version: str | None) -> None:
    """Nothing of it runs: it is there no more."""
    region = plane.registry.region(record.region)
    if region.functions.get(record.name) is not record:
        return
    if version is None:
        del region.functions[record.name]
        plane.executions.forget_names(record.key)
        await plane.engine.forget(record.region, record.name)
    elif record.versions.pop(version, None) is not None:
        for kept in (record.provisioned, record.event_invoke, record.runtime_management):
            kept.pop(version, None)
        record.policies.pop(version, None)
        await plane.engine.retire(record.region, record.name, version)
    plane.vpc.review(record.region)


OPERATIONS: dict[str, Operation] = {"DeleteFunction": delete_function}
