"""Histories of one order, as Lambda and Step Functions tell them: killed while it charged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

ZERO = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


def durable(*told: tuple[str, float, dict[str, Any]]) -> list[dict[str, Any]]:
    """Events of a durable execution: type, seconds, other members; details go by their name."""
    return [
        {
            "EventType": kind,
            "EventId": number,
            "EventTimestamp": at(seconds),
            **{name: value for name, value in members.items() if name != "details"},
            f"{kind}Details": members.get("details", {}),
        }
        for number, (kind, seconds, members) in enumerate(told, 1)
    ]


def step(name: str, **more: Any) -> dict[str, Any]:
    return {"Id": f"id-{name}", "Name": name, "SubType": "Step", **more}


def run(begin: float, end: float, error: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {"StartTimestamp": at(begin), "EndTimestamp": at(end)}
    if error:
        told["Error"] = {"Payload": {"ErrorType": error, "ErrorMessage": "exit status 1"}}
    return {"details": told}


RESULT = {"Result": {"Payload": '"done"', "Truncated": False}}
HELD = {"ParentId": "id-papers"}
DURABLE = durable(
    ("ExecutionStarted", 0, {"Id": "x", "details": {"Input": {"Payload": '{"order": 7}'}}}),
    ("StepStarted", 0.1, step("reserve")),
    ("StepSucceeded", 0.2, step("reserve", details=RESULT)),
    ("StepStarted", 0.3, step("charge")),
    ("InvocationCompleted", 0.5, run(0, 0.5, "Runtime.ExitError")),
    ("StepStarted", 1.0, step("charge")),
    ("StepSucceeded", 1.2, step("charge", details=RESULT)),
    ("ContextStarted", 1.3, {"Id": "id-papers", "Name": "papers", "SubType": "Parallel"}),
    ("StepStarted", 1.3, step("invoice", **HELD)),
    ("StepSucceeded", 1.5, step("invoice", details=RESULT, **HELD)),
    ("ContextSucceeded", 1.6, {"Id": "id-papers", "Name": "papers", "SubType": "Parallel"}),
    ("CallbackStarted", 1.7, {"Id": "id-courier", "Name": "courier", "SubType": "Callback"}),
    ("InvocationCompleted", 1.8, run(0.9, 1.8)),
    ("CallbackSucceeded", 4.0, {"Id": "id-courier", "SubType": "Callback", "details": RESULT}),
    ("InvocationCompleted", 4.2, run(4.0, 4.2)),
    ("ExecutionSucceeded", 4.2, {"Id": "x", "details": RESULT}),
)


def machine(*told: tuple[int, str, float, dict[str, Any]]) -> list[dict[str, Any]]:
    """Events of a state machine: the causing event, type, seconds, other members."""
    return [
        {"id": n, "previousEventId": cause, "type": kind, "timestamp": at(seconds), **members}
        for n, (cause, kind, seconds, members) in enumerate(told, 1)
    ]


def entered(name: str) -> dict[str, Any]:
    return {"stateEnteredEventDetails": {"name": name}}


def exited(name: str) -> dict[str, Any]:
    return {"stateExitedEventDetails": {"name": name}}


TOKEN = {"taskScheduledEventDetails": {"resource": "invoke.waitForTaskToken"}}
FAILURE = {"taskFailedEventDetails": {"error": "Runtime.ExitError", "cause": "exit status 1"}}
MACHINE = machine(
    (0, "ExecutionStarted", 0, {}),
    (0, "TaskStateEntered", 0, entered("charge")),
    (2, "TaskScheduled", 0.1, {"taskScheduledEventDetails": {"resource": "invoke"}}),
    (3, "TaskStarted", 0.1, {}),
    (4, "TaskFailed", 0.2, FAILURE),
    (5, "TaskScheduled", 1.2, {"taskScheduledEventDetails": {"resource": "invoke"}}),
    (6, "TaskStarted", 1.2, {}),
    (7, "TaskSucceeded", 1.5, {}),
    (8, "TaskStateExited", 1.5, exited("charge")),
    (9, "ParallelStateEntered", 1.5, entered("papers")),
    (10, "ParallelStateStarted", 1.5, {}),
    (11, "TaskStateEntered", 1.5, entered("invoice")),
    (11, "TaskStateEntered", 1.5, entered("notify")),
    (13, "TaskScheduled", 1.6, {"taskScheduledEventDetails": {"resource": "invoke"}}),
    (12, "TaskScheduled", 1.6, {"taskScheduledEventDetails": {"resource": "invoke"}}),
    (14, "TaskSucceeded", 1.8, {}),
    (16, "TaskStateExited", 1.8, exited("notify")),
    (15, "TaskSucceeded", 1.9, {}),
    (18, "TaskStateExited", 1.9, exited("invoice")),
    (19, "ParallelStateSucceeded", 1.9, {}),
    (19, "ParallelStateExited", 1.9, exited("papers")),
    (21, "TaskStateEntered", 1.9, entered("courier")),
    (22, "TaskScheduled", 2.0, TOKEN),
    (23, "TaskSubmitted", 2.1, {}),
    (24, "TaskSucceeded", 4.0, {}),
    (25, "TaskStateExited", 4.0, exited("courier")),
    (26, "WaitStateEntered", 4.0, entered("pause")),
    (27, "WaitStateExited", 5.0, exited("pause")),
    (28, "ExecutionSucceeded", 5.0, {}),
)
