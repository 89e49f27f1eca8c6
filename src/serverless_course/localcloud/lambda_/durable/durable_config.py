"""DurableConfig: what CreateFunction and UpdateFunctionConfiguration take of it."""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError

# Lambda Developer Guide, "Configure Lambda durable functions": 14 days (fact sheet, 2026-11).
RETENTION_DAYS = 14
# "You cannot synchronously invoke …" above this (reported 2025-12 and 2026, in AWS's words).
MAX_SYNC_S = 900


def chosen(given: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any] | None:
    """DurableConfig as it is kept; None when the caller gave none.

    ``before`` are the members of an existing function, None for a new one. Raises
    `ServiceError`: a function that was made without DurableConfig stays without (Developer
    Guide, read 2026-11; the words are ours), and a KMS key is not offered.
    """
    config = given.get("DurableConfig")
    if not config:
        return None
    if config.get("KMSKeyArn"):
        raise _invalid(
            "The embedded cloud does not offer customer managed keys for durable executions. "
            "Leave DurableConfig.KMSKeyArn out, or use an AWS account."
        )
    kept = (before or {}).get("DurableConfig")
    if before is not None and kept is None:
        raise _invalid(
            "DurableConfig can only be set when a function is created. Create a new function."
        )
    merged = {"RetentionPeriodInDays": RETENTION_DAYS, **(kept or {}), **config}
    merged.pop("KMSKeyArn", None)
    if "ExecutionTimeout" not in merged:
        raise _invalid("DurableConfig needs an ExecutionTimeout.")
    return merged


def check_synchronous(config: dict[str, Any]) -> None:
    """Refuse to wait for an execution that may take more than 15 minutes."""
    if config["ExecutionTimeout"] > MAX_SYNC_S:
        raise _invalid(
            "You cannot synchronously invoke a durable function with an executionTimeout "
            "greater than 15 minutes."
        )


def unqualified() -> ServiceError:
    """AWS's refusal (quoted in serverless/serverless, pull request 13589, 2026-05)."""
    return _invalid("You cannot invoke a durable function using an unqualified ARN.")


def _invalid(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)
