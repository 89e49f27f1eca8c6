"""CloudFormation's operations, from a form to XML.

Source: CloudFormation API Reference (read 2026-11). What is not in `OPERATIONS` is refused by name.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.credential import Credential
from ..wire.errors import ServiceError
from ..wire.http import Response
from ..wire.query import read_form, write_xml
from ..wire.rest_json import model
from ..wire.validation import label_of
from . import describe
from .change_set import ChangeSet, changes_nothing, changes_of
from .clients import Clients
from .engine import Client, Engine, Run, new_token
from .errors import invalid, not_offered
from .nested_stacks import NestedStacks
from .plan import Plan
from .planning import Planner, fetched
from .resources.nested import NestedStack
from .responses import Responses
from .stack import UPDATABLE, Stack, StackResource, new_stack
from .template import check, parse, source

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
# Parameters that would be accepted without effect: refused when they ask for something.
NOT_DONE = (
    *("NotificationARNs", "ResourceTypes", "RollbackConfiguration"),
    *("ResourcesToImport", "StackPolicyBody", "StackPolicyURL", "TimeoutInMinutes"),
    *("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", "DeploymentMode"),
)
Given = Mapping[str, Any]
Handler = Callable[["CloudFormation", "Caller", Given], dict[str, Any]]


@dataclass(frozen=True)
class Caller:
    """Where somebody asks, and clients with their rights."""

    region: str
    client: Client


class CloudFormation:
    """Stacks and change sets. Every method is called on worker threads.

    The parameters are `front.StackFront`'s, and ``responses``: where custom resources answer.
    """

    def __init__(
        self,
        endpoint: str,
        responses: Responses,
        assume: Callable[[str, str], Credential],
        own: Callable[[], Credential],
    ) -> None:
        self.engine = Engine(responses)
        self.change_sets: dict[str, ChangeSet] = {}
        self._clients = Clients(endpoint)
        self._assume = assume
        self._planner = Planner(lambda region: self._clients.of(own(), region))
        within = NestedStacks(self.engine, self._planner)
        self.engine.nested = NestedStack(within.deploy, within.remove)

    def answer(
        self, form: Mapping[str, str], operation: str, region: str, credential: Credential
    ) -> Response:
        """Answer one request. Raises `ServiceError` for every refusal."""
        handler = OPERATIONS.get(operation)
        if handler is None:
            raise ServiceError(
                "NotImplemented",
                f"The embedded cloud does not offer CloudFormation's {operation}. It offers: "
                f"{', '.join(OPERATIONS)}.",
                501,
            )
        described = model("cloudformation").operation_model(operation)
        given = read_form(form, described.input_shape)
        for name in described.input_shape.required_members:
            if given.get(name) is None:
                raise _missing(name)
        caller = Caller(region, self._clients.of(credential, region))
        result = handler(self, caller, given)
        return write_xml(described, result, str(uuid.uuid4()))

    def close(self) -> None:
        """Let go of what is under way and of the connections."""
        self.engine.close()
        self._clients.close()

    # stacks

    def create_stack(self, caller: Caller, given: Given) -> dict[str, Any]:
        """CreateStack."""
        _refuse_idle(given)
        name = _named(given["StackName"])
        if "OnFailure" in given and "DisableRollback" in given:
            raise invalid("You cannot specify both OnFailure and DisableRollback.")
        if self.engine.find(caller.region, name) is not None:
            raise ServiceError("AlreadyExistsException", f"Stack [{name}] already exists")
        stack = new_stack(name, caller.region, ACCOUNT_ID)
        plan = self._planner.plan(caller.client, stack, given, direct=True)
        client = self._client(caller, stack, given)
        token = given.get("ClientRequestToken") or new_token()
        stack.is_protected = bool(given.get("EnableTerminationProtection"))
        self.engine.add(stack)
        self._start_creation(stack, plan, client, token, given.get("OnFailure"))
        return {"StackId": stack.stack_id}

    def update_stack(self, caller: Caller, given: Given) -> dict[str, Any]:
        """UpdateStack."""
        _refuse_idle(given)
        stack = self._stack(caller, given["StackName"])
        if stack.status not in UPDATABLE and stack.status != "UPDATE_FAILED":
            raise _in_state(stack)
        plan = self._planner.plan(caller.client, stack, given, direct=True)
        if changes_nothing(stack, plan, changes_of(self.engine, stack, plan)):
            raise invalid("No updates are to be performed.")
        client = self._client(caller, stack, given)
        self._start_update(stack, plan, client, given.get("ClientRequestToken") or new_token())
        return {"StackId": stack.stack_id}

    def delete_stack(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DeleteStack. What is not there is deleted already."""
        if given.get("DeletionMode") == "FORCE_DELETE_STACK":
            raise not_offered("DeletionMode FORCE_DELETE_STACK")
        stack = self.engine.find(caller.region, given["StackName"])
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
            parent = self.engine.stacks[stack.parent_id]
            if not parent.is_deleted:
                raise invalid(f"Stack [{stack.name}] is nested in {parent.name}: delete that one.")
        if stack.status == "DELETE_IN_PROGRESS":
            return {}
        if stack.status == "CREATE_IN_PROGRESS":
            self.engine.cancel(stack, deletes=True)
            return {}
        if stack.in_progress:
            raise _in_state(stack)
        client = self._client(caller, stack, given)
        token = given.get("ClientRequestToken") or new_token()
        for each in self._change_sets_of(stack):
            del self.change_sets[each.identity]
        stack.become("DELETE_IN_PROGRESS", "User Initiated", token)

        def work(run: Run) -> None:
            self.engine.delete(stack, client, run, token, retained)

        self.engine.begin(stack, work)
        return {}

    def cancel_update_stack(self, caller: Caller, given: Given) -> dict[str, Any]:
        """CancelUpdateStack."""
        stack = self._stack(caller, given["StackName"])
        if stack.status != "UPDATE_IN_PROGRESS":
            raise invalid(
                f"CancelUpdateStack cannot be called from current stack status ({stack.status})"
            )
        self.engine.cancel(stack)
        return {}

    def update_termination_protection(self, caller: Caller, given: Given) -> dict[str, Any]:
        """UpdateTerminationProtection."""
        stack = self._stack(caller, given["StackName"])
        stack.is_protected = given["EnableTerminationProtection"]
        return {"StackId": stack.stack_id}

    # change sets

    def create_change_set(self, caller: Caller, given: Given) -> dict[str, Any]:
        """CreateChangeSet."""
        _refuse_idle(given)
        kind = given.get("ChangeSetType", "UPDATE")
        if kind not in ("CREATE", "UPDATE"):
            raise not_offered(f"change sets of type {kind}")
        stack = self.engine.find(caller.region, given["StackName"])
        is_new = False
        if kind == "CREATE" and stack is None:
            stack, is_new = new_stack(_named(given["StackName"]), caller.region, ACCOUNT_ID), True
        if stack is None:
            raise invalid(f"Stack [{given['StackName']}] does not exist")
        if kind == "CREATE" and stack.status != "REVIEW_IN_PROGRESS":
            raise invalid(
                f"Stack [{stack.name}] already exists and cannot be created again with "
                f"the changeSet [{given['ChangeSetName']}]."
            )
        if kind == "UPDATE" and stack.status not in UPDATABLE:
            raise _in_state(stack)
        if any(each.name == given["ChangeSetName"] for each in self._change_sets_of(stack)):
            raise ServiceError(
                "AlreadyExistsException",
                f"ChangeSet {given['ChangeSetName']} cannot be created due to a mismatch with "
                "existing attribute Template",
            )
        plan = self._planner.plan(caller.client, stack, given, direct=False)
        made = ChangeSet(
            given["ChangeSetName"],
            stack,
            plan,
            kind,
            given,
            changes_of(self.engine, stack, plan),
            str(given.get("RoleARN", "")),
            str(given.get("OnStackFailure", "")),
        )
        if is_new:
            self.engine.add(stack)
            stack.become("REVIEW_IN_PROGRESS", "User Initiated")
        self.change_sets[made.identity] = made
        return {"Id": made.identity, "StackId": stack.stack_id}

    def execute_change_set(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ExecuteChangeSet."""
        made = self._change_set(caller, given)
        stack, plan = made.stack, made.plan
        if made.execution != "AVAILABLE":
            raise ServiceError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{made.identity}] cannot be executed in its current status of "
                f"[{made.status}]",
            )
        if made.kind == "UPDATE" and stack.status not in UPDATABLE:
            raise _in_state(stack)
        client = self._client(caller, stack, {"RoleARN": made.role_arn} if made.role_arn else {})
        made.execution = "EXECUTE_COMPLETE"
        stack.change_set_id = made.identity
        for each in self._change_sets_of(stack):
            if each is not made:
                del self.change_sets[each.identity]
        token = given.get("ClientRequestToken") or new_token()
        off = bool(given.get("DisableRollback")) or made.on_failure == "DO_NOTHING"
        plan = replace(plan, disable_rollback=off)
        if made.kind == "UPDATE":
            self._start_update(stack, plan, client, token)
            return {}
        self._start_creation(stack, plan, client, token, made.on_failure)
        return {}

    def delete_change_set(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DeleteChangeSet. One that is not there is deleted already."""
        try:
            made = self._change_set(caller, given)
        except ServiceError as error:
            if error.code == "ChangeSetNotFound":
                return {}
            raise
        if made.execution == "EXECUTE_COMPLETE" and made.stack.in_progress:
            raise ServiceError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{made.identity}] cannot be deleted while its stack is in progress",
            )
        del self.change_sets[made.identity]
        return {}

    def describe_change_set(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeChangeSet."""
        return describe.change_set(self._change_set(caller, given))

    def list_change_sets(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ListChangeSets."""
        stack = self._stack(caller, given["StackName"])
        found = self._change_sets_of(stack)
        return {"Summaries": [describe.change_set_summary(each) for each in found]}

    # reading

    def describe_stacks(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeStacks."""
        if given.get("StackName"):
            return {"Stacks": [describe.stack(self._stack(caller, given["StackName"], gone=True))]}
        found = [each for each in self.engine.all(caller.region) if not each.is_deleted]
        return describe.page("Stacks", [describe.stack(each) for each in found], given)

    def list_stacks(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ListStacks."""
        wanted = given.get("StackStatusFilter") or []
        found = [
            describe.summary(each)
            for each in reversed(self.engine.all(caller.region))
            if not wanted or each.status in wanted
        ]
        return describe.page("StackSummaries", found, given)

    def describe_stack_events(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeStackEvents, the newest first."""
        if not given.get("StackName"):
            raise _missing("StackName")
        stack = self._stack(caller, given["StackName"], gone=True)
        found = [describe.event(stack, each) for each in reversed(stack.events)]
        return describe.page("StackEvents", found, given)

    def describe_stack_resources(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeStackResources, by stack or by a physical id."""
        name, physical_id = given.get("StackName"), given.get("PhysicalResourceId")
        if name:
            stack = self._stack(caller, name, gone=True)
        elif physical_id:
            found = [
                each
                for each in self.engine.all(caller.region)
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

    def describe_stack_resource(self, caller: Caller, given: Given) -> dict[str, Any]:
        """DescribeStackResource."""
        stack = self._stack(caller, given["StackName"], gone=True)
        found = stack.resources.get(given["LogicalResourceId"])
        if found is None:
            raise invalid(
                f"Resource {given['LogicalResourceId']} does not exist for stack {stack.name}"
            )
        return {"StackResourceDetail": describe.resource_detail(stack, found)}

    def list_stack_resources(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ListStackResources."""
        stack = self._stack(caller, given["StackName"], gone=True)
        found = [describe.resource_summary(each) for each in _resources(stack)]
        return describe.page("StackResourceSummaries", found, given)

    def get_template(self, caller: Caller, given: Given) -> dict[str, Any]:
        """GetTemplate, as it was sent or after its transforms."""
        if given.get("ChangeSetName"):
            plan = self._change_set(caller, given).plan
            original, template = plan.original, plan.template
        else:
            if not given.get("StackName"):
                raise invalid("StackName must be specified.")
            stack = self._stack(caller, given["StackName"], gone=True)
            original, template = stack.original, stack.template
        body = original
        if given.get("TemplateStage") == "Processed":
            body = describe.as_json(template)
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, caller: Caller, given: Given) -> dict[str, Any]:
        """GetTemplateSummary, of a template or of a stack."""
        if given.get("StackName"):
            text = self._stack(caller, given["StackName"]).original
        else:
            text = source(given, lambda url: fetched(url, caller.client))
        template = parse(text)
        check(template)
        return describe.template_summary(template)

    def validate_template(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ValidateTemplate: its form, as AWS does; types and properties are not looked at."""
        template = parse(source(given, lambda url: fetched(url, caller.client)))
        check(template)
        return describe.validated(template)

    def get_stack_policy(self, caller: Caller, given: Given) -> dict[str, Any]:
        """GetStackPolicy: no stack has one here."""
        self._stack(caller, given["StackName"])
        return {}

    def list_exports(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ListExports."""
        found = [
            {"ExportingStackId": stack.stack_id, "Name": name, "Value": output.value}
            for name, (stack, output) in sorted(self.engine.exported(caller.region).items())
        ]
        return describe.page("Exports", found, given)

    def list_imports(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ListImports."""
        name = given["ExportName"]
        users = [
            each.name
            for each in self.engine.all(caller.region)
            if not each.is_deleted and name in each.imports
        ]
        if not users:
            raise invalid(f"Export '{name}' is not imported by any stack.")
        return {"Imports": users}

    # helpers

    def _client(self, caller: Caller, stack: Stack, given: Given) -> Client:
        role = str(given.get("RoleARN") or stack.role_arn)
        if not role:
            return caller.client
        credential = self._assume(role, caller.region)
        stack.role_arn = role
        return self._clients.of(credential, caller.region)

    def _start_creation(
        self, stack: Stack, plan: Plan, client: Client, token: str, on_failure: str | None
    ) -> None:
        off = stack.disable_rollback = plan.disable_rollback
        failure = "DO_NOTHING" if off else on_failure or "ROLLBACK"
        stack.become("CREATE_IN_PROGRESS", "User Initiated", token)
        self.engine.begin(
            stack, lambda run: self.engine.create(stack, plan, client, run, token, failure)
        )

    def _start_update(self, stack: Stack, plan: Plan, client: Client, token: str) -> None:
        stack.become("UPDATE_IN_PROGRESS", "User Initiated", token)
        self.engine.begin(stack, lambda run: self.engine.update(stack, plan, client, run, token))

    def _stack(self, caller: Caller, name: str, *, gone: bool = False) -> Stack:
        stack = self.engine.find(caller.region, name)
        if stack is None or (stack.is_deleted and not gone):
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def _change_sets_of(self, stack: Stack) -> list[ChangeSet]:
        return [each for each in list(self.change_sets.values()) if each.stack is stack]

    def _change_set(self, caller: Caller, given: Given) -> ChangeSet:
        name, stack_name = given["ChangeSetName"], given.get("StackName")
        if name.startswith("arn:"):
            known = [e for e in [self.change_sets.get(name)] if e is not None]
            found = [each for each in known if each.stack.region == caller.region]
        elif stack_name:
            of_stack = self._change_sets_of(self._stack(caller, stack_name))
            found = [each for each in of_stack if each.name == name]
        else:
            raise invalid(
                "StackName must be specified if ChangeSetName is not specified as an ARN."
            )
        if not found:
            raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
        return found[0]


OPERATIONS: dict[str, Handler] = {
    "CancelUpdateStack": CloudFormation.cancel_update_stack,
    "CreateChangeSet": CloudFormation.create_change_set,
    "CreateStack": CloudFormation.create_stack,
    "DeleteChangeSet": CloudFormation.delete_change_set,
    "DeleteStack": CloudFormation.delete_stack,
    "DescribeChangeSet": CloudFormation.describe_change_set,
    "DescribeStackEvents": CloudFormation.describe_stack_events,
    "DescribeStackResource": CloudFormation.describe_stack_resource,
    "DescribeStackResources": CloudFormation.describe_stack_resources,
    "DescribeStacks": CloudFormation.describe_stacks,
    "ExecuteChangeSet": CloudFormation.execute_change_set,
    "GetStackPolicy": CloudFormation.get_stack_policy,
    "GetTemplate": CloudFormation.get_template,
    "GetTemplateSummary": CloudFormation.get_template_summary,
    "ListChangeSets": CloudFormation.list_change_sets,
    "ListExports": CloudFormation.list_exports,
    "ListImports": CloudFormation.list_imports,
    "ListStackResources": CloudFormation.list_stack_resources,
    "ListStacks": CloudFormation.list_stacks,
    "UpdateStack": CloudFormation.update_stack,
    "UpdateTerminationProtection": CloudFormation.update_termination_protection,
    "ValidateTemplate": CloudFormation.validate_template,
}


def _missing(name: str) -> ServiceError:
    return invalid(
        f"1 validation error detected: Value null at '{label_of(name)}' failed to satisfy "
        "constraint: Member must not be null"
    )


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
            "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
        )
    return name


def _refuse_idle(given: Given) -> None:
    """Refuse a parameter that would have no effect. Raises `ServiceError`."""
    for name in NOT_DONE:
        if given.get(name):
            if name == "RollbackConfiguration" and not given[name].get("RollbackTriggers"):
                continue
            raise not_offered(f"the parameter {name}")


def _resources(stack: Stack) -> list[StackResource]:
    """A stack's resources now: its own thread may be making more."""
    return list(stack.resources.values())


def _in_state(stack: Stack) -> ServiceError:
    return invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
