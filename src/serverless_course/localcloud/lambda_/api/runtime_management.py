"""When a function takes a new runtime version. Here there is one version of each: this machine's.

Source: Lambda API reference, PutRuntimeManagementConfig (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..registry import LATEST, Found, FunctionRecord
from .call import Call
from .plane import ControlPlane, Operation


def put_runtime_management_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutRuntimeManagementConfig."""
    found = plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier"))
    mode, arn = call["UpdateRuntimeOn"], call.get("RuntimeVersionArn")
    if (mode == "Manual") != bool(arn):
        raise ServiceError(
            "InvalidParameterValueException",
            "RuntimeVersionArn is required with UpdateRuntimeOn Manual, and only then.",
        )
    found.record.runtime_management[found.qualifier or LATEST] = {
        "UpdateRuntimeOn": mode,
        "RuntimeVersionArn": arn,
    }
    return _shown(found)


def check_runtime_may_change(record: FunctionRecord) -> None:
    """Refuse another runtime for a function that holds on to one runtime version."""
    if record.runtime_management.get(LATEST, {}).get("UpdateRuntimeOn") == "Manual":
        raise ServiceError(
            "InvalidParameterValueException",
            "Cannot change runtime identifier when runtime management configuration is set to "
            "'Manual'. Change the runtime management configuration to 'Auto' or "
            "'FunctionUpdate', then retry.",
        )


def get_runtime_management_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetRuntimeManagementConfig: Auto when nothing was chosen."""
    return _shown(plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier")))


def _shown(found: Found) -> dict[str, Any]:
    chosen = found.record.runtime_management.get(found.qualifier or LATEST)
    return {"FunctionArn": found.arn, **(chosen or {"UpdateRuntimeOn": "Auto"})}


OPERATIONS: dict[str, Operation] = {
    "PutRuntimeManagementConfig": put_runtime_management_config,
    "GetRuntimeManagementConfig": get_runtime_management_config,
}
