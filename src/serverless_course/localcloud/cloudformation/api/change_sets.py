"""Change sets: planned, read, executed.

Source: CloudFormation API Reference (read 2026-11).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...iam.account import ACCOUNT_ID
from ...wire.errors import ServiceError
from .. import describe
from ..change_set import ChangeSet, changes_of
from ..engine import new_token
from ..errors import invalid, not_offered
from ..stack import UPDATABLE, new_stack
from .given import Given, checked_name, refuse_idle
from .plane import Caller, Operation, Plane, in_state


def create_change_set(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """CreateChangeSet."""
    refuse_idle(given)
    kind = given.get("ChangeSetType", "UPDATE")
    if kind not in ("CREATE", "UPDATE"):
        raise not_offered(f"change sets of type {kind}")
    stack = plane.engine.find(caller.region, given["StackName"])
    is_new = False
    if kind == "CREATE" and stack is None:
        stack, is_new = new_stack(checked_name(given["StackName"]), caller.region, ACCOUNT_ID), True
    if stack is None:
        raise invalid(f"Stack [{given['StackName']}] does not exist")
    if kind == "CREATE" and stack.status != "REVIEW_IN_PROGRESS":
        raise invalid(
            f"Stack [{stack.name}] already exists and cannot be created again with "
            f"the changeSet [{given['ChangeSetName']}]."
        )
    if kind == "UPDATE" and stack.status not in UPDATABLE:
        raise in_state(stack)
    if any(each.name == given["ChangeSetName"] for each in plane.change_sets_of(stack)):
        raise ServiceError(
            "AlreadyExistsException",
            f"ChangeSet {given['ChangeSetName']} cannot be created due to a mismatch with "
            "existing attribute Template",
        )
    plan = plane.planner.plan(caller.client, stack, given, direct=False)
    made = ChangeSet(
        given["ChangeSetName"],
        stack,
        plan,
        kind,
        given,
        changes_of(plane.engine, stack, plan),
        str(given.get("RoleARN", "")),
        str(given.get("OnStackFailure", "")),
    )
    if is_new:
        plane.engine.add(stack)
        stack.become("REVIEW_IN_PROGRESS", "User Initiated")
    plane.change_sets[made.identity] = made
    return {"Id": made.identity, "StackId": stack.stack_id}


def execute_change_set(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ExecuteChangeSet."""
    made = plane.change_set(caller, given)
    stack, plan = made.stack, made.plan
    if made.execution != "AVAILABLE":
        raise ServiceError(
            "InvalidChangeSetStatus",
            f"ChangeSet [{made.identity}] cannot be executed in its current status of "
            f"[{made.status}]",
        )
    if made.kind == "UPDATE" and stack.status not in UPDATABLE:
        raise in_state(stack)
    client = plane.client(caller, stack, {"RoleARN": made.role_arn} if made.role_arn else {})
    made.execution = "EXECUTE_COMPLETE"
    stack.change_set_id = made.identity
    for each in plane.change_sets_of(stack):
        if each is not made:
            del plane.change_sets[each.identity]
    token = given.get("ClientRequestToken") or new_token()
    off = bool(given.get("DisableRollback")) or made.on_failure == "DO_NOTHING"
    plan = replace(plan, disable_rollback=off)
    if made.kind == "UPDATE":
        plane.start_update(stack, plan, client, token)
        return {}
    plane.start_creation(stack, plan, client, token, made.on_failure)
    return {}


def delete_change_set(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DeleteChangeSet. One that is not there is deleted already."""
    try:
        made = plane.change_set(caller, given)
    except ServiceError as error:
        if error.code == "ChangeSetNotFound":
            return {}
        raise
    if made.execution == "EXECUTE_COMPLETE" and made.stack.in_progress:
        raise ServiceError(
            "InvalidChangeSetStatus",
            f"ChangeSet [{made.identity}] cannot be deleted while its stack is in progress",
        )
    del plane.change_sets[made.identity]
    return {}


def describe_change_set(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DescribeChangeSet."""
    return describe.change_set(plane.change_set(caller, given))


def list_change_sets(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ListChangeSets."""
    stack = plane.stack(caller, given["StackName"])
    found = plane.change_sets_of(stack)
    return {"Summaries": [describe.change_set_summary(each) for each in found]}


OPERATIONS: dict[str, Operation] = {
    "CreateChangeSet": create_change_set,
    "ExecuteChangeSet": execute_change_set,
    "DeleteChangeSet": delete_change_set,
    "DescribeChangeSet": describe_change_set,
    "ListChangeSets": list_change_sets,
}
