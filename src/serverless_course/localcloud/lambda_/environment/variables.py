"""The environment variables that follow from a function's version alone.

Source: Lambda Developer Guide, "Defined runtime environment variables" (read 2026-11).
"""

from __future__ import annotations

from ..function_version import FunctionVersion
from .runtimes import Place, Runtime

# botocore would take these before AWS_ENDPOINT_URL, and call the real AWS.
ENDPOINT_OF_A_SERVICE = "AWS_ENDPOINT_URL_"
IGNORE_ENDPOINTS = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


def overridden(version: FunctionVersion) -> list[str]:
    """Variables of the function that would lead its calls out of the embedded cloud."""
    return [
        name
        for name, _ in version.environment
        if name.startswith(ENDPOINT_OF_A_SERVICE) or name in (IGNORE_ENDPOINTS, "AWS_ENDPOINT_URL")
    ]


def own_variables(version: FunctionVersion, place: Place, runtime: Runtime) -> dict[str, str]:
    """The function's own variables, and those of Lambda that no function may set."""
    own = {
        name: value
        for name, value in version.environment
        if not name.startswith(ENDPOINT_OF_A_SERVICE)
    }
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
        # Before what a configuration file of the package says.
        IGNORE_ENDPOINTS: "false",
    }
