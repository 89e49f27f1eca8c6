"""Stacks: made, changed, deleted.

Source: CloudFormation API Reference (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from ...iam.account import ACCOUNT_ID
from ...wire.errors import ServiceError
from ..change_set import changes_nothing, changes_of
from ..engine import Run, new_token
from ..errors import invalid, not_offered
from ..stack import UPDATABLE, new_stack
from .given import Given, checked_name, refuse_idle
from .plane import Caller, Operation, Plane, in_state


def create_stack(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """CreateStack."""
    refuse_idle(given)
    name = checked_name(given["StackName"])
    if "OnFailure" in given and "DisableRollback" in given:
        raise invalid("You cannot specify both OnFailure and DisableRollback.")
    if plane.engine.find(caller.region, name) is not None:
        raise ServiceError("AlreadyExistsException", f"Stack [{name}] already exists")
    stack = new_stack(name, caller.region, ACCOUNT_ID)
    plan = plane.planner.plan(caller.client, stack, given, direct=True)
    client = plane.client(caller, stack, given)
    token = given.get("ClientRequestToken") or new_token()
    stack.is_protected = bool(given.get("EnableTerminationProtection"))
    plane.engine.add(stack)
    plane.start_creation(stack, plan, client, token, given.get("OnFailure"))
    return {"StackId": stack.stack_id}


def update_stack(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """UpdateStack."""
    refuse_idle(given)
    stack = plane.stack(caller, given["StackName"])
    if stack.status not in UPDATABLE and stack.status != "UPDATE_FAILED":
        raise in_state(stack)
    plan = plane.planner.plan(caller.client, stack, given, direct=True)
    if changes_nothing(stack, plan, changes_of(plane.engine, stack, plan)):
        raise invalid("No updates are to be performed.")
    client = plane.client(caller, stack, given)
    plane.start_update(stack, plan, client, given.get("ClientRequestToken") or new_token())
    return {"StackId": stack.stack_id}


def delete_stack(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DeleteStack. What is not there is deleted already."""
    if given.get("DeletionMode") == "FORCE_DELETE_STACK":
        raise not_offered("DeletionMode FORCE_DELETE_STACK")
    stack = plane.engine.find(caller.region, given["StackName"])
    if stack is None or stack.is_deleted:
        return {}
    retained = frozenset(given.get("RetainResources") or [])
    if retained and stack.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{stack.stack_id}]. Specify RetainResources only for "
            "stacks in the DELETE_FAILED state."
        )
    if stack.is_protected:
        raise invalid(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    if stack.parent_id:
        parent = plane.engine.stacks[stack.parent_id]
        if not parent.is_deleted:
            raise invalid(f"Stack [{stack.name}] is nested in {parent.name}: delete that one.")
    if stack.status == "DELETE_IN_PROGRESS":
        return {}
    if stack.status == "CREATE_IN_PROGRESS":
        plane.engine.cancel(stack, deletes=True)
        return {}
    if stack.in_progress:
        raise in_state(stack)
    client = plane.client(caller, stack, given)
    token = given.get("ClientRequestToken") or new_token()
    for each in plane.change_sets_of(stack):
        del plane.change_sets[each.identity]
    stack.become("DELETE_IN_PROGRESS", "User Initiated", token)

    def work(run: Run) -> None:
        plane.engine.delete(stack, client, run, token, retained)

    plane.engine.begin(stack, work)
    return {}


def cancel_update_stack(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """CancelUpdateStack."""
    stack = plane.stack(caller, given["StackName"])
    if stack.status != "UPDATE_IN_PROGRESS":
        raise invalid(
            f"CancelUpdateStack cannot be called from current stack status ({stack.status})"
        )
    plane.engine.cancel(stack)
    return {}


def update_termination_protection(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """UpdateTerminationProtection."""
    stack = plane.stack(caller, given["StackName"])
    stack.is_protected = given["EnableTerminationProtection"]
    return {"StackId": stack.stack_id}


OPERATIONS: dict[str, Operation] = {
    "CreateStack": create_stack,
    "UpdateStack": update_stack,
    "DeleteStack": delete_stack,
    "CancelUpdateStack": cancel_update_stack,
    "UpdateTerminationProtection": update_termination_protection,
}
