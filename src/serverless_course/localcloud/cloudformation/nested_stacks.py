"""Stacks within stacks: made, changed and deleted by the thread of the stack that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .change_set import changes_nothing, changes_of
from .engine import Engine, Run, new_token
from .errors import ResourceFailed
from .parameters import as_text
from .planning import Planner
from .resources import Work
from .stack import Stack, new_stack


class NestedStacks:
    """What AWS::CloudFormation::Stack does."""

    def __init__(self, engine: Engine, planner: Planner) -> None:
        self._engine = engine
        self._planner = planner

    def deploy(
        self, work: Work, stack_id: str, properties: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, str]]:
        """Make a stack, or change the one with an id: its id and its outputs, when it is done.

        Raises `ResourceFailed`.
        """
        parent = work.stack
        given: dict[str, Any] = {
            "TemplateURL": properties["TemplateURL"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": as_text(value)}
                for key, value in (properties.get("Parameters") or {}).items()
            ],
            "Tags": work.tag_list(properties),
            "Capabilities": list(parent.capabilities),
        }
        is_new = not stack_id
        child = (
            new_stack(work.name(128), work.region, ACCOUNT_ID)
            if is_new
            else self._engine.stacks[stack_id]
        )
        child.parent_id, child.root_id = parent.stack_id, parent.root_id or parent.stack_id
        try:
            plan = self._planner.plan(work.client, child, given, direct=True)
            nothing = not is_new and changes_nothing(
                child, plan, changes_of(self._engine, child, plan)
            )
        except ServiceError as error:
            raise ResourceFailed(error.message) from error
        if nothing:
            return child.stack_id, _outputs(child)
        run, token = Run(), new_token()
        if is_new:
            self._engine.add(child)
            work.begin(child.stack_id)
            child.become("CREATE_IN_PROGRESS", "User Initiated", token)
            self._engine.create(child, plan, work.client, run, token, "ROLLBACK")
            fine, verb = child.status == "CREATE_COMPLETE", "created"
        else:
            child.become("UPDATE_IN_PROGRESS", "User Initiated", token)
            self._engine.update(child, plan, work.client, run, token)
            fine, verb = child.status == "UPDATE_COMPLETE", "updated"
        if not fine:
            reasons = [e.reason for e in child.events if e.status.endswith("_FAILED")]
            why = reasons[0] if reasons else child.reason
            raise ResourceFailed(
                f"Embedded stack {child.stack_id} was not successfully {verb}: {why}"
            )
        return child.stack_id, _outputs(child)

    def remove(self, work: Work, stack_id: str) -> None:
        """Delete a stack, with what is in it. Raises `ResourceFailed`."""
        child = self._engine.stacks.get(stack_id)
        if child is None or child.is_deleted:
            return
        token = new_token()
        child.become("DELETE_IN_PROGRESS", "User Initiated", token)
        if not self._engine.delete(child, work.client, Run(), token, frozenset()):
            raise ResourceFailed(
                f"Embedded stack {stack_id} was not successfully deleted: {child.reason}"
            )


def _outputs(stack: Stack) -> dict[str, str]:
    return {each.key: each.value for each in stack.outputs}
