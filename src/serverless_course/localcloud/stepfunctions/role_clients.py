"""Clients of an execution: each call of a state is one of its machine's role.

Source: AWS Step Functions Developer Guide (read 2026-11).
"""

from __future__ import annotations

import secrets
import threading
from typing import Any

from . import task_answers
from .execution_traces import ExecutionTrace
from .outlets import Roles

SERVICE = "states.amazonaws.com"
_thread = threading.local()


class RoleClients:
    """One client for each role, region and service, kept. ``traces`` and ``traced`` are by the
    execution's ARN: the header that its calls carry, and its trace where its machine has one."""

    def __init__(self, roles: Roles, endpoint: str) -> None:
        self.traces: dict[str, str] = {}
        self.traced: dict[str, ExecutionTrace] = {}
        self._roles = roles
        self._endpoint = endpoint
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str, state_credentials: Any) -> Any:
        """A client for one call of a state. Raises what boto3 does when AssumeRole is refused."""
        role_arn = str(state_credentials.role_arn)
        execution = getattr(state_credentials, "execution", "")
        _thread.trace = self.traces.get(execution, "")
        _thread.traced = self.traced.get(execution)
        _thread.state = getattr(state_credentials, "state", "")
        machine_role = getattr(state_credentials, "machine_role", role_arn)
        self._check_role(role_arn, machine_role, machine_of(execution))
        key = (role_arn, region, service)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(*key)
            return self._made[key]

    def trusted(self, role_arn: str, machine_arn: str) -> bool:
        """Whether Step Functions may assume a role for a state machine."""
        return self._roles.trusts_service(role_arn, SERVICE, machine_arn)

    def _check_role(self, role_arn: str, machine_role: str, machine_arn: str) -> None:
        """A state acts as its machine's role, or as one that this role may assume.

        Source: Step Functions Developer Guide, "Accessing resources in other AWS accounts in Step
        Functions" (read 2026-11).
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - rarely needed

        if role_arn == machine_role:
            allowed = self.trusted(role_arn, machine_arn)
        else:
            allowed = self._roles.may_assume(machine_role, role_arn)
        if not allowed:
            text = f"The role {machine_role} is not authorized to assume the task state's role, "
            error = {"Code": "AccessDeniedException", "Message": f"{text}{role_arn}."}
            raise ClientError({"Error": error}, "AssumeRole")

    def _make(self, role_arn: str, region: str, service: str) -> Any:
        import boto3  # noqa: PLC0415 - rarely needed
        from botocore.config import Config  # noqa: PLC0415

        given = self._roles.assume_role(role_arn, secrets.token_urlsafe(24), region)
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
        client.meta.events.register("before-parameter-build", _without_nulls)
        client.meta.events.register("before-call", _add_trace)
        client.meta.events.register("after-call", _answered)
        client.meta.events.register("after-call-error", _not_answered)
        return client


def machine_of(execution_arn: str) -> str:
    """The ARN of the state machine of an execution, standard or express."""
    parts = execution_arn.split(":")
    return ":".join([*parts[:5], "stateMachine", *parts[6:7]])


def _add_trace(params: Any, model: Any, context: Any, **_: Any) -> None:
    trace = getattr(_thread, "trace", "")
    traced: ExecutionTrace | None = getattr(_thread, "traced", None)
    if traced is not None:
        service = model.service_model.service_id
        region = context["client_region"]
        context["traced_call"], trace = traced.call(_thread.state, service, model.name, region)
    if trace:
        params["headers"]["X-Amzn-Trace-Id"] = trace


def _without_nulls(params: Any, **_: Any) -> None:
    """A parameter that is null in the definition is not sent, as AWS's own client leaves it out."""
    for name in [name for name, value in params.items() if value is None]:
        del params[name]


def _answered(http_response: Any, parsed: Any, model: Any, context: Any, **_: Any) -> None:
    task_answers.answered(http_response, parsed, model.service_model.service_name)
    call = context.get("traced_call")
    if call is not None:
        call.answered(http_response.status_code, parsed["ResponseMetadata"].get("RequestId", ""))


def _not_answered(context: Any, **_: Any) -> None:
    call = context.get("traced_call")
    if call is not None:
        call.answered(0, "")
