"""Recursive loop detection: what happens to a function that keeps calling itself.

Source: Lambda Developer Guide, "Use Lambda recursive loop detection" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from .call import Call
from .plane import ControlPlane, Operation


def put_function_recursion_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PutFunctionRecursionConfig: Terminate (the default) or Allow."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    record.recursive_loop = call["RecursiveLoop"]
    return {"RecursiveLoop": record.recursive_loop}


def get_function_recursion_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionRecursionConfig."""
    record = plane.registry.find(call.region, call["FunctionName"]).record
    return {"RecursiveLoop": record.recursive_loop}


OPERATIONS: dict[str, Operation] = {
    "PutFunctionRecursionConfig": put_function_recursion_config,
    "GetFunctionRecursionConfig": get_function_recursion_config,
}
