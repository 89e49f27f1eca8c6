"""Code signing: that a function has none. Tools such as Terraform ask for it of each function.

Source: Lambda API reference, GetFunctionCodeSigningConfig (read 2026-11); AWS's answers for a
function without a configuration and for a missing one as recorded (2024).
"""

from __future__ import annotations

from typing import Any

from .call import Call
from .plane import ControlPlane, Operation


def get_function_code_signing_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionCodeSigningConfig: empty, since no function here can have a configuration.

    Raises ResourceNotFoundException (404) when the function does not exist.
    """
    plane.registry.function(call.region, call["FunctionName"])
    return {}


OPERATIONS: dict[str, Operation] = {
    "GetFunctionCodeSigningConfig": get_function_code_signing_config,
}
