"""CloudFormation's operations, from a form to XML.

Source: CloudFormation API Reference (read 2026-11). What is not in `OPERATIONS` is refused by name.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from ..clock import ScaledClock
from ..iam.account import ACCOUNT_ID
from ..wire.credential import Credential
from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from ..wire.query import read_form, write_xml
from ..wire.rest_json import model
from . import describe, transforms
from .change_set import ChangeSet, changes_of, same
from .clients import Clients
from .engine import Client, Engine, Run, before_resources, new_token
from .errors import ResourceFailed, invalid, not_offered
from .parameters import Parameter, as_text, values_of
from .plan import Plan, check_capabilities, check_types, wanted_of
from .resources import Work
from .resources.nested import NestedStack
from .responses import PATH, Responses
from .stack import UPDATABLE, Stack, StackResource, new_stack
from .template import check, parse, source

__all__ = ["PATH", "CloudFormation"]

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
# Parameters that would be accepted without effect: refused when they ask for something.
NOT_DONE = (
    *("NotificationARNs", "ResourceTypes", "RollbackConfiguration"),
    *("ResourcesToImport", "StackPolicyBody", "StackPolicyURL", "TimeoutInMinutes"),
    *("StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", "DeploymentMode"),
    "ImportExistingResources",
)
Given = Mapping[str, Any]
Handler = Callable[["CloudFormation", "Caller", Given], dict[str, Any]]


class Caller:
    """Who asks, where, and with whose rights resources are made."""

    def __init__(self, clients: Clients, credential: Credential, region: str) -> None:
        self.region = region
        self.client: Client = clients.of(credential, region)


class CloudFormation:
    """Stacks and change sets. Every method is called on worker threads.

    ``endpoint`` is this server's URL. ``assume`` gives the credentials of a role that
    CloudFormation takes on, or raises `ServiceError`; ``own`` is the service's own credential.
    """

    def __init__(
        self,
        endpoint: str,
        clock: ScaledClock,
        assume: Callable[[str, str], Credential],
        own: Callable[[], Credential],
    ) -> None:
        self.responses = Responses(endpoint, clock)
        self.engine = Engine(self.responses)
        self.engine.nested = NestedStack(self._deploy_nested, self._remove_nested)
        self.change_sets: dict[str, ChangeSet] = {}
        self._clients = Clients(endpoint)
        self._assume = assume
        self._own = own

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
        missing = [
            name for name in described.input_shape.required_members if given.get(name) is None
        ]
        if missing:
            label = missing[0][:1].lower() + missing[0][1:]
            raise invalid(
                f"1 validation error detected: Value null at '{label}' failed to satisfy "
                "constraint: Member must not be null"
            )
        result = handler(self, Caller(self._clients, credential, region), given)
        return write_xml(described, result, str(uuid.uuid4()))

    def respond(self, request: Request) -> Response:
        """A custom resource's answer, at its address."""
        return self.responses.take(request)

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
        plan = self._plan(caller, stack, given, direct=True)
        client = self._client(caller, stack, given)
        token = given.get("ClientRequestToken") or new_token()
        stack.is_protected = bool(given.get("EnableTerminationProtection"))
        stack.disable_rollback = plan.disable_rollback
        self.engine.add(stack)
        stack.become("CREATE_IN_PROGRESS", "User Initiated", token)
        failure = given.get("OnFailure") or ("DO_NOTHING" if plan.disable_rollback else "ROLLBACK")
        self.engine.begin(
            stack, lambda run: self.engine.create(stack, plan, client, run, token, failure)
        )
        return {"StackId": stack.stack_id}

    def update_stack(self, caller: Caller, given: Given) -> dict[str, Any]:
        """UpdateStack."""
        _refuse_idle(given)
        stack = self._stack(caller, given["StackName"])
        if stack.status not in UPDATABLE and stack.status != "UPDATE_FAILED":
            raise _in_state(stack)
        plan = self._plan(caller, stack, given, direct=True)
        refusal = same(stack, plan, changes_of(self.engine, stack, plan))
        if refusal is not None:
            raise refusal
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
        for identity in [k for k, e in list(self.change_sets.items()) if e.stack is stack]:
            del self.change_sets[identity]
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
        if any(
            each.name == given["ChangeSetName"] and each.stack is stack
            for each in list(self.change_sets.values())
        ):
            raise ServiceError(
                "AlreadyExistsException",
                f"ChangeSet {given['ChangeSetName']} cannot be created due to a mismatch with "
                "existing attribute Template",
            )
        plan = self._plan(caller, stack, given, direct=False)
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
        for identity in [k for k, e in list(self.change_sets.items()) if e.stack is stack]:
            if identity != made.identity:
                del self.change_sets[identity]
        token = given.get("ClientRequestToken") or new_token()
        off = bool(given.get("DisableRollback")) or made.on_failure == "DO_NOTHING"
        plan = Plan(**{**plan.__dict__, "disable_rollback": off})
        if made.kind == "UPDATE":
            self._start_update(stack, plan, client, token)
            return {}
        stack.disable_rollback = off
        stack.become("CREATE_IN_PROGRESS", "User Initiated", token)
        failure = "DO_NOTHING" if off else made.on_failure or "ROLLBACK"
        self.engine.begin(
            stack, lambda run: self.engine.create(stack, plan, client, run, token, failure)
        )
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
        found = [e for e in list(self.change_sets.values()) if e.stack is stack]
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
            raise invalid(
                "1 validation error detected: Value null at 'stackName' failed to "
                "satisfy constraint: Member must not be null"
            )
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
            text = source(given, lambda url: _fetched(url, caller.client))
        template = parse(text)
        check(template)
        return describe.template_summary(template)

    def validate_template(self, caller: Caller, given: Given) -> dict[str, Any]:
        """ValidateTemplate: its form, as AWS does; types and properties are not looked at."""
        template = parse(source(given, lambda url: _fetched(url, caller.client)))
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

    def _plan(self, caller: Caller, stack: Stack, given: Given, *, direct: bool) -> Plan:
        if given.get("UsePreviousTemplate"):
            if not stack.original:
                raise invalid("There is no previous template.")
            text = stack.original
        else:
            text = source(given, lambda url: _fetched(url, caller.client))
        template = parse(text)
        transforms.check_named(template)
        check(template)
        parameters = values_of(
            template,
            given.get("Parameters") or [],
            stack.parameters,
            lambda name: _stored(caller.client, name),
        )
        plain = {name: each.value for name, each in parameters.items()}
        has_transform = bool(transforms.named(template))
        own = self._clients.of(self._own(), caller.region)
        processed = transforms.apply(template, plain, caller.region, lambda: own("iam"))
        check(processed)
        all_values: dict[str, Parameter] = dict(parameters)
        # A transform may add parameters of its own.
        added = set(processed.get("Parameters") or {}) - set(parameters)
        if added:
            extra = {"Parameters": {n: processed["Parameters"][n] for n in added}}
            all_values |= values_of(extra, [], {}, lambda name: _stored(caller.client, name))
        capabilities = tuple(given.get("Capabilities") or ())
        check_capabilities(processed, capabilities, expands=direct and has_transform)
        wanted = wanted_of(processed, before_resources(processed, stack, all_values))
        check_types(processed, wanted)
        _check_kept_types(stack, processed)
        tags = {each["Key"]: each.get("Value", "") for each in given.get("Tags") or []}
        if "Tags" not in given:
            tags = dict(stack.tags)
        return Plan(
            text,
            processed,
            all_values,
            wanted,
            tags,
            capabilities,
            str(given.get("RoleARN", "")),
            bool(given.get("DisableRollback")),
            bool(given.get("RetainExceptOnCreate")),
        )

    def _client(self, caller: Caller, stack: Stack, given: Given) -> Client:
        role = str(given.get("RoleARN") or stack.role_arn)
        if not role:
            return caller.client
        credential = self._assume(role, caller.region)
        stack.role_arn = role
        return self._clients.of(credential, caller.region)

    def _start_update(self, stack: Stack, plan: Plan, client: Client, token: str) -> None:
        stack.become("UPDATE_IN_PROGRESS", "User Initiated", token)
        self.engine.begin(stack, lambda run: self.engine.update(stack, plan, client, run, token))

    def _stack(self, caller: Caller, name: str, *, gone: bool = False) -> Stack:
        stack = self.engine.find(caller.region, name)
        if stack is None or (stack.is_deleted and not gone):
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def _change_set(self, caller: Caller, given: Given) -> ChangeSet:
        name, stack_name = given["ChangeSetName"], given.get("StackName")
        if name.startswith("arn:"):
            found = self.change_sets.get(name)
            if found is not None and found.stack.region == caller.region:
                return found
            raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
        if not stack_name:
            raise invalid(
                "StackName must be specified if ChangeSetName is not specified as an ARN."
            )
        stack = self._stack(caller, stack_name)
        for each in list(self.change_sets.values()):
            if each.name == name and each.stack is stack:
                return each
        raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)

    # stacks within stacks

    def _deploy_nested(
        self, work: Work, stack_id: str, properties: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, str]]:
        parent = work.stack
        given: dict[str, Any] = {
            "TemplateURL": properties["TemplateURL"],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": as_text(value)}
                for key, value in (properties.get("Parameters") or {}).items()
            ],
            "Tags": [{"Key": k, "Value": v} for k, v in work.tags(properties).items()],
            "Capabilities": list(parent.capabilities),
        }
        caller = Caller(self._clients, self._own(), work.region)
        caller.client = work.client
        is_new = not stack_id
        child = (
            new_stack(work.name(128), work.region, ACCOUNT_ID)
            if is_new
            else self.engine.stacks[stack_id]
        )
        child.parent_id, child.root_id = parent.stack_id, parent.root_id or parent.stack_id
        try:
            plan = self._plan(caller, child, given, direct=True)
            nothing = not is_new and same(child, plan, changes_of(self.engine, child, plan))
        except ServiceError as error:
            raise ResourceFailed(error.message) from error
        if nothing:
            return child.stack_id, _outputs(child)
        run, token = Run(), new_token()
        if is_new:
            self.engine.add(child)
            work.begin(child.stack_id)
            child.become("CREATE_IN_PROGRESS", "User Initiated", token)
            self.engine.create(child, plan, work.client, run, token, "ROLLBACK")
            fine, verb = child.status == "CREATE_COMPLETE", "created"
        else:
            child.become("UPDATE_IN_PROGRESS", "User Initiated", token)
            self.engine.update(child, plan, work.client, run, token)
            fine, verb = child.status == "UPDATE_COMPLETE", "updated"
        if not fine:
            reasons = [e.reason for e in child.events if e.status.endswith("_FAILED")]
            why = reasons[0] if reasons else child.reason
            raise ResourceFailed(
                f"Embedded stack {child.stack_id} was not successfully {verb}: {why}"
            )
        return child.stack_id, _outputs(child)

    def _remove_nested(self, work: Work, stack_id: str) -> None:
        child = self.engine.stacks.get(stack_id)
        if child is None or child.is_deleted:
            return
        token = new_token()
        child.become("DELETE_IN_PROGRESS", "User Initiated", token)
        if not self.engine.delete(child, work.client, Run(), token, frozenset()):
            raise ResourceFailed(
                f"Embedded stack {stack_id} was not successfully deleted: {child.reason}"
            )


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


def _check_kept_types(stack: Stack, template: Mapping[str, Any]) -> None:
    changed = sorted(
        name
        for name, each in template["Resources"].items()
        if name in stack.resources
        and stack.resources[name].exists
        and stack.resources[name].type != each["Type"]
    )
    if changed:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of "
            f"the following resources: [{', '.join(changed)}]"
        )


def _fetched(url: str, client: Client) -> str:
    """A template in S3, by an address in any of S3's forms, read with the caller's rights."""
    parts = urlsplit(url)
    host, path = parts.netloc, unquote(parts.path).lstrip("/")
    in_host = re.match(r"(.+)\.s3[.-][^/]*$", host)
    bucket, key = (in_host[1], path) if in_host else path.partition("/")[::2]
    if parts.scheme not in ("http", "https", "s3") or not bucket or not key:
        raise invalid(f"S3 error: Domain name specified in {host} is not a valid S3 domain")
    try:
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise invalid(f"S3 error: {error.response['Error'].get('Message')}") from error
    return str(body.decode("utf-8", "replace"))


def _stored(client: Client, name: str) -> str:
    try:
        return str(client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError as error:
        if "NotFound" in error.response["Error"]["Code"]:
            raise invalid(
                f"Unable to fetch parameters [{name}] from parameter store for this account."
            ) from error
        raise invalid(str(error.response["Error"].get("Message"))) from error


def _outputs(stack: Stack) -> dict[str, str]:
    return {each.key: each.value for each in stack.outputs}
