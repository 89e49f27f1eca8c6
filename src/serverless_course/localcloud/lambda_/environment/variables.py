"""The environment variables that follow from a function's version alone.

Source: Lambda Developer Guide, "Defined runtime environment variables" (read 2026-11).
"""

from __future__ import annotations

from ..function_version import FunctionVersion
from .runtimes import Place, Runtime


def own_variables(version: FunctionVersion, place: Place, runtime: Runtime) -> dict[str, str]:
    """The function's own variables, and those of Lambda that no function may set."""
    own = dict(version.environment)
    level = version.application_log_level
    # Text is the default and goes unsaid (recorded from AWS, test_introspection_invoke, 2024).
    log_format = {"AWS_LAMBDA_LOG_FORMAT": "JSON"} if version.log_format == "JSON" else {}
    return {
        **own,
        "AWS_LAMBDA_FUNCTION_NAME": version.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": version.version,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{version.runtime}",
        "AWS_REGION": version.region,
        "AWS_DEFAULT_REGION": version.region,
        **log_format,
        **({"AWS_LAMBDA_LOG_LEVEL": level} if level else {}),
        "_HANDLER": version.handler,
        "LAMBDA_TASK_ROOT": str(place.task_root),
        "LANG": "en_US.UTF-8",
        "TZ": own.get("TZ", ":UTC"),
        **runtime.environ(place, own),
    }
