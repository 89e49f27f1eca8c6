"""What stacks, their resources and their events show.

Source: CloudFormation API Reference (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from .. import describe
from ..errors import invalid
from ..stack import Stack, StackResource
from .given import Given, missing
from .plane import Caller, Operation, Plane


def describe_stacks(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DescribeStacks."""
    if given.get("StackName"):
        return {"Stacks": [describe.stack(plane.stack(caller, given["StackName"], gone=True))]}
    found = [each for each in plane.engine.all(caller.region) if not each.is_deleted]
    return describe.page("Stacks", [describe.stack(each) for each in found], given)


def list_stacks(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ListStacks."""
    wanted = given.get("StackStatusFilter") or []
    found = [
        describe.summary(each)
        for each in reversed(plane.engine.all(caller.region))
        if not wanted or each.status in wanted
    ]
    return describe.page("StackSummaries", found, given)


def describe_stack_events(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DescribeStackEvents, the newest first."""
    if not given.get("StackName"):
        raise missing("StackName")
    stack = plane.stack(caller, given["StackName"], gone=True)
    found = [describe.event(stack, each) for each in reversed(stack.events)]
    return describe.page("StackEvents", found, given)


def describe_stack_resources(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DescribeStackResources, by stack or by a physical id."""
    name, physical_id = given.get("StackName"), given.get("PhysicalResourceId")
    if name:
        stack = plane.stack(caller, name, gone=True)
    elif physical_id:
        found = [
            each
            for each in plane.engine.all(caller.region)
            if any(r.physical_id == physical_id and r.exists for r in _resources(each))
        ]
        if not found:
            raise invalid(f"Stack for {physical_id} does not exist")
        stack = found[0]
    else:
        raise invalid("StackName or PhysicalResourceId must be specified.")
    logical_id = given.get("LogicalResourceId")
    return {
        "StackResources": [
            describe.resource(stack, each)
            for each in _resources(stack)
            if logical_id in (None, each.logical_id)
        ]
    }


def describe_stack_resource(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """DescribeStackResource."""
    stack = plane.stack(caller, given["StackName"], gone=True)
    found = stack.resources.get(given["LogicalResourceId"])
    if found is None:
        raise invalid(
            f"Resource {given['LogicalResourceId']} does not exist for stack {stack.name}"
        )
    return {"StackResourceDetail": describe.resource_detail(stack, found)}


def list_stack_resources(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ListStackResources."""
    stack = plane.stack(caller, given["StackName"], gone=True)
    found = [describe.resource_summary(each) for each in _resources(stack)]
    return describe.page("StackResourceSummaries", found, given)


def get_stack_policy(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """GetStackPolicy: no stack has one here."""
    plane.stack(caller, given["StackName"])
    return {}


OPERATIONS: dict[str, Operation] = {
    "DescribeStacks": describe_stacks,
    "ListStacks": list_stacks,
    "DescribeStackEvents": describe_stack_events,
    "DescribeStackResources": describe_stack_resources,
    "DescribeStackResource": describe_stack_resource,
    "ListStackResources": list_stack_resources,
    "GetStackPolicy": get_stack_policy,
}


def _resources(stack: Stack) -> list[StackResource]:
    """A stack's resources now: its own thread may be making more."""
    return list(stack.resources.values())
