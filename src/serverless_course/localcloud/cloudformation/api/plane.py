"""The stacks and change sets that operations work on, and which operation answers a form.

Source: CloudFormation API Reference (read 2026-11).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...wire.credential import Credential
from ...wire.errors import ServiceError
from ...wire.http import Response
from ...wire.query import read_form, write_xml
from ...wire.rest_json import model
from ..change_set import ChangeSet
from ..clients import Clients
from ..engine import Client, Engine
from ..errors import invalid
from ..nested_stacks import NestedStacks
from ..plan import Plan
from ..planning import Planner
from ..resources.nested import NestedStack
from ..responses import Responses
from ..stack import Stack
from .given import Given, missing

Operation = Callable[["Plane", "Caller", Given], dict[str, Any]]


@dataclass(frozen=True)
class Caller:
    """Where somebody asks, and clients with their rights."""

    region: str
    client: Client


class Plane:
    """Stacks and change sets, and the operations on them. Every method is called on worker threads.

    The parameters are `front.StackFront`'s, ``responses``: where custom resources answer, and
    ``operations``: by AWS's names; what is not in it is refused by name.
    """

    def __init__(
        self,
        endpoint: str,
        responses: Responses,
        assume: Callable[[str, str], Credential],
        own: Callable[[], Credential],
        operations: Mapping[str, Operation],
    ) -> None:
        self._operations = operations
        self.engine = Engine(responses)
        self.change_sets: dict[str, ChangeSet] = {}
        self.clients = Clients(endpoint)
        self._assume = assume
        self.planner = Planner(lambda region: self.clients.of(own(), region))
        within = NestedStacks(self.engine, self.planner)
        self.engine.nested = NestedStack(within.deploy, within.remove)

    def answer(
        self, form: Mapping[str, str], operation: str, region: str, credential: Credential
    ) -> Response:
        """Answer one request. Raises `ServiceError` for every refusal."""
        handler = self._operations.get(operation)
        if handler is None:
            raise ServiceError(
                "NotImplemented",
                f"The embedded cloud does not offer CloudFormation's {operation}. It offers: "
                f"{', '.join(sorted(self._operations))}.",
                501,
            )
        described = model("cloudformation").operation_model(operation)
        given = read_form(form, described.input_shape)
        for name in described.input_shape.required_members:
            if given.get(name) is None:
                raise missing(name)
        caller = Caller(region, self.clients.of(credential, region))
        result = handler(self, caller, given)
        return write_xml(described, result, str(uuid.uuid4()))

    def close(self) -> None:
        """Let go of what is under way and of the connections."""
        self.engine.close()
        self.clients.close()

    def client(self, caller: Caller, stack: Stack, given: Given) -> Client:
        """A client with a stack's rights: its role's, or the caller's. A given role is noted."""
        role = str(given.get("RoleARN") or stack.role_arn)
        if not role:
            return caller.client
        credential = self._assume(role, caller.region)
        stack.role_arn = role
        return self.clients.of(credential, caller.region)

    def start_creation(
        self, stack: Stack, plan: Plan, client: Client, token: str, on_failure: str | None
    ) -> None:
        """Create a stack's resources in the background. ``on_failure``: as in CreateStack."""
        off = stack.disable_rollback = plan.disable_rollback
        failure = "DO_NOTHING" if off else on_failure or "ROLLBACK"
        stack.become("CREATE_IN_PROGRESS", "User Initiated", token)
        self.engine.begin(
            stack, lambda run: self.engine.create(stack, plan, client, run, token, failure)
        )

    def start_update(self, stack: Stack, plan: Plan, client: Client, token: str) -> None:
        """Update a stack's resources in the background."""
        stack.become("UPDATE_IN_PROGRESS", "User Initiated", token)
        self.engine.begin(stack, lambda run: self.engine.update(stack, plan, client, run, token))

    def stack(self, caller: Caller, name: str, *, gone: bool = False) -> Stack:
        """The stack of a name or an id; with ``gone`` a deleted one too. Raises `ServiceError`."""
        stack = self.engine.find(caller.region, name)
        if stack is None or (stack.is_deleted and not gone):
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def change_sets_of(self, stack: Stack) -> list[ChangeSet]:
        """All change sets of a stack."""
        return [each for each in list(self.change_sets.values()) if each.stack is stack]

    def change_set(self, caller: Caller, given: Given) -> ChangeSet:
        """The change set that a request names. Raises `ServiceError`."""
        name, stack_name = given["ChangeSetName"], given.get("StackName")
        if name.startswith("arn:"):
            known = [e for e in [self.change_sets.get(name)] if e is not None]
            found = [each for each in known if each.stack.region == caller.region]
        elif stack_name:
            of_stack = self.change_sets_of(self.stack(caller, stack_name))
            found = [each for each in of_stack if each.name == name]
        else:
            raise invalid(
                "StackName must be specified if ChangeSetName is not specified as an ARN."
            )
        if not found:
            raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
        return found[0]


def in_state(stack: Stack) -> ServiceError:
    """The refusal of a change while a stack's status does not allow one."""
    return invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
