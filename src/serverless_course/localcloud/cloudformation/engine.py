"""Stacks as they are made, changed and deleted, each by a thread of its own."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .deployment import Deployment, attribute_of, order_of
from .errors import ResourceFailed, invalid
from .intrinsics import Values
from .plan import CUSTOM, NESTED, Plan, unknown_yet, values_for
from .resources import TYPES, ResourceType
from .resources.custom import CustomResource
from .responses import Responses
from .stack import Output, Stack, StackResource

log = logging.getLogger(__name__)
ZONES = "abc"
# What a stack has of its plan; it is put back when an update is taken back.
TAKEN_OVER = (
    *("original", "template", "parameters", "tags", "capabilities"),
    *("description", "imports"),
)
Client = Callable[[str], Any]


@dataclass
class Run:
    """What is being done to a stack. ``stop`` is set to end it early, ``deletes`` when the stack
    is to be deleted then."""

    stop: threading.Event = field(default_factory=threading.Event)
    deletes: bool = False


class Engine:
    """All stacks of all regions, and what is done to them.

    ``nested`` is the handler of stacks within stacks.
    """

    def __init__(self, responses: Responses) -> None:
        self.stacks: dict[str, Stack] = {}
        self.nested: ResourceType | None = None
        self._custom = CustomResource(responses)
        self._runs: dict[str, Run] = {}
        self._closing = threading.Event()
        self._lock = threading.RLock()

    def find(self, region: str, name: str) -> Stack | None:
        """A stack by its name or its id; a deleted one by its id only."""
        if name.startswith("arn:"):
            found = self.stacks.get(name)
            return found if found is not None and found.region == region else None
        for stack in self.all(region):
            if stack.name == name and not stack.is_deleted:
                return stack
        return None

    def all(self, region: str) -> list[Stack]:
        """The stacks of a region, the oldest first, deleted ones too."""
        with self._lock:
            return [each for each in self.stacks.values() if each.region == region]

    def add(self, stack: Stack) -> None:
        """Keep a new stack. Raises `ServiceError` when its name is taken."""
        with self._lock:
            if self.find(stack.region, stack.name) is not None:
                raise ServiceError("AlreadyExistsException", f"Stack [{stack.name}] already exists")
            self.stacks[stack.stack_id] = stack

    def close(self) -> None:
        """Stop what is being done; the server ends."""
        self._closing.set()

    def cancel(self, stack: Stack, *, deletes: bool = False) -> None:
        """Stop what is being done, and take it back; ``deletes`` to delete the stack then."""
        run = self._runs.get(stack.stack_id)
        if run is not None:
            run.deletes = deletes
            run.stop.set()

    def is_used(self, stack: Stack, output: Output) -> list[str]:
        """The names of the stacks that import an output."""
        return [
            each.name
            for each in self.all(stack.region)
            if not each.is_deleted and output.export and output.export in each.imports
        ]

    def exported(self, region: str) -> dict[str, tuple[Stack, Output]]:
        """All exports of a region, by their names."""
        return {
            output.export: (stack, output)
            for stack in self.all(region)
            if not stack.is_deleted
            for output in stack.outputs
            if output.export
        }

    # what a request begins

    def begin(self, stack: Stack, work: Callable[[Run], None]) -> None:
        """Do something to a stack on a thread of its own."""
        run = self._runs[stack.stack_id] = Run()

        def whole() -> None:
            try:
                work(run)
            except Exception:
                log.exception("a stack's operation failed")
                verb = stack.status.partition("_")[0]
                stack.become(f"{verb}_FAILED", "The embedded cloud failed; its log says why.")
            finally:
                self._runs.pop(stack.stack_id, None)

        # The server ends whatever its stacks do.
        threading.Thread(target=whole, name="cloudformation", daemon=True).start()

    def create(
        self, stack: Stack, plan: Plan, client: Client, run: Run, token: str, on_failure: str
    ) -> None:
        """Make a stack's resources; by ``on_failure`` ROLLBACK, DELETE or DO_NOTHING."""
        deployment = self.deployment(stack, plan, client, run, token)
        self._take_over(stack, plan)
        if deployment.make():
            stack.become("CREATE_COMPLETE", token=token)
            if run.deletes:
                stack.become("DELETE_IN_PROGRESS", "User Initiated", token)
                self.delete(stack, client, Run(), token, frozenset())
            return
        reason = _failed(deployment)
        if run.deletes:
            on_failure = "DELETE"
            run.stop.clear()
        if on_failure == "DO_NOTHING":
            stack.become("CREATE_FAILED", reason, token)
            return
        if on_failure == "DELETE":
            stack.become("DELETE_IN_PROGRESS", f"{reason} Delete requested by user.", token)
            deployment.take_back_creation()
            left = [n for n, e in stack.resources.items() if e.status == "DELETE_FAILED"]
            self._deleted(stack, left, token)
            return
        stack.become("ROLLBACK_IN_PROGRESS", f"{reason} Rollback requested by user.", token)
        fine = deployment.take_back_creation()
        stack.become("ROLLBACK_COMPLETE" if fine else "ROLLBACK_FAILED", token=token)

    def update(self, stack: Stack, plan: Plan, client: Client, run: Run, token: str) -> None:
        """Bring a stack to another plan, or back to what it was."""
        before = replace(stack, resources=dict(stack.resources), imports=set(stack.imports))
        old_order = order_of(stack)
        deployment = self.deployment(stack, plan, client, run, token)
        self._take_over(stack, plan)
        stack.updated = datetime.now(UTC)
        if deployment.make():
            stack.become("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", token=token)
            fine = deployment.clean_up(old_order)
            left = "" if fine else "One or more resources could not be deleted."
            stack.become("UPDATE_COMPLETE", left, token)
            return
        reason = _failed(deployment)
        if plan.disable_rollback:
            stack.become("UPDATE_FAILED", reason, token)
            return
        stack.become("UPDATE_ROLLBACK_IN_PROGRESS", reason, token)
        run.stop.clear()
        try:
            new = deployment.take_back_update()
        except ResourceFailed as error:
            stack.become("UPDATE_ROLLBACK_FAILED", str(error), token)
            return
        for name in (*TAKEN_OVER, "outputs"):
            setattr(stack, name, getattr(before, name))
        stack.become("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", token=token)
        for resource in new:
            deployment.drop(resource)
        for name in [each for each in stack.resources if each not in before.resources]:
            del stack.resources[name]
        stack.become("UPDATE_ROLLBACK_COMPLETE", token=token)

    def delete(
        self, stack: Stack, client: Client, run: Run, token: str, retained: frozenset[str]
    ) -> bool:
        """Delete a stack's resources, then the stack; False when something is left."""
        used = [(e, self.is_used(stack, e)) for e in stack.outputs]
        for output, names in used:
            if names:
                stack.become(
                    "DELETE_FAILED",
                    f"Export {output.export} cannot be deleted as it is in use by "
                    f"{' and '.join(names)}",
                    token,
                )
                return False
        plan = Plan(stack.original, stack.template, stack.parameters, ())
        deployment = self.deployment(stack, plan, client, run, token)
        left = deployment.delete_all(order_of(stack), retained)
        self._deleted(stack, left, token)
        return not left

    @staticmethod
    def _deleted(stack: Stack, left: list[str], token: str) -> None:
        if not left:
            stack.deleted = datetime.now(UTC)
            stack.outputs, stack.imports = [], set()
            stack.become("DELETE_COMPLETE", token=token)
            return
        reason = f"The following resource(s) failed to delete: [{', '.join(left)}]. "
        stack.become("DELETE_FAILED", reason, token)

    def deployment(
        self, stack: Stack, plan: Plan, client: Client, run: Run, token: str = ""
    ) -> Deployment:
        """A change of a stack, with everything that it needs."""
        return Deployment(
            stack,
            plan,
            self.values(stack, plan, client),
            self.type_of,
            client,
            lambda: run.stop.is_set() or self._closing.is_set(),
            self._check_exports,
            token,
        )

    def type_of(self, kind: str) -> ResourceType:
        """The handler of a resource type."""
        if kind.startswith(CUSTOM):
            return self._custom
        if kind == NESTED and self.nested is not None:
            return self.nested
        return TYPES[kind]

    # values

    def values(self, stack: Stack, plan: Plan, client: Client | None, known: Any = None) -> Values:
        """The values of a plan by the stack's resources; ``known`` overrides how they are found."""

        def resource(name: str) -> Any:
            return _there(stack, name).ref

        def attribute(name: str, each: str) -> Any:
            return attribute_of(_there(stack, name), each)

        return values_for(
            plan.template,
            pseudo_of(stack),
            plan.parameters,
            known.resource if known is not None else resource,
            known.attribute if known is not None else attribute,
            lambda name: self._imported(stack, name),
            zones_of(client),
        )

    def _imported(self, stack: Stack, name: str) -> str:
        found = self.exported(stack.region).get(name)
        if found is None:
            raise invalid(f"No export named {name} found.")
        stack.imports.add(name)
        return found[1].value

    def _check_exports(self, stack: Stack, outputs: list[Output]) -> None:
        others = self.exported(stack.region)
        for output in outputs:
            taken = others.get(output.export)
            if output.export and taken is not None and taken[0] is not stack:
                raise invalid(
                    f"Export with name {output.export} is already exported by stack "
                    f"{taken[0].name}. "
                )
        now = {each.export: each.value for each in outputs}
        for output in stack.outputs:
            users = self.is_used(stack, output)
            if users and now.get(output.export) != output.value:
                what = "updated" if output.export in now else "deleted"
                raise invalid(
                    f"Export {output.export} cannot be {what} as it is in use by "
                    f"{' and '.join(users)}"
                )

    @staticmethod
    def _take_over(stack: Stack, plan: Plan) -> None:
        stack.original, stack.template = plan.original, plan.template
        stack.parameters, stack.tags = dict(plan.parameters), dict(plan.tags)
        stack.capabilities = plan.capabilities
        stack.description = str(plan.template.get("Description", ""))
        stack.imports = set()


def pseudo_of(stack: Stack) -> Mapping[str, Any]:
    """A stack's pseudo parameters."""
    return {
        "AWS::AccountId": ACCOUNT_ID,
        "AWS::NotificationARNs": [],
        "AWS::Partition": "aws",
        "AWS::Region": stack.region,
        "AWS::StackId": stack.stack_id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def zones_of(client: Client | None) -> Callable[[str], list[str]]:
    """What lists a region's zones."""

    def zones(region: str) -> list[str]:
        if client is None:
            return [f"{region}{letter}" for letter in ZONES]
        found = client("ec2").describe_availability_zones()["AvailabilityZones"]
        return sorted(each["ZoneName"] for each in found)

    return zones


def before_resources(template: dict[str, Any], stack: Stack, parameters: Any) -> Values:
    """The values of a template that no resource has a part in: its conditions'."""
    return values_for(
        template,
        pseudo_of(stack),
        parameters,
        unknown_yet,
        unknown_yet,
        unknown_yet,
        zones_of(None),
    )


def new_token() -> str:
    """A client request token, where the caller gave none."""
    return str(uuid.uuid4())


def _there(stack: Stack, name: str) -> StackResource:
    resource = stack.resources.get(name)
    if resource is None or not resource.physical_id:
        raise ResourceFailed(f"Unresolved resource dependencies [{name}]")
    return resource


def _failed(deployment: Deployment) -> str:
    """The stack's reason: which resources failed."""
    if "" in deployment.failed:
        return deployment.failed[""]
    stack = deployment.stack
    names = ", ".join(deployment.failed)
    verb = "create"
    if any(
        stack.resources[name].status.startswith("UPDATE")
        for name in deployment.failed
        if name in stack.resources
    ):
        verb = "update"
    return f"The following resource(s) failed to {verb}: [{names}]."
