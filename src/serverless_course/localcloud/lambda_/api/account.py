"""The account's limits and usage. Source: Lambda quotas (read 2026-11)."""

from __future__ import annotations

from typing import Any

from ..code_store import MAX_UNZIPPED_BYTES
from .call import Call
from .deployment_package import MAX_ZIP_BYTES
from .plane import ControlPlane, Operation
from .reserved_concurrency import unreserved_concurrency

# 300 GB since 2026; not increasable.
TOTAL_CODE_BYTES = 322_122_547_200


def get_account_settings(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetAccountSettings, of the region that is called."""
    region = plane.registry.region(call.region)
    functions, layers = region.functions.values(), region.layers.values()
    code = sum(
        configuration.members["CodeSize"]
        for record in functions
        for configuration in (record.latest, *record.versions.values())
    )
    layer_code = sum(
        version["Content"]["CodeSize"] for layer in layers for version in layer.versions.values()
    )
    return {
        "AccountLimit": {
            "TotalCodeSize": TOTAL_CODE_BYTES,
            "CodeSizeUnzipped": MAX_UNZIPPED_BYTES,
            "CodeSizeZipped": MAX_ZIP_BYTES,
            "ConcurrentExecutions": plane.account_concurrency,
            "UnreservedConcurrentExecutions": unreserved_concurrency(plane, call.region),
        },
        "AccountUsage": {"TotalCodeSize": code + layer_code, "FunctionCount": len(functions)},
    }


OPERATIONS: dict[str, Operation] = {"GetAccountSettings": get_account_settings}
