"""LocalStack's interpreter as a library: loaded when it is first needed, and repaired.

It takes about a second to import, so it is no part of the server's start.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from typing import Any

from . import (
    base64_functions,
    choices,
    endings,
    execution_limits,
    failure_threshold,
    jsonata,
    progress,
    state_errors,
    task_answers,
    unicode_escapes,
)
from .choice_patterns import install as install_patterns
from .outlets import Outlets
from .repair import replace
from .role_clients import RoleClients
from .surroundings import prepare

PACKAGE = "localstack.services.stepfunctions"
# Told of an execution.
Told = Callable[[Any], None]


class Running:
    """Whose interpreter it is: the clients of its states, and who is told that an execution begins
    and ends."""

    def __init__(self, clients: RoleClients, begun: Told, ended: Told) -> None:
        self.clients = clients
        self.begun = begun
        self.ended = ended


_lock = threading.Lock()
_running: list[Running] = []
_installed: list[bool] = []


def load(running: Running, outlets: Outlets) -> Any:
    """The interpreter's operations, with state machines of their own. Safe on any thread."""
    with _lock:
        prepare(outlets)
        provider: Any = importlib.import_module(f"{PACKAGE}.provider")

        _running[:] = [running]
        if not _installed:
            _install()
            _installed.append(True)
        stores = type(provider.sfn_stores)("stepfunctions", provider.SFNStore)

    class Provider(provider.StepFunctionsProvider):  # type: ignore[misc]
        """The state machines of one server."""

        @staticmethod
        def get_store(context: Any) -> Any:
            return stores[context.account_id][context.region]

    return Provider()


def _install() -> None:
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import (  # noqa: PLC0415
        state_task,
    )
    from localstack.services.stepfunctions.backend import (  # noqa: PLC0415
        execution,
        execution_worker,
    )

    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE) and hasattr(module, "boto_client_for"):
            replace(module, "boto_client_for", lambda _: _client)
    replace(state_task.StateTask, "_eval_state_credentials", _with_execution)
    replace(execution.BaseExecutionWorkerCommunication, "terminated", _ending)
    worker = execution_worker.ExecutionWorker
    replace(worker, "_get_evaluation_environment", _once)
    replace(worker, "start", _ready)
    replace(execution.Execution, "start", _beginning)
    execution_limits.install()
    state_errors.install()
    install_patterns()
    jsonata.install()
    task_answers.install()
    choices.install()
    endings.install()
    progress.install()
    failure_threshold.install()
    unicode_escapes.install()
    base64_functions.install()


def _client(service: str, region: str, state_credentials: Any) -> Any:
    return _running[0].clients.client(service, region, state_credentials)


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


def _once(known: Any) -> Any:
    def get_evaluation_environment(self: Any) -> Any:
        if self.env is None:
            self.env = known(self)
            context = self.env.states.context_object.context_object_data["Execution"]
            context["RedriveCount"] = 0
        return self.env

    return get_evaluation_environment


def _ready(known: Any) -> Any:
    """An execution can be stopped and asked as soon as it is started."""

    def start(self: Any) -> None:
        self.env = self._get_evaluation_environment()
        endings.begin(self.env)
        known(self)

    return start


def _beginning(known: Any) -> Any:
    def start(self: Any) -> None:
        _running[0].begun(self)
        known(self)

    return start


def _ending(known: Any) -> Any:
    def terminated(self: Any) -> None:
        try:
            known(self)
        finally:
            _running[0].ended(self.execution)

    return terminated
