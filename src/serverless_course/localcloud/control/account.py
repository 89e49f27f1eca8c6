"""The account's limits and usage. Source: Lambda quotas (read 2026-11)."""

from __future__ import annotations

from typing import Any

from ..code_store import MAX_UNZIPPED_BYTES
from .deployment_package import MAX_ZIP_BYTES
from .plane import Call, ControlPlane, Operation
from .reserved_concurrency import reserved_total

# 300 GB since 2026; not increasable.
TOTAL_CODE_BYTES = 322_122_547_200


def get_account_settings(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetAccountSettings."""
    functions = plane.registry.region(call.region).functions.values()
    used = sum(
        configuration.members["CodeSize"]
        for record in functions
        for configuration in (record.latest, *record.versions.values())
    )
    limit = plane.account_concurrency
    return {
        "AccountLimit": {
            "TotalCodeSize": TOTAL_CODE_BYTES,
            "CodeSizeUnzipped": MAX_UNZIPPED_BYTES,
            "CodeSizeZipped": MAX_ZIP_BYTES,
            "ConcurrentExecutions": limit,
            "UnreservedConcurrentExecutions": limit - reserved_total(plane.registry, call.region),
        },
        "AccountUsage": {"TotalCodeSize": used, "FunctionCount": len(functions)},
    }


OPERATIONS: dict[str, Operation] = {"GetAccountSettings": get_account_settings}
