"""A function's resource-based policy: which services may invoke the function.

Source: Lambda Developer Guide, "Granting function access to AWS services" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ..wildcards import arn_like
from .registry import FunctionRecord

INVOKE = frozenset({"lambda:invokefunction", "lambda:*", "*"})


def allows_service(
    record: FunctionRecord, qualifier: str | None, service: str, source_arn: str
) -> bool:
    """Whether a service, such as ``sns.amazonaws.com``, may invoke the function for a source."""
    policy = record.policies.get(qualifier)
    account = record.arn.split(":")[4]
    return any(
        statement["Effect"] == "Allow"
        and str(statement["Action"]).lower() in INVOKE
        and (statement["Principal"] == "*" or statement["Principal"].get("Service") == service)
        and _holds(statement.get("Condition", {}), source_arn, account)
        for statement in (policy["Statement"] if policy else [])
    )


def _holds(condition: dict[str, Any], source_arn: str, account: str) -> bool:
    """Whether all conditions hold. AddPermission writes no others than these of a service."""
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            name = (operator, key.lower())
            if name == ("ArnLike", "aws:sourcearn"):
                held = arn_like(wanted, source_arn)
            else:
                # The source is of this account: there is no other one.
                held = name == ("StringEquals", "aws:sourceaccount") and wanted == account
            if not held:
                return False
    return True
