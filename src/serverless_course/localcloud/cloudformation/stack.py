"""A stack: its template, its resources, its events and outputs."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .parameters import Parameter
from .template import Template

# A stack in such a state may be updated.
UPDATABLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
# Policies that keep a resource when it is deleted.
RETAINED = ("Retain", "RetainExceptOnCreate")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass
class StackResource:
    """A resource as it is now. ``properties`` is what it was made with, without functions;
    ``definition`` its part of the template."""

    logical_id: str
    type: str
    definition: Mapping[str, Any] = field(default_factory=dict)
    physical_id: str = ""
    status: str = ""
    reason: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def exists(self) -> bool:
        """Whether there is something that bears its physical id."""
        return bool(self.physical_id) and self.status != "DELETE_COMPLETE"

    @property
    def ref(self) -> Any:
        """What Ref gives."""
        return self.attributes.get("Ref", self.physical_id)

    def differing(self, given: Mapping[str, Any]) -> set[str]:
        """The properties that are not what ``given`` has."""
        own = self.properties
        return {key for key in {*own, *given} if own.get(key) != given.get(key)}

    def policy(self, name: str) -> str:
        """DeletionPolicy or UpdateReplacePolicy."""
        return str(self.definition.get(name, "Delete"))


@dataclass(frozen=True)
class StackEvent:
    """One line of a stack's history. ``properties`` is JSON, as DescribeStackEvents shows it."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    properties: str
    token: str
    at: datetime
    event_id: str


@dataclass(frozen=True)
class Output:
    """An output's value, and the name under which other stacks import it."""

    key: str
    value: str
    description: str = ""
    export: str = ""


@dataclass
class Stack:
    """A stack. ``template`` is what its resources follow, ``original`` as it was sent."""

    name: str
    stack_id: str
    region: str
    description: str = ""
    original: str = ""
    template: Template = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    role_arn: str = ""
    disable_rollback: bool = False
    is_protected: bool = False
    parent_id: str = ""
    root_id: str = ""
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime | None = None
    deleted: datetime | None = None
    change_set_id: str = ""
    resources: dict[str, StackResource] = field(default_factory=dict)
    events: list[StackEvent] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)

    @property
    def is_deleted(self) -> bool:
        """Whether the stack is gone; it is still found by its id."""
        return self.status == "DELETE_COMPLETE"

    @property
    def in_progress(self) -> bool:
        """Whether something is being done to it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def become(self, status: str, reason: str = "", token: str = "") -> None:
        """Change the stack's own status, and say so in its events."""
        self.status, self.reason = status, reason
        self.note("AWS::CloudFormation::Stack", self.name, self.stack_id, status, reason, "", token)

    def note(
        self,
        kind: str,
        logical_id: str,
        physical_id: str,
        status: str,
        reason: str = "",
        properties: str = "",
        token: str = "",
    ) -> None:
        """Add an event, the newest last."""
        of_stack = kind == "AWS::CloudFormation::Stack" and physical_id == self.stack_id
        identity = (
            str(uuid.uuid4())
            if of_stack
            else f"{logical_id}-{status}-{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        )
        self.events.append(
            StackEvent(
                *(logical_id, physical_id, kind, status, reason, properties, token),
                datetime.now(UTC),
                identity,
            )
        )


def new_stack(name: str, region: str, account: str) -> Stack:
    """A stack without resources."""
    identity = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
    return Stack(name, identity, region)


def physical_name(stack: str, logical_id: str, most: int, *, lower: bool = False) -> str:
    """A resource's name as CloudFormation makes it: stack, logical id, and letters of chance."""
    end = "".join(secrets.choice(LETTERS) for _ in range(12))
    room = most - len(end) - 2
    half = room // 2
    first, second = stack, logical_id
    if len(first) + len(second) > room:
        second = second[: max(room - len(first), half)]
        first = first[: room - len(second)]
    name = f"{first}-{second}-{end}"
    return name.lower() if lower else name
