"""All durable executions of the embedded cloud: started, found, stopped, forgotten.

Everything runs on the server's event loop; executions live in memory, as functions do.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...wire.errors import ServiceError
from ..environment.invocation import InvocationResult
from ..function_state import DELETING, not_ready
from ..invocation.request import Received
from ..tracing import TraceHeader
from . import transitions
from .checkpoint_rules import check, invalid
from .drains import Drains
from .drive import Drive
from .durable_config import unqualified
from .execution import STOPPED, Execution
from .outcome import answer_of
from .pending import complete_due

DAY_S = 86_400.0


def trace_of(received: Received) -> str:
    """The header of all of an execution's invocations: whether it is sampled is decided once."""
    given = received.request.trace
    if received.segment is None:
        return given
    root = TraceHeader.parse(received.trace).root
    return replace(TraceHeader.parse(given), root=root).decided(received.segment.sampled)


class DurableExecutions:
    """``drive`` runs what is kept here. ``by_arn`` are the executions, in the order of starts."""

    def __init__(self, drive: Drive) -> None:
        self._drive = drive
        self._names: dict[tuple[str, str, str], Execution] = {}
        self._drains = Drains()
        self.by_arn: dict[str, Execution] = {}
        drive.on_end = self._keep
        drive.open = self.open

    def open(
        self, received: Received, parent: tuple[Execution, str] | None = None
    ) -> tuple[Execution, bool]:
        """The execution of a request, and whether it is new: a name starts one only once.

        Raises `ServiceError`: DurableExecutionAlreadyStartedException (409) for a name that was
        started with another payload (Developer Guide, "Idempotency", read 2026-11), and
        ResourceConflictException (409) while the function is being deleted.
        """
        request, version = received.request, received.version
        assert version is not None
        assert version.durable is not None
        if request.found.qualifier is None:
            raise unqualified()
        name = request.durable_name or request.request_id
        key = (version.region, version.name, name)
        payload = request.payload.decode()
        known = self._names.get(key)
        if known is not None:
            if known.payload != payload:
                raise ServiceError(
                    "DurableExecutionAlreadyStartedException",
                    f"The durable execution {name} has already been started with another payload.",
                    409,
                )
            return known, False
        if self._drains.has(version.region, version.name, version.version):
            raise not_ready(DELETING["State"])
        arn = f"{version.qualified_arn}/durable-execution/{name}/{uuid.uuid4()}"
        timeout, days = version.durable
        config = {"ExecutionTimeout": timeout, "RetentionPeriodInDays": days}
        execution = Execution(
            arn,
            name,
            version.region,
            version.name,
            version.version,
            version.qualified_arn,
            payload,
            config,
            trace_of(received),
            parent=parent,
        )
        self._names[key] = self.by_arn[arn] = execution
        return execution, True

    async def run(self, received: Received) -> InvocationResult:
        """Start the execution of a request, or wait for the one that is there, to its end."""
        execution, _ = self.open(received)
        self._drive.launch(execution)
        await execution.done.wait()
        return answer_of(execution, received.request.request_id)

    def find(self, arn: str) -> Execution:
        """The execution of an ARN. Raises ResourceNotFoundException."""
        found = self.by_arn.get(arn)
        if found is None:
            raise ServiceError(
                "ResourceNotFoundException", f"Durable execution not found: {arn}", 404
            )
        return found

    def checkpoint(
        self, arn: str, token: str, updates: list[dict[str, Any]], client_token: str
    ) -> dict[str, Any]:
        """Apply updates, all or none. The answer has a new token, and what else has changed.

        Raises `ServiceError`: InvalidParameterValueException for a token that is not the last
        one, and for what `check` refuses.
        """
        execution = self.by_arn.get(arn)
        if execution is None:
            raise invalid("Invalid checkpoint token")
        if client_token and execution.replay and execution.replay[:2] == (client_token, token):
            return execution.replay[2]
        if not execution.is_running or not execution.invoking or token != execution.token:
            raise invalid("Invalid checkpoint token")
        check(execution, updates)
        self._drive.apply(execution, updates)
        if complete_due(execution):
            # The SDK need not look at what others' checkpoints told it: it is invoked once more.
            execution.again = True
        answer = {
            "CheckpointToken": execution.renew_token(),
            "NewExecutionState": {"Operations": execution.unseen()},
        }
        if client_token:
            execution.replay = (client_token, token, answer)
        return answer

    def state(self, arn: str, token: str, marker: str, most: int) -> dict[str, Any]:
        """A page of the operations that a replay needs."""
        execution = self.by_arn.get(arn)
        if execution is None or token != execution.token:
            raise invalid("Invalid checkpoint token")
        if marker and not marker.isdecimal():
            raise invalid("The Marker is none that GetDurableExecutionState has answered with.")
        operations, after = execution.page(int(marker or 0), most)
        return {"Operations": operations, "NextMarker": after}

    def stop(self, arn: str, error: dict[str, Any] | None) -> float:
        """End an execution now; when it ended, in seconds since the epoch."""
        execution = self.find(arn)
        if execution.is_running:
            told = error or {"ErrorMessage": "Execution stopped by user request"}
            self._drive.end(execution, STOPPED, error=told)
        assert execution.ended is not None
        return execution.ended

    def callback(self, callback_id: str, result: str | None, error: dict[str, Any] | None) -> None:
        """A callback has succeeded, or failed with an error."""
        execution, operation = self._callback(callback_id)
        status = "SUCCEEDED" if error is None else "FAILED"
        transitions.end(execution, operation, status, result, error)
        execution.completed_ids.append(operation["Id"])
        self._drive.wake(execution)

    def heartbeat(self, callback_id: str) -> None:
        """A callback is still being worked on: its heartbeat timeout begins again."""
        execution, operation = self._callback(callback_id)
        self._drive.beat(execution, operation["Id"])

    def forget(self, execution: Execution) -> None:
        """Nothing of an ended execution is kept."""
        execution.stop_timers()
        self.by_arn.pop(execution.arn, None)
        key = execution.region, execution.function, execution.name
        if self._names.get(key) is execution:
            del self._names[key]

    def drain(
        self, function: tuple[str, str], version: str | None, then: Callable[[], None]
    ) -> bool:
        """A function (region and name), or a version of it, is deleted.

        Whether executions of it run. Then no more are started, and ``then`` is called when the
        last of them has ended.
        """
        return self._drains.begin((*function, version), self.by_arn.values(), then)

    def forget_names(self, function: tuple[str, str]) -> None:
        """A function is gone: a new one of its name starts executions of any name again."""
        for key in [key for key in self._names if key[:2] == function]:
            del self._names[key]

    async def close(self) -> None:
        """End what runs and waits."""
        for execution in self.by_arn.values():
            execution.stop_timers()
        await self._drive.close()

    def _callback(self, callback_id: str) -> tuple[Execution, dict[str, Any]]:
        named = transitions.callback_of(callback_id)
        execution = self.by_arn.get(named[0]) if named else None
        operation = execution.operations.get(named[1]) if execution and named else None
        if execution is None or operation is None or operation["Type"] != "CALLBACK":
            raise ServiceError(
                "ResourceNotFoundException", f"Callback not found: {callback_id}", 404
            )
        if operation["Status"] == "TIMED_OUT":
            raise ServiceError("CallbackTimeoutException", "The callback has timed out.")
        if not execution.is_running or operation["Status"] != "STARTED":
            raise invalid("The callback has already been completed.")
        return execution, operation

    def _keep(self, execution: Execution) -> None:
        """An execution has ended: its history is kept for its retention period."""
        days = execution.config["RetentionPeriodInDays"]
        self._drive.later(execution, "retention", days * DAY_S, lambda: self.forget(execution))
        self._drains.ended(execution, self.by_arn.values())
