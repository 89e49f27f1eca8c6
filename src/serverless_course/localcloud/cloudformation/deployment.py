"""One change of a stack: its resources made, changed and deleted, or all of it taken back.

Source: CloudFormation User Guide, "Stack failure options", "Update behaviors of stack resources",
"Understand stack creation events" (read 2026-11). Resources are made one after the other, in an
order that their references allow; AWS makes those side by side that do not need each other.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..wire.errors import ServiceError
from .dynamic_references import resolved
from .errors import ResourceFailed
from .intrinsics import Values
from .parameters import MASK
from .plan import Plan, checked, is_custom, name_property, replaced_by
from .references import in_order
from .resources import Made, ResourceType, Work
from .resources.base import is_gone
from .schema import schema_of
from .stack import RETAINED, Output, Stack, StackResource

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."
CANCELLED = "Resource {} cancelled"


@dataclass
class Undo:
    """What was done to one resource: before it, there was ``before`` or nothing."""

    name: str
    before: StackResource | None
    after: StackResource
    is_replaced: bool = False


@dataclass
class Deployment:
    """A change under way. ``values`` reads the plan's template, ``type_of`` finds a type's handler,
    ``client`` makes clients with the stack's rights, ``is_stopped`` says when to stop."""

    stack: Stack
    plan: Plan
    values: Values
    type_of: Callable[[str], ResourceType]
    client: Callable[[str], Any]
    is_stopped: Callable[[], bool]
    check_exports: Callable[[Stack, list[Output]], None]
    token: str = ""
    undo: list[Undo] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def make(self) -> bool:
        """Bring the stack to its plan; False when a resource failed. Nothing is taken back."""
        for name in self.plan.wanted:
            try:
                self._bring(name)
            except Exception as error:  # whatever a service or a handler meets
                self._fail(name, error)
                return False
        try:
            outputs = self._outputs()
            self.check_exports(self.stack, outputs)
        except (ServiceError, ResourceFailed) as error:
            self.failed[""] = error.message if isinstance(error, ServiceError) else str(error)
            return False
        self.stack.outputs = outputs
        return True

    def clean_up(self, old_order: list[str]) -> bool:
        """Delete what the plan no longer has, and what was replaced. A failure stops nothing:
        False when something is left."""
        fine = True
        for step in reversed(self.undo):
            if step.is_replaced and step.before is not None:
                fine &= self._drop(step.before, step.before.policy("UpdateReplacePolicy"))
        for name in reversed(old_order):
            resource = self.stack.resources.get(name)
            if resource is not None and name not in self.plan.wanted:
                fine &= self._drop(resource, resource.policy("DeletionPolicy"))
                self.stack.resources.pop(name, None)
        return fine

    def take_back_creation(self) -> bool:
        """Delete what was made; False when something could not be deleted."""
        fine = True
        for step in reversed(self.undo):
            fine &= self.drop(step.after)
        return fine

    def take_back_update(self) -> list[StackResource]:
        """Bring changed resources back. What was made new is given back, to be deleted.

        Raises `ResourceFailed` when a resource cannot be brought back.
        """
        new: list[StackResource] = []
        for step in reversed(self.undo):
            if step.before is None:
                new.append(step.after)
                continue
            if step.is_replaced:
                self.stack.resources[step.name] = step.before
                new.append(step.after)
                continue
            self._bring_back(step.before, step.after)
        return new

    def delete_all(self, order: list[str], retained: frozenset[str]) -> list[str]:
        """Delete every resource, the last made first; those that could not be deleted."""
        left = []
        for name in reversed(order):
            resource = self.stack.resources[name]
            if not resource.exists:
                continue
            policy = "Retain" if name in retained else resource.policy("DeletionPolicy")
            if not self._drop(resource, policy):
                left.append(name)
        return left

    def drop(self, resource: StackResource) -> bool:
        """Delete a resource that was made by a change that is taken back; False if it is left."""
        policy = resource.policy("DeletionPolicy")
        if policy == "RetainExceptOnCreate" or self.plan.retain_except_on_create:
            policy = "Delete"
        return self._drop(resource, policy)

    # one resource

    def _bring(self, name: str) -> None:
        if self.is_stopped():
            raise ResourceFailed(CANCELLED.format("update" if self.stack.updated else "creation"))
        definition = self.plan.resources[name]
        kind = definition["Type"]
        old = self.stack.resources.get(name)
        given = self.values.resolve(definition.get("Properties") or {})
        given = checked(kind, resolved(given, self.client))
        if old is None or not old.exists:
            self._create(StackResource(name, kind, definition), given, None)
            return
        differing = old.differing(given)
        if not differing:
            old.definition = definition
            return
        if differing & replaced_by(kind):
            own_name = name_property(kind)
            if own_name and given.get(own_name) == old.properties.get(own_name) is not None:
                self._note(old, "UPDATE_IN_PROGRESS", "", given)
                raise ResourceFailed(
                    "CloudFormation cannot update a stack when a custom-named resource requires "
                    f"replacing. Rename {old.physical_id} and update the stack again."
                )
            self._create(StackResource(name, kind, definition), given, old)
            return
        self._update(old, definition, given)

    def _create(
        self, resource: StackResource, given: dict[str, Any], old: StackResource | None
    ) -> None:
        verb = "CREATE" if old is None else "UPDATE"
        if old is not None:
            resource.physical_id = old.physical_id
        self._note(resource, f"{verb}_IN_PROGRESS", REPLACING if old else "", given)
        self.stack.resources[resource.logical_id] = resource
        resource.physical_id = ""
        resource.properties = given
        work = self._work(resource)
        try:
            made = self.type_of(resource.type).create(work, given)
        except Exception:
            if work.begun:
                # Half of it is there, and is taken back like a whole one.
                self._keep(resource, work.begun[-1])
                self.undo.append(Undo(resource.logical_id, old, resource, old is not None))
            raise
        self._keep(resource, made)
        self.undo.append(Undo(resource.logical_id, old, resource, old is not None))
        if old is None:
            self._note(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated", given)
        self._note(resource, f"{verb}_COMPLETE", "", given)

    def _update(
        self, old: StackResource, definition: Mapping[str, Any], given: dict[str, Any]
    ) -> None:
        resource = replace(old, definition=definition)
        self._note(resource, "UPDATE_IN_PROGRESS", "", given)
        made_before = Made(old.physical_id, old.attributes)
        # Half an update is taken back too: its undo is there before it begins.
        step = Undo(old.logical_id, replace(old), resource)
        self.undo.append(step)
        self.stack.resources[old.logical_id] = resource
        handler = self.type_of(resource.type)
        made = handler.update(self._work(resource), made_before, old.properties, given)
        resource.properties = given
        self._keep(resource, made)
        if made.physical_id != old.physical_id:
            step.is_replaced = True
        self._note(resource, "UPDATE_COMPLETE", "", given)

    def _bring_back(self, before: StackResource, after: StackResource) -> None:
        self.stack.resources[before.logical_id] = before
        self._note(before, "UPDATE_IN_PROGRESS", "", before.properties)
        try:
            made = self.type_of(before.type).update(
                self._work(before),
                Made(after.physical_id, after.attributes),
                # What is there now may be half of either: everything is put again.
                {**before.properties, **after.properties},
                before.properties,
            )
        except Exception as error:
            reason = self._reason(error)
            self._note(before, "UPDATE_FAILED", reason, before.properties)
            raise ResourceFailed(reason) from error
        self._keep(before, made)
        self._note(before, "UPDATE_COMPLETE", "", before.properties)

    def _drop(self, resource: StackResource, policy: str) -> bool:
        if not resource.physical_id:
            return True
        if policy in RETAINED:
            self._note(resource, "DELETE_SKIPPED", "", {})
            return True
        self._note(resource, "DELETE_IN_PROGRESS", "", {})
        try:
            self.type_of(resource.type).delete(
                self._work(resource),
                Made(resource.physical_id, resource.attributes),
                resource.properties,
            )
        except Exception as error:
            if not (isinstance(error, ClientError) and is_gone(error)):
                self._note(resource, "DELETE_FAILED", self._reason(error), {})
                return False
        self._note(resource, "DELETE_COMPLETE", "", {})
        return True

    @staticmethod
    def _keep(resource: StackResource, made: Made) -> None:
        resource.physical_id = made.physical_id
        resource.attributes = dict(made.attributes)

    def _fail(self, name: str, error: Exception) -> None:
        reason = self._reason(error)
        self.failed[name] = reason
        resource = self.stack.resources.get(name)
        definition = self.plan.resources[name]
        before = self._before.get(name)
        is_new = before is None or not before.exists
        if resource is None:
            resource = StackResource(name, definition["Type"], definition)
            self.stack.resources[name] = resource
            self._note(resource, "CREATE_IN_PROGRESS", "", {})
        self._note(
            resource, "CREATE_FAILED" if is_new else "UPDATE_FAILED", reason, resource.properties
        )
        self._restore(name)

    def _restore(self, name: str) -> None:
        """A replacement that failed leaves the resource that was there."""
        if any(step.name == name for step in self.undo):
            return
        old = self._before.get(name)
        if old is not None:
            self.stack.resources[name] = old

    def __post_init__(self) -> None:
        self._before = {name: replace(each) for name, each in self.stack.resources.items()}

    def _reason(self, error: Exception) -> str:
        token = uuid.uuid4()
        if isinstance(error, ResourceFailed):
            return str(error)
        if isinstance(error, ServiceError):
            return error.message
        if isinstance(error, ClientError):
            about = error.response["Error"]
            meta = error.response.get("ResponseMetadata", {})
            service = error.operation_name
            inner = (
                f"{about.get('Message', '')} (Service: {service}, Status Code: "
                f"{meta.get('HTTPStatusCode')}, Request ID: {meta.get('RequestId')})"
            )
            kind = "AccessDenied" if "AccessDenied" in about["Code"] else "InvalidRequest"
            return (
                f'Resource handler returned message: "{inner}" (RequestToken: {token}, '
                f"HandlerErrorCode: {kind})"
            )
        if isinstance(error, BotoCoreError):
            return (
                f'Resource handler returned message: "{error}" (RequestToken: {token}, '
                "HandlerErrorCode: GeneralServiceException)"
            )
        return (
            f"The embedded cloud failed ({type(error).__name__}: {error}). This is a bug of the "
            "embedded cloud, not of your template."
        )

    def _note(
        self, resource: StackResource, status: str, reason: str, given: Mapping[str, Any]
    ) -> None:
        resource.status, resource.reason = status, reason
        shown = json.dumps(given, default=str) if given else ""
        for each in self.plan.parameters.values():
            if each.is_secret and each.given:
                shown = shown.replace(json.dumps(each.given)[1:-1], MASK)
        self.stack.note(
            *(resource.type, resource.logical_id, resource.physical_id, status, reason, shown),
            self.token,
        )
        resource.at = self.stack.events[-1].at

    def _work(self, resource: StackResource) -> Work:
        return Work(self.stack, resource.logical_id, resource.type, self.client, self.is_stopped)

    def _outputs(self) -> list[Output]:
        found, values = [], self.values
        for key, each in (self.plan.template.get("Outputs") or {}).items():
            if "Condition" in each and not values.holds(each["Condition"]):
                continue
            value = values.resolve(each["Value"])
            export = values.resolve((each.get("Export") or {}).get("Name"))
            if isinstance(value, bool):
                value = "true" if value else "false"
            if isinstance(value, (dict, list)) or value is None:
                raise ServiceError(
                    "ValidationError",
                    f"Template format error: Output {key} is malformed. The Value field of every "
                    "Outputs member must evaluate to a String.",
                )
            found.append(
                Output(key, str(value), str(each.get("Description", "")), str(export or ""))
            )
        return found


def order_of(stack: Stack) -> list[str]:
    """The resources of a stack, in the order in which its template has them made."""
    there = frozenset(stack.resources)
    listed = (stack.template.get("Resources") or {}).keys()
    known = frozenset(name for name in there if name in listed)
    if not known:
        return list(stack.resources)
    return [*(name for name in there if name not in known), *in_order(stack.template, known)]


def attribute_of(resource: StackResource, attribute: str) -> Any:
    """What GetAtt gives of a resource. Raises `ResourceFailed` for what it does not have."""
    found: Any = resource.attributes
    if attribute in found:
        return found[attribute]
    if is_custom(resource.type):
        for step in attribute.split("."):
            if not isinstance(found, Mapping) or step not in found:
                raise ResourceFailed(
                    f"Vendor response doesn't contain {attribute} attribute in object "
                    f"{resource.physical_id}"
                )
            found = found[step]
        return found
    if attribute in resource.properties:
        return resource.properties[attribute]
    schema = schema_of(resource.type)
    if schema is not None and attribute == schema.identifier:
        return resource.physical_id
    # What AWS's schema does not have was refused before anything was made.
    raise ResourceFailed(
        f"The embedded cloud's CloudFormation does not give the attribute {attribute} of "
        f"{resource.type} ({resource.logical_id})."
    )
