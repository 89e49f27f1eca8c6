"""A function's resource-based policy: which services may invoke the function."""

from __future__ import annotations

import re
from typing import Any

from .registry import FunctionRecord


def allows_service(
    record: FunctionRecord, qualifier: str | None, service: str, source_arn: str
) -> bool:
    """Whether a service, such as ``sns.amazonaws.com``, may invoke the function for a source."""
    policy = record.policies.get(qualifier)
    for statement in policy["Statement"] if policy else []:
        principal = statement["Principal"]
        named = principal == "*" or principal.get("Service") == service
        if named and statement["Effect"] == "Allow" and _condition_holds(statement, source_arn):
            return True
    return False


def _condition_holds(statement: dict[str, Any], source_arn: str) -> bool:
    wanted = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
    if wanted is None:
        return True
    pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, source_arn) is not None
