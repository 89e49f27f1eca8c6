"""Step Functions: moto's interpreter of the Amazon States Language, with the machine's own role.

moto's interpreter calls other services through boto3, unsigned for this server. Here each of its
clients has temporary credentials of the state machine's role (or of the state's own, where it
names one), so that a state may do what the role allows, and reaches this server like any caller.
Waits, retries and time-outs of a state machine run in real time.

Source: AWS Step Functions Developer Guide (read 2026-11).
"""

from __future__ import annotations

import dataclasses
import logging
import secrets
import sys
import threading
import uuid
from typing import Any

from ..iam.account import ACCOUNT_ID
from . import execution_limits, jsonata, state_errors, task_answers
from .current import answering, current
from .execution_traces import ExecutionTrace, ExecutionTraces
from .identity import Identity
from .seam import replace

SERVICE = "states.amazonaws.com"
REFUSED = (
    f"Neither the global service principal {SERVICE}, nor the regional one is authorized to assume "
    "the provided role."
)
NO_JSONATA = (
    "The embedded cloud evaluates JSONata only with the Python package jsonata-python beside it. "
    "Write this state machine with JSONPath, or run it on AWS."
)
PACKAGE = "moto.stepfunctions.parser"
_thread = threading.local()
_lock = threading.Lock()
_configured: list[Clients] = []
_prepared: list[Clients] = []


class Clients:
    """The clients of moto's interpreter: one for each role, region and service, kept."""

    def __init__(self, identity: Identity, endpoint: str, tracing: ExecutionTraces | None) -> None:
        self.tracing = tracing
        self._identity = identity
        self._endpoint = endpoint
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()
        self.traces: dict[str, str] = {}
        self.traced: dict[str, ExecutionTrace] = {}

    def client(self, region: str, service: str, state_credentials: Any = None) -> Any:
        """A client for one call of a state; the call's trace header is that of its execution."""
        role_arn = str(state_credentials.role_arn)
        execution = getattr(state_credentials, "execution", "")
        _thread.trace = self.traces.get(execution, "")
        _thread.traced = self.traced.get(execution)
        _thread.state = getattr(state_credentials, "state", "")
        machine = execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]
        self._check_role(role_arn, getattr(state_credentials, "machine_role", role_arn), machine)
        key = (role_arn, region, service)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(*key)
            return self._made[key]

    def _check_role(self, role_arn: str, machine_role: str, machine_arn: str) -> None:
        """A state acts as its machine's role, or as one that this role may assume.

        Source: Step Functions Developer Guide, "Accessing resources in other AWS accounts in Step
        Functions" (read 2026-11). Raises what boto3 does when AssumeRole is refused.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - rarely needed

        if role_arn == machine_role:
            allowed = self.trusted(role_arn, machine_arn)
        else:
            allowed = self._identity.may_assume(machine_role, role_arn)
        if not allowed:
            text = f"The role {machine_role} is not authorized to assume the task state's role, "
            error = {"Code": "AccessDeniedException", "Message": f"{text}{role_arn}."}
            raise ClientError({"Error": error}, "AssumeRole")

    def trusted(self, role_arn: str, machine_arn: str) -> bool:
        """Whether Step Functions may assume a role for a state machine."""
        return self._identity.trusts_service(role_arn, SERVICE, machine_arn)

    def _make(self, role_arn: str, region: str, service: str) -> Any:
        import boto3  # noqa: PLC0415 - rarely needed
        from botocore.config import Config  # noqa: PLC0415

        given = self._identity.assume_role(role_arn, secrets.token_urlsafe(24), region)
        client = boto3.Session(
            given.access_key_id, given.secret_access_key, given.session_token, region
        ).client(
            service,
            endpoint_url=self._endpoint,
            config=Config(
                parameter_validation=False,
                retries={"total_max_attempts": 1},
                connect_timeout=60,
                read_timeout=1000,
                max_pool_connections=100,
                inject_host_prefix=False,
            ),
        )
        client.meta.events.register("before-call", _add_trace)
        client.meta.events.register("after-call", _answered)
        client.meta.events.register("after-call-error", _not_answered)
        return client


def configure(identity: Identity, endpoint: str, tracing: ExecutionTraces | None = None) -> None:
    """Let moto run state machines, not only record them."""
    from moto.core.config import default_user_config  # noqa: PLC0415 - moto loads late

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    # The interpreter writes an error for every state that fails; its history says the same.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    _configured[:] = [Clients(identity, endpoint, tracing)]


def prepare() -> None:
    """Load moto's interpreter and give it its clients: when it is first needed.

    It takes most of a second, so it is no part of the server's start.
    """
    with _lock:
        if _prepared != _configured:
            _replace(_configured[0])
            _prepared[:] = _configured


def start_execution(region: str, arn: str, text: str) -> None:
    """Start an execution for an event."""
    from moto.stepfunctions.responses import get_backend  # noqa: PLC0415 - moto loads late

    prepare()
    backend: Any = get_backend(ACCOUNT_ID, region)
    backend.start_execution(arn, None, text)


def _replace(clients: Clients) -> None:
    from moto.stepfunctions.parser import models  # noqa: PLC0415 - loads late
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import (  # noqa: PLC0415
        state_task,
    )
    from moto.stepfunctions.parser.backend.execution import (  # noqa: PLC0415
        BaseExecutionWorkerCommunication,
    )
    from moto.stepfunctions.responses import StepFunctionResponse  # noqa: PLC0415

    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE) and hasattr(module, "boto_client_for"):
            replace(module, "boto_client_for", lambda _: clients.client)
    backend = models.StepFunctionsParserBackend
    replace(backend, "create_state_machine", lambda known: _creating(known, clients))
    replace(backend, "update_state_machine", lambda known: _updating(known, clients))
    replace(backend, "start_execution", lambda known: _starting(known, clients))
    replace(StepFunctionResponse, "start_execution", _told_in_the_request)
    replace(state_task.StateTask, "_eval_state_credentials", _with_execution)
    communication = BaseExecutionWorkerCommunication
    replace(communication, "_reflect_execution_status", lambda known: _ending(known, clients))
    execution_limits.install()
    state_errors.install()
    task_answers.install()
    jsonata.install()


def _creating(known: Any, clients: Clients) -> Any:
    """CreateStateMachine: Step Functions has to be able to assume the role."""
    from moto.core.exceptions import AWSError  # noqa: PLC0415 - moto loads late

    # The parameters' names are moto's.
    def create_state_machine(
        self: Any,
        name: str,
        definition: str,
        roleArn: str,
        *given: Any,
        **named: Any,
    ) -> Any:
        machine = f"arn:aws:states:{self.region_name}:{ACCOUNT_ID}:stateMachine:{name}"
        if not clients.trusted(roleArn, machine):
            raise AWSError(REFUSED, "AccessDeniedException")
        if jsonata.asked_for(definition) and not jsonata.available():
            raise AWSError(NO_JSONATA, "InvalidDefinition")
        return known(self, name, definition, roleArn, *given, **named)

    return create_state_machine


def _updating(known: Any, clients: Clients) -> Any:
    """UpdateStateMachine: the same for the role that it is given."""
    from moto.core.exceptions import AWSError  # noqa: PLC0415 - moto loads late

    def update_state_machine(
        self: Any, arn: str, definition: Any = None, role_arn: Any = None, *given: Any, **named: Any
    ) -> Any:
        if role_arn and not clients.trusted(role_arn, arn):
            raise AWSError(REFUSED, "AccessDeniedException")
        if definition and jsonata.asked_for(definition) and not jsonata.available():
            raise AWSError(NO_JSONATA, "InvalidDefinition")
        return known(self, arn, definition, role_arn, *given, **named)

    return update_state_machine


def _starting(known: Any, clients: Clients) -> Any:
    """StartExecution: a name where none was given, and the trace of who starts it."""

    def start_execution(
        self: Any,
        state_machine_arn: str,
        name: str | None = None,
        execution_input: str | None = None,
        trace_header: str | None = None,
    ) -> Any:
        name = name or str(uuid.uuid4())
        trace = trace_header or current().trace
        start, _, machine = state_machine_arn.partition(":stateMachine:")
        machine = machine.partition(":")[0]
        arn = f"{start}:execution:{machine}:{name}"
        if trace:
            clients.traces[arn] = trace
        if clients.tracing is not None and arn not in clients.traced:
            # Raises for a state machine that is not there, as the call itself would.
            told = self.describe_state_machine(state_machine_arn).tracingConfiguration or {}
            if told.get("enabled"):
                clients.traced[arn] = clients.tracing.begin(self.region_name, machine, trace)
        try:
            return known(self, state_machine_arn, name, execution_input, trace or None)
        except Exception:
            clients.traced.pop(arn, None)
            raise

    return start_execution


def _told_in_the_request(known: Any) -> Any:
    """StartExecution's ``traceHeader``, which moto does not read: it counts where the call has no
    X-Amzn-Trace-Id of its own (StartExecution in the service's model, botocore, 2026-11)."""

    def start_execution(response: Any) -> Any:
        call, given = current(), response._get_param("traceHeader")
        with answering(dataclasses.replace(call, trace=call.trace or given or "")):
            return known(response)

    return start_execution


def _with_execution(known: Any) -> Any:
    """Let a state's credentials tell which execution they are used for."""

    def eval_state_credentials(self: Any, env: Any) -> Any:
        found = known(self, env)
        found.machine_role = str(env.aws_execution_details.role_arn)
        context = env.states.context_object.context_object_data
        found.execution = context["Execution"]["Id"]
        found.state = context.get("State", {}).get("Name", "")
        return found

    return eval_state_credentials


def _ending(known: Any, clients: Clients) -> Any:
    """Keep an execution's output as JSON text: moto shows a text of its own without its quotes."""
    from moto.stepfunctions.parser.asl.utils.encoding import to_json_str  # noqa: PLC0415

    def reflect(self: Any) -> None:
        known(self)
        execution = self.execution
        clients.traces.pop(execution.exec_arn, None)
        traced = clients.traced.pop(execution.exec_arn, None)
        if traced is not None and clients.tracing is not None:
            clients.tracing.ended(traced, execution)
        if execution.status == "SUCCEEDED":
            execution.output = to_json_str(execution.output, separators=(",", ":"))

    return reflect


def _add_trace(params: Any, model: Any, context: Any, **_: Any) -> None:
    trace = getattr(_thread, "trace", "")
    traced: ExecutionTrace | None = getattr(_thread, "traced", None)
    if traced is not None:
        service = model.service_model.service_id
        region = context["client_region"]
        context["traced_call"], trace = traced.call(_thread.state, service, model.name, region)
    if trace:
        params["headers"]["X-Amzn-Trace-Id"] = trace


def _answered(http_response: Any, parsed: Any, context: Any, **_: Any) -> None:
    task_answers.answered(http_response, parsed)
    call = context.get("traced_call")
    if call is not None:
        call.answered(http_response.status_code, parsed["ResponseMetadata"].get("RequestId", ""))


def _not_answered(context: Any, **_: Any) -> None:
    call = context.get("traced_call")
    if call is not None:
        call.answered(0, "")
