"""Functions that a durable execution invokes (CHAINED_INVOKE): durable ones, and others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from ...clock import ScaledClock
from ...wire.errors import ServiceError
from ..environment.invocation import InvocationResult
from ..invocation.door import Door
from ..invocation.request import InvocationRequest, Received
from ..registry import LATEST, Registry
from . import transitions
from .checkpoint_rules import MAX_CHAINED_BYTES
from .execution import SUCCEEDED, Execution
from .outcome import error_of_payload
from .turns import THROTTLE_S, pause_s

log = logging.getLogger(__name__)

# A throttle, and a function that is not Active yet; system errors are from 500 on.
NOT_READY, SYSTEM_ERROR = (429, 409), 500


class Drive(Protocol):
    """What this asks of the part that makes executions go on."""

    door: Door
    registry: Registry
    clock: ScaledClock
    open: Callable[[Received, tuple[Execution, str] | None], tuple[Execution, bool]]

    def check_invoke(self, execution: Execution, arn: str) -> None:
        """Refuse an invocation that the function's role does not allow."""

    def launch(self, execution: Execution) -> None:
        """Begin an execution."""

    def wake(self, execution: Execution) -> None:
        """Something has happened that an execution waits for."""

    def background(self, work: Any) -> object:
        """Run a coroutine, and keep it until it is done."""


def begin(drive: Drive, execution: Execution, update: dict[str, Any]) -> None:
    """Invoke what an update asks for; what cannot be found fails the operation at once."""
    try:
        received = _receive(drive, execution, update)
        if received.version is not None and received.version.durable is not None:
            child, _ = drive.open(received, (execution, update["Id"]))
            event = execution.events[-1]
            event["ChainedInvokeStartedDetails"]["DurableExecutionArn"] = child.arn
            event["ChainedInvokeStartedDetails"]["ExecutedVersion"] = child.version
            drive.launch(child)
            return
    except ServiceError as refusal:
        told = {"ErrorType": refusal.code, "ErrorMessage": refusal.message}
        transitions.end(execution, execution.operations[update["Id"]], "FAILED", error=told)
        return
    drive.background(_run(drive, execution, update["Id"], received))


def report(drive: Drive, child: Execution) -> None:
    """An execution that another one invoked has ended: so has that one's operation."""
    assert child.parent is not None
    parent, operation = child.parent
    error = child.error
    if child.status == "TIMED_OUT":
        seconds = child.config["ExecutionTimeout"]
        error = {"ErrorMessage": f"Execution timed out after {seconds} seconds."}
    _finish(drive, parent, operation, child.status, child.result, error)


def _receive(drive: Drive, execution: Execution, update: dict[str, Any]) -> Received:
    """The request as the door has received it, if the function's role may invoke it."""
    found = drive.registry.find(
        execution.region, update["ChainedInvokeOptions"]["FunctionName"], told=LATEST
    )
    drive.check_invoke(execution, found.arn)
    trace = update["ChainedInvokeOptions"].get("XAmznTraceId") or execution.trace
    payload = (update.get("Payload") or "{}").encode()
    return drive.door.receive(InvocationRequest(found, payload, trace))


async def _run(drive: Drive, execution: Execution, operation: str, received: Received) -> None:
    """Invoke a function that is not durable, once; what did not reach it is tried again."""
    try:
        result = await _reach(drive, execution, received)
    except ServiceError as refusal:
        told = {"ErrorType": refusal.code, "ErrorMessage": refusal.message}
        _finish(drive, execution, operation, "FAILED", None, told)
        return
    if result is None:
        return
    if result.function_error:
        error = error_of_payload(result.payload)
        _finish(drive, execution, operation, "FAILED", None, error)
    elif len(result.payload) > MAX_CHAINED_BYTES:
        text = (
            "CHAINED_INVOKE output payload size must be less than or equal to "
            f"{MAX_CHAINED_BYTES} bytes."
        )
        _finish(drive, execution, operation, "FAILED", None, {"ErrorMessage": text})
    else:
        _finish(drive, execution, operation, SUCCEEDED, result.payload.decode(), None)


async def _reach(drive: Drive, execution: Execution, received: Received) -> InvocationResult | None:
    """What the function answered; None when the execution has ended before it was reached.

    Throttles and system errors are no attempts. Raises `ServiceError` for any other refusal.
    """
    while execution.is_running:
        try:
            return await drive.door.run(received)
        except ServiceError as refusal:
            if refusal.status not in NOT_READY and refusal.status < SYSTEM_ERROR:
                raise
        except Exception:
            log.exception("durable execution %s could not invoke", execution.arn)
        pause = pause_s(THROTTLE_S, received.attempt - 1)
        await asyncio.sleep(drive.clock.real_s(pause))
        received = replace(received, attempt=received.attempt + 1)
        received = drive.door.receive_again(received, received.request.found, keep_version=True)
    return None


def _finish(
    drive: Drive,
    execution: Execution,
    operation: str,
    status: str,
    result: str | None,
    error: dict[str, Any] | None,
) -> None:
    now = execution.operations[operation]
    if execution.is_running and now["Status"] == "STARTED":
        transitions.end(execution, now, status, result, error)
        execution.completed_ids.append(operation)
        drive.wake(execution)
