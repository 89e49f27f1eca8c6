"""Reserved concurrency: guarantees a function its environments, and caps them; 0 stops it.

Source: Lambda Developer Guide, "Configuring reserved concurrency" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ..errors import ServiceError
from .plane import Call, ControlPlane, Operation
from .registry import LATEST, FunctionRecord, Registry, function_not_found

# So many of the account's environments must stay for functions without a reservation.
MIN_UNRESERVED = 100


def put_function_concurrency(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutFunctionConcurrency."""
    record = _unqualified(plane, call)
    wanted = int(call["ReservedConcurrentExecutions"])
    left = plane.account_concurrency - reserved_total(plane.registry, call.region, but=record)
    if left - wanted < MIN_UNRESERVED and wanted > 0:
        raise ServiceError(
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{MIN_UNRESERVED}].",
            fields={"Type": "User"},
        )
    allocated = sum(
        config["RequestedProvisionedConcurrentExecutions"] for config in record.provisioned.values()
    )
    if wanted < allocated:
        raise ServiceError(
            "InvalidParameterValueException",
            f"ReservedConcurrentExecutions  {wanted} should not be lower than function's total "
            f"provisioned concurrency [{allocated}].",
        )
    record.reserved = wanted
    return {"ReservedConcurrentExecutions": wanted}


def get_function_concurrency(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionConcurrency."""
    return {"ReservedConcurrentExecutions": _unqualified(plane, call).reserved}


def delete_function_concurrency(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteFunctionConcurrency."""
    _unqualified(plane, call).reserved = None
    return {}


def reserved_total(registry: Registry, region: str, but: FunctionRecord | None = None) -> int:
    """What all functions of a region, one left out, keep for themselves."""
    return sum(
        record.reserved or 0
        for record in registry.region(region).functions.values()
        if record is not but
    )


def _unqualified(plane: ControlPlane, call: Call) -> FunctionRecord:
    name, qualifier = plane.registry.named(call.region, call["FunctionName"])
    if qualifier is not None:
        raise ServiceError(
            "InvalidParameterValueException",
            "This operation is permitted on Lambda functions only. Aliases and versions do not "
            "support this operation. Please specify either a function name or an unqualified "
            "function ARN.",
            fields={"Type": "User"},
        )
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        arn = plane.registry.function_arn(call.region, name)
        raise function_not_found(f"{arn}:{LATEST}")
    return record


OPERATIONS: dict[str, Operation] = {
    "PutFunctionConcurrency": put_function_concurrency,
    "GetFunctionConcurrency": get_function_concurrency,
    "DeleteFunctionConcurrency": delete_function_concurrency,
}
