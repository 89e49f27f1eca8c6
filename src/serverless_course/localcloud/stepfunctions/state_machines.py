"""Step Functions' operations: LocalStack's interpreter, with the rights of each machine's role."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace
from typing import Any

from botocore import xform_name

from ..clock import ScaledClock
from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from . import (
    definition_schema,
    execution_metrics,
    history_pages,
    redrive,
    refusals,
    shown_members,
    transitions,
)
from .execution_traces import ExecutionTraces
from .interpreter import Running, load
from .outlets import Outlets, Roles
from .protocol import parameters, response
from .role_clients import RoleClients

REFUSED = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized "
    "to assume the provided role."
)
# Operations of the interpreter that take their parameters as they come.
WHOLE = frozenset({"CreateStateMachine", "TestState", "ValidateStateMachineDefinition"})
INITIAL = "INITIAL"
NO_LOGS = "The state machine IAM Role is not authorized to access the Log Destination"
# Names of machines and executions (Step Functions API Reference, CreateStateMachine, read 2026-11).
NOT_IN_NAMES = re.compile(r"""[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]""")

_thread = threading.local()


class StateMachines:
    """Answers Step Functions' calls; every part may be used on any thread."""

    def __init__(
        self,
        roles: Roles,
        outlets: Outlets,
        endpoint: str,
        clock: ScaledClock,
        tracing: ExecutionTraces | None = None,
    ) -> None:
        self._clock = clock
        self._roles = roles
        self._outlets = outlets
        self._tracing = tracing
        self._clients = RoleClients(roles, endpoint)
        self._lock = threading.Lock()
        self._provider: Any = None

    def answer(self, request: Request, operation: str, region: str, trace: str) -> Response:
        """The answer to a call. Raises `ServiceError`."""
        given = parameters(request, operation)
        if operation in ("CreateStateMachine", "UpdateStateMachine"):
            self._check(given, region)
        if operation in ("CreateStateMachine", "StartExecution", "StartSyncExecution"):
            _check_name(given.get("name"))
        return response(operation, self._call(operation, given, region, trace))

    def start(self, region: str, arn: str, text: str, trace: str) -> None:
        """Start an execution for an event. Raises `ServiceError`."""
        self._call("StartExecution", {"stateMachineArn": arn, "input": text}, region, trace)

    def _call(self, operation: str, given: dict[str, Any], region: str, trace: str) -> Any:
        provider = self._loaded()
        from localstack.aws.api import ServiceException  # noqa: PLC0415 - loads late

        context = SimpleNamespace(account_id=ACCOUNT_ID, region=region, partition="aws")
        _thread.trace = trace
        try:
            if operation == "RedriveExecution":
                return self._redrive(provider, context, given)
            method = getattr(provider, xform_name(operation))
            if operation == "DescribeExecution":
                found = method(context, **{xform_name(name): given[name] for name in given})
                return {**found, **self._redrives(provider, context, given["executionArn"])}
            if operation == "GetExecutionHistory":
                return history_pages.page(method(context, given["executionArn"]), given)
            if operation in WHOLE:
                result = method(context, given)
                if operation == "ValidateStateMachineDefinition":
                    return _diagnosed(result, given["definition"])
                return result
            if operation == "PublishStateMachineVersion":
                given = _of_revision(provider.get_store(context).state_machines, given)
            found = method(context, **{xform_name(name): given[name] for name in given})
            return shown_members.of(operation, found, provider.get_store(context))
        except ServiceException as error:
            text = refusals.text(error.code, error.message or "", given)
            raise ServiceError(error.code, text, error.status_code or 400) from error
        finally:
            _thread.trace = ""

    def _redrive(self, provider: Any, context: Any, given: dict[str, Any]) -> dict[str, Any]:
        arn = given["executionArn"]
        provider.describe_execution(context, arn)  # refuses what is no standard execution
        store = provider.get_store(context)
        execution = store.executions[arn]
        deleted = execution.state_machine_arn not in store.state_machines
        token = given.get("clientToken", "")
        date = redrive.redrive(execution, token, self._clock.aws_s, self._begun, deleted=deleted)
        return {"redriveDate": date}

    def _redrives(self, provider: Any, context: Any, arn: str) -> dict[str, Any]:
        store = provider.get_store(context)
        execution = store.executions[arn]
        deleted = execution.state_machine_arn not in store.state_machines
        return redrive.told(execution, self._clock.aws_s, deleted=deleted)

    def _loaded(self) -> Any:
        with self._lock:
            if self._provider is None:
                running = Running(self._clients, self._begun, self._ended)
                self._provider = load(running, self._outlets)
            return self._provider

    def _check(self, given: dict[str, Any], region: str) -> None:
        """Step Functions has to be able to assume the role, and the role to write the logs."""
        role = given.get("roleArn")
        machine = given.get("stateMachineArn") or (
            f"arn:aws:states:{region}:{ACCOUNT_ID}:stateMachine:{given.get('name')}"
        )
        if role and not self._clients.trusted(role, machine):
            raise ServiceError("AccessDeniedException", REFUSED)
        level = (given.get("loggingConfiguration") or {}).get("level", "OFF")
        may_log = not role or self._roles.role_allows(role, "logs:CreateLogDelivery", "*")
        if level != "OFF" and not may_log:
            raise ServiceError("AccessDeniedException", NO_LOGS)
        definition = given.get("definition") or ""
        wrong = definition_schema.refusal(definition) or transitions.refusal(definition)
        if wrong:
            raise ServiceError("InvalidDefinition", wrong)

    def _begun(self, execution: Any) -> None:
        """Remember who starts an execution: its calls carry that header."""
        execution_metrics.started(self._outlets, execution)
        arn = str(execution.exec_arn)
        header = getattr(_thread, "trace", "") or execution.trace_header or ""
        if header:
            self._clients.traces[arn] = header
        told = getattr(execution.state_machine, "tracing_config", None) or {}
        if self._tracing is not None and told.get("enabled"):
            name = str(execution.state_machine.name)
            self._clients.traced[arn] = self._tracing.begin(execution.region_name, name, header)

    def _ended(self, execution: Any) -> None:
        execution_metrics.ended(self._outlets, execution)
        self._clients.traces.pop(execution.exec_arn, None)
        traced = self._clients.traced.pop(execution.exec_arn, None)
        if traced is not None and self._tracing is not None:
            self._tracing.ended(traced, execution)


def _of_revision(machines: Any, given: dict[str, Any]) -> dict[str, Any]:
    """INITIAL names the revision of a machine that was not updated yet: it has none of its own."""
    machine = machines.get(given["stateMachineArn"])
    if given.get("revisionId") != INITIAL or getattr(machine, "revision_id", "") is not None:
        return given
    return {name: value for name, value in given.items() if name != "revisionId"}


def _diagnosed(result: Any, definition: str) -> dict[str, Any]:
    found = definition_schema.diagnostics(definition, result["diagnostics"])
    return {**result, "diagnostics": found, "result": "FAIL" if found else "OK"}


def _check_name(name: Any) -> None:
    if isinstance(name, str) and (NOT_IN_NAMES.search(name) or not 1 <= len(name) <= 80):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")
