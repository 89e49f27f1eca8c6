"""How operations change: by a checkpoint, and by time and others. Each change is an event."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from .checkpoint_rules import Update, size_of
from .execution import Execution, Operation, content

# The statuses of operations that have ended, and the words of their events.
ENDINGS = {
    "SUCCEEDED": "Succeeded",
    "FAILED": "Failed",
    "TIMED_OUT": "TimedOut",
    "STOPPED": "Stopped",
    "CANCELLED": "Cancelled",
}
WORDS = {
    "STEP": "Step",
    "CONTEXT": "Context",
    "WAIT": "Wait",
    "CALLBACK": "Callback",
    "CHAINED_INVOKE": "ChainedInvoke",
}


def apply(execution: Execution, update: Update, real_s: Callable[[float], float]) -> None:
    """Change an operation as an update says, that was checked before.

    ``real_s`` gives the real seconds of AWS's. EXECUTION is not kept as an operation.
    """
    execution.written += size_of(update)
    before = execution.operations.get(update["Id"])
    now = time.time()
    operation: Operation = dict(before) if before else {"StartTimestamp": now}
    for member in ("Id", "ParentId", "Name", "Type", "SubType"):
        if update.get(member) is not None:
            operation[member] = update[member]
    if update["Action"] == "START":
        _start(execution, operation, update, now, real_s)
    elif update["Action"] == "RETRY":
        _retry(execution, operation, update, now, real_s)
    else:
        status = {"SUCCEED": "SUCCEEDED", "FAIL": "FAILED", "CANCEL": "CANCELLED"}
        if operation["Type"] == "STEP":
            operation["StepDetails"] = {"Attempt": _ended_attempts(before) + 1}
        if operation["Type"] == "CONTEXT":
            options = update.get("ContextOptions") or {}
            operation["ContextDetails"] = {"ReplayChildren": bool(options.get("ReplayChildren"))}
        end(
            execution,
            operation,
            status[update["Action"]],
            update.get("Payload"),
            update.get("Error"),
        )


def end(
    execution: Execution,
    operation: Operation,
    status: str,
    result: str | None = None,
    error: dict[str, Any] | None = None,
) -> None:
    """An operation has ended, with a result or an error."""
    kind, now = operation["Type"], time.time()
    word = WORDS[kind]
    changed = {**operation, "Status": status, "EndTimestamp": now}
    told: dict[str, Any] = {}
    if kind == "WAIT":
        seconds = execution.due.pop(operation["Id"], {}).get("duration", 0)
        told = {"Duration": int(seconds)} if status == "SUCCEEDED" else {}
    else:
        details = {**changed.get(f"{word}Details", {})}
        for member, value in (("Result", result), ("Error", error)):
            if value is not None:
                details[member] = value
        changed[f"{word}Details"] = details
        told = {"Result": content(result)} if status == "SUCCEEDED" else {"Error": content(error)}
        if kind == "STEP":
            told["RetryDetails"] = {"CurrentAttempt": details["Attempt"]}
        execution.due.pop(operation["Id"], None)
    execution.put(changed)
    execution.tell(f"{word}{ENDINGS[status]}", changed, told, now)


def ready(execution: Execution, operation: Operation) -> None:
    """A step's next attempt may begin."""
    details = {**operation["StepDetails"]}
    details.pop("NextAttemptTimestamp", None)
    execution.put({**operation, "Status": "READY", "StepDetails": details})
    execution.completed_ids.append(operation["Id"])


def callback_id(execution: Execution, operation: str) -> str:
    """The id by which others name a callback; `callback_of` reads it."""
    return base64.b64encode(json.dumps([execution.arn, operation]).encode()).decode()


def callback_of(text: str) -> tuple[str, str] | None:
    """The execution's ARN and the operation's id in a callback's id; None for no such id."""
    try:
        arn, operation = json.loads(base64.b64decode(text, validate=True))
    except ValueError:
        return None
    return str(arn), str(operation)


def _ended_attempts(before: Operation | None) -> int:
    """How many attempts of a step have ended: a start does not count, as in the testing SDK."""
    return int(before["StepDetails"]["Attempt"]) if before else 0


def _start(
    execution: Execution,
    operation: Operation,
    update: Update,
    now: float,
    real_s: Callable[[float], float],
) -> None:
    kind, told = operation["Type"], dict[str, Any]()
    operation["Status"] = "STARTED"
    if kind == "STEP":
        before = execution.operations.get(update["Id"])
        operation["StepDetails"] = {"Attempt": _ended_attempts(before)}
    elif kind == "CONTEXT":
        operation["ContextDetails"] = {}
    elif kind == "WAIT":
        seconds = update["WaitOptions"]["WaitSeconds"]
        end_at = now + real_s(seconds)
        operation["WaitDetails"] = {"ScheduledEndTimestamp": end_at}
        execution.due[operation["Id"]] = {"duration": seconds}
        told = {"Duration": seconds, "ScheduledEndTimestamp": end_at}
    elif kind == "CALLBACK":
        told = _callback(execution, operation, update.get("CallbackOptions") or {}, now, real_s)
    else:
        operation["ChainedInvokeDetails"] = {}
        told = {"FunctionName": update["ChainedInvokeOptions"]["FunctionName"]}
        if update.get("Payload") is not None:
            told["Input"] = content(update["Payload"])
    execution.put(operation)
    execution.tell(f"{WORDS[kind]}Started", operation, told, now)


def _callback(
    execution: Execution,
    operation: Operation,
    options: dict[str, Any],
    now: float,
    real_s: Callable[[float], float],
) -> dict[str, Any]:
    named = callback_id(execution, operation["Id"])
    operation["CallbackDetails"] = {"CallbackId": named}
    told: dict[str, Any] = {"CallbackId": named}
    due: dict[str, float] = {}
    if options.get("TimeoutSeconds"):
        told["Timeout"] = options["TimeoutSeconds"]
        due["timeout"] = now + real_s(options["TimeoutSeconds"])
    if options.get("HeartbeatTimeoutSeconds"):
        told["HeartbeatTimeout"] = options["HeartbeatTimeoutSeconds"]
        due["every"] = real_s(options["HeartbeatTimeoutSeconds"])
        due["heartbeat"] = now + due["every"]
    execution.due[operation["Id"]] = due
    return told


def _retry(
    execution: Execution,
    operation: Operation,
    update: Update,
    now: float,
    real_s: Callable[[float], float],
) -> None:
    """A step's attempt has ended and another follows: with an error, or (a poll) with a result."""
    attempt = _ended_attempts(execution.operations.get(update["Id"])) + 1
    delay = (update.get("StepOptions") or {}).get("NextAttemptDelaySeconds") or 0
    details: dict[str, Any] = {"Attempt": attempt, "NextAttemptTimestamp": now + real_s(delay)}
    error, result = update.get("Error"), update.get("Payload")
    for member, value in (("Result", result), ("Error", error)):
        if value is not None:
            details[member] = value
    retry = {"CurrentAttempt": attempt, "NextAttemptDelaySeconds": delay}
    changed = {**operation, "Status": "PENDING", "StepDetails": details}
    execution.put(changed)
    told = {"Error": content(error)} if error is not None else {"Result": content(result)}
    word = "StepFailed" if error is not None else "StepSucceeded"
    execution.tell(word, changed, {**told, "RetryDetails": retry}, now)
