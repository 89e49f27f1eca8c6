"""Reserved concurrency: guarantees a function its environments, and caps them; 0 stops it.

Source: Lambda Developer Guide, "Configuring reserved concurrency" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..account_concurrency import always_unreserved
from ..registry import LATEST, FunctionRecord, function_not_found
from .call import Call
from .plane import ControlPlane, Operation


def put_function_concurrency(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutFunctionConcurrency."""
    record = _unqualified(plane, call, f":{LATEST}")
    wanted = int(call["ReservedConcurrentExecutions"])
    left = unreserved_concurrency(plane, call.region, but=record)
    least = min_unreserved(plane)
    if left - wanted < least and wanted > 0:
        raise ServiceError(
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{least}].",
            fields={"Type": None},
        )
    provisioned = record.provisioned_total
    if wanted < provisioned:
        raise ServiceError(
            "InvalidParameterValueException",
            f" ReservedConcurrentExecutions  {wanted} should not be lower than function's total "
            f"provisioned concurrency [{provisioned}].",
            fields={"Type": None},
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


def unreserved_concurrency(
    plane: ControlPlane, region: str, but: FunctionRecord | None = None
) -> int:
    """What the functions of a region, one left out, leave of the account's concurrency."""
    functions = plane.registry.region(region).functions.values()
    claimed = sum(record.claimed for record in functions if record is not but)
    return plane.account_concurrency - claimed


def min_unreserved(plane: ControlPlane) -> int:
    """How much must stay unreserved."""
    return always_unreserved(plane.account_concurrency)


def _unqualified(plane: ControlPlane, call: Call, suffix: str = "") -> FunctionRecord:
    """The function, named without a qualifier; ``suffix`` ends the ARN of one that is missing."""
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
        raise function_not_found(plane.registry.function_arn(call.region, name) + suffix)
    return record


OPERATIONS: dict[str, Operation] = {
    "PutFunctionConcurrency": put_function_concurrency,
    "GetFunctionConcurrency": get_function_concurrency,
    "DeleteFunctionConcurrency": delete_function_concurrency,
}
