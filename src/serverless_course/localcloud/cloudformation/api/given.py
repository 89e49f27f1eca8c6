"""What a caller gives an operation, and which of it is refused before anything is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...wire.errors import ServiceError
from ...wire.validation import label_of
from ..errors import invalid, not_offered

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
# Parameters that would be accepted without effect: refused when they ask for something.
NOT_DONE = (
    *("NotificationARNs", "ResourceTypes", "RollbackConfiguration"),
    *("ResourcesToImport", "StackPolicyBody", "StackPolicyURL", "TimeoutInMinutes"),
    *("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", "DeploymentMode"),
)
Given = Mapping[str, Any]


def missing(name: str) -> ServiceError:
    """The refusal of a request that leaves a required parameter out."""
    return invalid(
        f"1 validation error detected: Value null at '{label_of(name)}' failed to satisfy "
        "constraint: Member must not be null"
    )


def checked_name(name: str) -> str:
    """A new stack's name. Raises `ServiceError` for one that AWS's pattern does not allow."""
    if not _NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
            "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
        )
    return name


def refuse_idle(given: Given) -> None:
    """Refuse a parameter that would have no effect. Raises `ServiceError`."""
    for name in NOT_DONE:
        if given.get(name):
            if name == "RollbackConfiguration" and not given[name].get("RollbackTriggers"):
                continue
            raise not_offered(f"the parameter {name}")
