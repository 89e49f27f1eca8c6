"""Values that a stack exports and others import.

Source: CloudFormation API Reference (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from .. import describe
from ..errors import invalid
from .given import Given
from .plane import Caller, Operation, Plane


def list_exports(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ListExports."""
    found = [
        {"ExportingStackId": stack.stack_id, "Name": name, "Value": output.value}
        for name, (stack, output) in sorted(plane.engine.exported(caller.region).items())
    ]
    return describe.page("Exports", found, given)


def list_imports(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ListImports."""
    name = given["ExportName"]
    users = [
        each.name
        for each in plane.engine.all(caller.region)
        if not each.is_deleted and name in each.imports
    ]
    if not users:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    return {"Imports": users}


OPERATIONS: dict[str, Operation] = {
    "ListExports": list_exports,
    "ListImports": list_imports,
}
