"""Durable executions: checkpoints, what there is of them, callbacks, and their ends.

Source: Lambda API reference and the service model (read 2026-11).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ...wire.errors import ServiceError
from ..durable.execution import SUCCEEDED, Execution, without_data
from .call import Call
from .paging import page
from .plane import ControlPlane, Operation

# How many a list gives when nobody says, and at most.
PAGE, MOST = 100, 1000


def checkpoint(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """CheckpointDurableExecution."""
    return plane.executions.checkpoint(
        call["DurableExecutionArn"],
        call["CheckpointToken"],
        call.get("Updates") or [],
        call.get("ClientToken") or "",
    )


def get_state(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetDurableExecutionState."""
    return plane.executions.state(
        call["DurableExecutionArn"],
        call["CheckpointToken"],
        call.get("Marker") or "",
        int(call.get("MaxItems") or PAGE),
    )


def get_execution(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetDurableExecution."""
    found = plane.executions.find(call["DurableExecutionArn"])
    included = call.get("IncludeExecutionData") is not False
    answer = {
        **_summary(found),
        "Version": found.version,
        "DurableConfig": found.config,
        "TraceHeader": {"XAmznTraceId": found.trace},
        "ExecutionDataIncluded": included,
    }
    if found.is_running:
        timeout_s = plane.clock.real_s(found.config["ExecutionTimeout"])
        answer["ExpectedExecutionTimeoutTimestamp"] = found.started + timeout_s
    if included:
        answer["InputPayload"] = found.payload
        if found.status == SUCCEEDED:
            answer["Result"] = found.result
        elif not found.is_running:
            answer["Error"] = found.error
    return answer


def get_history(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetDurableExecutionHistory: every event, the oldest first unless ReverseOrder."""
    found = plane.executions.find(call["DurableExecutionArn"])
    newest_first = call.get("ReverseOrder") is True
    events = found.events[::-1] if newest_first else found.events
    sign = -1 if newest_first else 1
    chosen, marker = page(
        events, _with_default(call), key=lambda event: [sign * event["EventId"]], most=MOST
    )
    if call.get("IncludeExecutionData") is False:
        chosen = [without_data(event) for event in chosen]
    return {"Events": chosen, "NextMarker": marker}


def list_by_function(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListDurableExecutionsByFunction: the newest first unless ReverseOrder."""
    found = plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier"))
    version = found.configuration.version if found.qualifier else None
    after, before = _seconds(call.get("StartedAfter")), _seconds(call.get("StartedBefore"))
    chosen = [
        each
        for each in plane.executions.by_arn.values()
        if (each.region, each.function) == found.record.key
        and version in (None, each.version)
        and call.get("DurableExecutionName") in (None, each.name)
        and (not call.get("Statuses") or each.status in call["Statuses"])
        and (after is None or each.started > after)
        and (before is None or each.started < before)
    ]
    sign = 1 if call.get("ReverseOrder") is True else -1
    chosen.sort(key=lambda each: (sign * each.started, each.arn))
    part, marker = page(
        chosen, _with_default(call), key=lambda each: [sign * each.started, each.arn], most=MOST
    )
    return {"DurableExecutions": [_summary(each) for each in part], "NextMarker": marker}


def stop(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """StopDurableExecution. One that has ended stays as it is."""
    error = call.get("Error")
    return {"StopTimestamp": plane.executions.stop(call["DurableExecutionArn"], error)}


def delete(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteDurableExecution: one that has ended, with its history."""
    found = plane.executions.find(call["DurableExecutionArn"])
    if found.is_running:
        raise ServiceError(
            "ResourceConflictException", f"The durable execution is {found.status}.", 409
        )
    plane.executions.forget(found)
    return {"DeletionRequestTimestamp": datetime.now().timestamp()}


def callback_success(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """SendDurableExecutionCallbackSuccess."""
    result = call.get("Result")
    try:
        text = None if result is None else bytes(result).decode()
    except UnicodeDecodeError as error:
        raise ServiceError(
            "InvalidParameterValueException", "The Result is no text in UTF-8."
        ) from error
    plane.executions.callback(call["CallbackId"], text, None)
    return {}


def callback_failure(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """SendDurableExecutionCallbackFailure."""
    plane.executions.callback(call["CallbackId"], None, call.get("Error") or {})
    return {}


def callback_heartbeat(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """SendDurableExecutionCallbackHeartbeat."""
    plane.executions.heartbeat(call["CallbackId"])
    return {}


def _with_default(call: Call) -> Call:
    """The call with MaxItems: nothing and 0 are 100."""
    parameters = {**call.parameters, "MaxItems": call.get("MaxItems") or PAGE}
    return Call(call.region, parameters, call.request_id, call.caller, call.operation)


def _summary(execution: Execution) -> dict[str, Any]:
    return {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.name,
        "FunctionArn": execution.function_arn,
        "Status": execution.status,
        "StartTimestamp": execution.started,
        "EndTimestamp": execution.ended,
    }


def _seconds(given: Any) -> float | None:
    """A time of the query, in seconds since the epoch; None without one."""
    if given is None:
        return None
    if isinstance(given, datetime):
        return given.timestamp()
    try:
        return datetime.fromisoformat(str(given).replace("Z", "+00:00")).timestamp()
    except ValueError as error:
        raise ServiceError("InvalidParameterValueException", f"No time: {given}") from error


OPERATIONS: dict[str, Operation] = {
    "CheckpointDurableExecution": checkpoint,
    "GetDurableExecutionState": get_state,
    "GetDurableExecution": get_execution,
    "GetDurableExecutionHistory": get_history,
    "ListDurableExecutionsByFunction": list_by_function,
    "StopDurableExecution": stop,
    "DeleteDurableExecution": delete,
    "SendDurableExecutionCallbackSuccess": callback_success,
    "SendDurableExecutionCallbackFailure": callback_failure,
    "SendDurableExecutionCallbackHeartbeat": callback_heartbeat,
}
