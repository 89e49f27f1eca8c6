"""What an execution waits for: which operations go on by themselves, and when."""

from __future__ import annotations

import time
from typing import Any

from . import transitions
from .execution import SUCCEEDED, TIMED_OUT, Execution


def complete_due(execution: Execution) -> bool:
    """End the waits, pauses and callbacks whose time has come; whether there were any."""
    now, found = time.time(), False
    for operation in list(execution.operations.values()):
        if due_at(execution, operation) > now:
            continue
        found = True
        if operation["Type"] == "WAIT":
            transitions.end(execution, operation, SUCCEEDED)
        elif operation["Type"] == "STEP":
            transitions.ready(execution, operation)
            continue
        else:
            _time_out(execution, operation, now)
        execution.completed_ids.append(operation["Id"])
    return found


def waits(operation: dict[str, Any]) -> bool:
    """Whether an operation will wake its execution."""
    kind, status = operation["Type"], operation["Status"]
    if kind == "STEP":
        return bool(status == "PENDING")
    return kind in ("WAIT", "CALLBACK", "CHAINED_INVOKE") and status == "STARTED"


def due_at(execution: Execution, operation: dict[str, Any]) -> float:
    """When an operation goes on by itself, in seconds since the epoch; infinite for never."""
    never = float("inf")
    if not waits(operation):
        return never
    if operation["Type"] == "WAIT":
        return float(operation["WaitDetails"]["ScheduledEndTimestamp"])
    if operation["Type"] == "STEP":
        return float(operation["StepDetails"]["NextAttemptTimestamp"])
    due = execution.due.get(operation["Id"], {})
    return min(due.get("timeout", never), due.get("heartbeat", never))


def _time_out(execution: Execution, operation: dict[str, Any], now: float) -> None:
    beat = execution.due[operation["Id"]].get("heartbeat", now + 1) <= now
    kind = "Callback.Heartbeat" if beat else "Callback.Timeout"
    text = "Callback timed out on heartbeat" if beat else "Callback timed out"
    told = {"ErrorType": kind, "ErrorMessage": text}
    transitions.end(execution, operation, TIMED_OUT, error=told)
