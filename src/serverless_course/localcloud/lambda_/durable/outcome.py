"""What a durable function's invocation answers, and what its caller gets in the end."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from ..environment.governor import CpuUsage
from ..environment.invocation import InvocationResult, Moments
from ..environment.report import InvocationReport
from .execution import SUCCEEDED, Execution

STATUSES = ("SUCCEEDED", "FAILED", "PENDING")


@dataclass(frozen=True)
class Output:
    """What the function answered: a status, and its result or error."""

    status: str
    result: str | None = None
    error: dict[str, Any] | None = None


def envelope(execution: Execution) -> bytes:
    """The event of one invocation: where the execution stands. Times are in milliseconds."""
    operations, marker = execution.page(0)
    state = {
        "Operations": [_in_milliseconds(each) for each in operations],
        "NextMarker": marker or "",
    }
    event = {
        "DurableExecutionArn": execution.arn,
        "CheckpointToken": execution.renew_token(),
        "InitialExecutionState": state,
        "UpdatedOperationIds": list(execution.completed_ids),
    }
    execution.completed_ids.clear()
    execution.seen = execution.count
    return json.dumps(event).encode()


def read_output(payload: bytes) -> Output | str:
    """The output, or why it is none."""
    try:
        found = json.loads(payload)
    except ValueError as error:
        return f"Invalid invocation output: {error}"
    if not isinstance(found, dict) or found.get("Status") not in STATUSES:
        return "Invalid Status in invocation output."
    output = Output(found["Status"], found.get("Result"), found.get("Error"))
    if output.status == "FAILED" and output.result is not None:
        return "Cannot provide a Result for FAILED status."
    if output.status == "SUCCEEDED" and output.error is not None:
        return "Cannot provide an Error for SUCCEEDED status."
    return output


def error_of(result: InvocationResult, request_id: str) -> dict[str, Any]:
    """The ErrorObject of an invocation that failed.

    A time-out is Sandbox.Timedout with the request id (a history of AWS, shown in public 2025-12).
    """
    if result.report.status == "timeout":
        try:
            text = str(json.loads(result.payload)["errorMessage"])
        except (ValueError, KeyError, TypeError):
            text = "Task timed out"
        text = text[text.find("Task timed out") :]
        told = f"RequestId: {request_id} Error: {text}"
        return {"ErrorType": "Sandbox.Timedout", "ErrorMessage": told}
    return error_of_payload(result.payload)


def error_of_payload(payload: bytes) -> dict[str, Any]:
    """The ErrorObject in a function's error."""
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return {"ErrorMessage": payload.decode("utf-8", "replace")}
    found: dict[str, Any] = {}
    names = (
        ("errorType", "ErrorType"),
        ("errorMessage", "ErrorMessage"),
        ("stackTrace", "StackTrace"),
    )
    for theirs, ours in names:
        if told.get(theirs):
            found[ours] = told[theirs]
    return found


def answer_of(execution: Execution, request_id: str) -> InvocationResult:
    """What a caller who waited for the execution gets: its result, or a function error."""
    if execution.status == SUCCEEDED:
        payload, word = (execution.result or "null").encode(), ""
    else:
        error = execution.error or {}
        told = {
            "errorType": error.get("ErrorType"),
            "errorMessage": error.get("ErrorMessage"),
            "errorData": error.get("ErrorData"),
            "stackTrace": error.get("StackTrace"),
        }
        kept = {name: value for name, value in told.items() if value is not None}
        payload, word = json.dumps(kept).encode(), "Unhandled"
    if execution.last is not None:
        return replace(execution.last, payload=payload, function_error=word)
    ended = execution.ended or execution.started
    moments = Moments(execution.started, None, None, ended, ended)
    report = InvocationReport(request_id, 0.0, 128, 0)
    usage = CpuUsage(0.0, 0.0, 0.0)
    return InvocationResult(payload, word, execution.version, report, "", usage, moments)


def _in_milliseconds(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {member: _in_milliseconds(each, member) for member, each in value.items()}
    return int(value * 1000) if name.endswith("Timestamp") else value
