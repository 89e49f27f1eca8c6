"""IAM policy documents: what they allow and deny.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference" (read
2026-11). moto has an evaluator of its own (`moto.iam.access_control.IAMPolicy`); it takes an
Allow whose condition does not hold for a Deny, reads actions case-sensitively, and knows neither
``?`` nor NotResource, so it is not used here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from .conditions import Context, holds, like, substituted


class Decision(Enum):
    """What policies say of an action. An explicit denial wins over everything."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True)
class Statement:
    """One statement. ``actions`` are in lower case; a Not… element turns its list around."""

    allows: bool
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    condition: Mapping[str, Any]
    principals: Mapping[str, tuple[str, ...]]
    not_principals: bool

    def matches(self, action: str, resource: str, context: Context) -> bool:
        """Whether the statement speaks of this action on this resource."""
        lowered = action.lower()
        named = any(like(pattern, lowered) for pattern in self.actions)
        if named == self.not_actions:
            return False
        found = any(like(substituted(pattern, context), resource) for pattern in self.resources)
        if found == self.not_resources:
            return False
        return not self.condition or holds(self.condition, context)

    def names(self, kind: str, principals: Iterable[str]) -> bool:
        """Whether Principal names one of ``principals``; ``kind``: AWS, Service or Federated."""
        listed = {*self.principals.get(kind, ()), *self.principals.get("*", ())}
        return ("*" in listed or not listed.isdisjoint(principals)) != self.not_principals


@lru_cache(maxsize=2048)
def statements(document: str) -> tuple[Statement, ...]:
    """The statements of a policy document. What is no policy has none, and so allows nothing."""
    try:
        read = json.loads(document)
    except ValueError:
        return ()
    listed = _as_list(read.get("Statement", [])) if isinstance(read, dict) else []
    return tuple(_statement(item) for item in listed if isinstance(item, dict))


def decide(documents: Iterable[str], action: str, resource: str, context: Context) -> Decision:
    """What identity-based policies say of an action, such as ``sqs:SendMessage``, on an ARN."""
    allowed = False
    for document in documents:
        for statement in statements(document):
            if (statement.allows and allowed) or not statement.matches(action, resource, context):
                continue
            if not statement.allows:
                return Decision.DENIED
            allowed = True
    return Decision.ALLOWED if allowed else Decision.NOT_ALLOWED


def trust(document: str, kind: str, principals: Iterable[str], context: Context) -> Decision:
    """What a role's trust policy says of a principal that wants to assume it."""
    principals = tuple(principals)
    found = [
        statement
        for statement in statements(document)
        if statement.names(kind, principals) and statement.matches("sts:AssumeRole", "*", context)
    ]
    if any(not statement.allows for statement in found):
        return Decision.DENIED
    return Decision.ALLOWED if found else Decision.NOT_ALLOWED


def _statement(item: dict[str, Any]) -> Statement:
    not_actions, not_resources = "NotAction" in item, "NotResource" in item
    actions = _as_list(item.get("NotAction" if not_actions else "Action", []))
    # A trust policy has no Resource: the role that it belongs to is meant.
    resources = _as_list(item.get("NotResource" if not_resources else "Resource", ["*"]))
    not_principals = "NotPrincipal" in item
    return Statement(
        allows=item.get("Effect") == "Allow",
        actions=tuple(str(action).lower() for action in actions),
        not_actions=not_actions,
        resources=tuple(map(str, resources)),
        not_resources=not_resources,
        condition=item.get("Condition") or {},
        principals=_principals(item.get("NotPrincipal" if not_principals else "Principal")),
        not_principals=not_principals,
    )


def _principals(element: Any) -> dict[str, tuple[str, ...]]:
    if isinstance(element, str):
        return {"*": (element,)} if element == "*" else {"AWS": (element,)}
    if not isinstance(element, dict):
        return {}
    return {kind: tuple(map(str, _as_list(named))) for kind, named in element.items()}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
