"""What a plan would change of a stack, told before it is done.

Source: CloudFormation API Reference, CreateChangeSet, DescribeChangeSet, ResourceChange (read
2026-11).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..iam.account import ACCOUNT_ID
from .deployment import attribute_of
from .engine import Engine
from .errors import ResourceFailed
from .plan import Plan, checked, replaced_by
from .references import references
from .stack import RETAINED, Stack

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)
# What AWS shows for a value that only the execution gives.
LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"


@dataclass
class ChangeSet:
    """A change set. ``given`` is what the request said besides, as DescribeChangeSet shows it."""

    name: str
    stack: Stack
    plan: Plan
    kind: str
    given: Mapping[str, Any]
    changes: list[dict[str, Any]]
    role_arn: str = ""
    on_failure: str = ""
    identity: str = ""
    status: str = "CREATE_COMPLETE"
    reason: str = ""
    execution: str = "AVAILABLE"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        region = self.stack.region
        self.identity = (
            f"arn:aws:cloudformation:{region}:{ACCOUNT_ID}:changeSet/{self.name}/{uuid.uuid4()}"
        )
        if self.kind == "UPDATE" and changes_nothing(self.stack, self.plan, self.changes):
            self.status, self.execution, self.reason = "FAILED", "UNAVAILABLE", NO_CHANGES


def changes_nothing(stack: Stack, plan: Plan, changes: list[dict[str, Any]]) -> bool:
    """Whether a plan changes no resource, and nothing besides: outputs, tags, the description."""
    old, new = stack.template, plan.template
    return (
        not changes
        and all(old.get(key) == new.get(key) for key in ("Outputs", "Description"))
        and dict(plan.tags) == stack.tags
    )


class _Foreseen:
    """Resources as they are, but for those that a change makes anew."""

    def __init__(self, stack: Stack, replaced: set[str]) -> None:
        self._stack = stack
        self._replaced = replaced

    def resource(self, name: str) -> Any:
        """What Ref will give, as far as it is known."""
        found = self._stack.resources.get(name)
        if found is None or not found.exists or name in self._replaced:
            return LATER
        return found.ref

    def attribute(self, name: str, attribute: str) -> Any:
        """What GetAtt will give, as far as it is known."""
        found = self._stack.resources.get(name)
        if found is None or not found.exists or name in self._replaced:
            return LATER
        try:
            return attribute_of(found, attribute)
        except ResourceFailed:
            return LATER


def changes_of(engine: Engine, stack: Stack, plan: Plan) -> list[dict[str, Any]]:
    """Each resource that a plan would add, modify or remove. Raises `ServiceError`."""
    made_new: set[str] = set()
    values = engine.values(stack, plan, None, _Foreseen(stack, made_new))
    found = []
    for name in plan.wanted:
        definition = plan.resources[name]
        old = stack.resources.get(name)
        kind = definition["Type"]
        if old is None or not old.exists:
            made_new.add(name)
            found.append(_change("Add", name, kind, ""))
            continue
        given = _resolved(values, kind, definition)
        differing = sorted(old.differing(given))
        if not differing:
            continue
        fixed = set(differing) & replaced_by(kind)
        certain = any(LATER not in json.dumps(given.get(key), default=str) for key in fixed)
        replacement = "True" if fixed and certain else "Conditional" if fixed else "False"
        if replacement == "True":
            made_new.add(name)
        change = _change("Modify", name, kind, old.physical_id)
        change["ResourceChange"] |= {
            "Replacement": replacement,
            "Scope": ["Properties"],
            "Details": [_detail(key, definition, key in fixed, plan, stack) for key in differing],
        }
        found.append(change)
    for name, old in stack.resources.items():
        if name not in plan.wanted and old.exists:
            change = _change("Remove", name, old.type, old.physical_id)
            retained = old.policy("DeletionPolicy") in RETAINED
            change["ResourceChange"]["PolicyAction"] = "Retain" if retained else "Delete"
            found.append(change)
    return found


def _resolved(values: Any, kind: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = values.resolve(definition.get("Properties") or {})
    try:
        return checked(kind, given)
    except ResourceFailed:
        # It fails when it is executed, as on AWS.
        return given


def _change(action: str, name: str, kind: str, physical_id: str) -> dict[str, Any]:
    change: dict[str, Any] = {
        "Action": action,
        "LogicalResourceId": name,
        "ResourceType": kind,
        "Scope": [],
        "Details": [],
    }
    if physical_id:
        change["PhysicalResourceId"] = physical_id
    return {"Type": "Resource", "ResourceChange": change}


def _detail(
    key: str, definition: Mapping[str, Any], is_fixed: bool, plan: Plan, stack: Stack
) -> dict[str, Any]:
    value = (definition.get("Properties") or {}).get(key)
    named = [name for name, _ in references(value)]
    source, cause = "DirectModification", None
    for name in named:
        old = stack.parameters.get(name)
        if name in plan.parameters and (old is None or old.value != plan.parameters[name].value):
            source, cause = "ParameterReference", name
        elif name in plan.resources:
            source, cause = "ResourceReference", name
    detail: dict[str, Any] = {
        "ChangeSource": source,
        "Evaluation": "Dynamic" if source == "ResourceReference" else "Static",
        "Target": {
            "Attribute": "Properties",
            "Name": key,
            "RequiresRecreation": "Always" if is_fixed else "Never",
        },
    }
    if cause is not None:
        detail["CausingEntity"] = cause
    return detail
