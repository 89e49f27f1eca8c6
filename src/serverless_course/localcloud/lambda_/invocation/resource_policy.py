"""A function's resource-based policy: which services may invoke the function.

Source: Lambda Developer Guide, "Granting function access to AWS services" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ...iam.account import ACCOUNT_ID
from ...iam.conditions import holds
from ...iam.resource_policies import region_of, service_names
from ..registry import FunctionRecord

INVOKE = frozenset({"lambda:invokefunction", "lambda:*", "*"})


def allows_service(
    record: FunctionRecord, qualifier: str | None, service: str, source_arn: str
) -> bool:
    """Whether a service, such as ``sns.amazonaws.com``, may invoke the function for a source.

    The source is of this account: there is no other one.
    """
    policy = record.policies.get(qualifier)
    names = service_names(service, region_of(source_arn) or region_of(record.arn))
    context = {"aws:sourceaccount": ACCOUNT_ID, "aws:sourcearn": source_arn}
    return any(
        statement["Effect"] == "Allow"
        and str(statement["Action"]).lower() in INVOKE
        and _names(statement["Principal"], names)
        and holds(statement.get("Condition", {}), context)
        for statement in (policy["Statement"] if policy else [])
    )


def _names(principal: Any, names: tuple[str, ...]) -> bool:
    return principal == "*" or principal.get("Service") in names
