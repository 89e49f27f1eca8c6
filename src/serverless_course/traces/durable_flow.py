"""The history of a durable execution as a flow.

Events and their members: Lambda's service model, GetDurableExecutionHistory (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from serverless_course.traces.flow import Attempt, Ending, FlowHistory, Stage, seconds

ENDINGS: Mapping[str, Ending] = {
    "Succeeded": "ok",
    "Failed": "failed",
    "TimedOut": "failed",
    "Stopped": "failed",
    "Cancelled": "failed",
}
STATUSES = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionStopped": "STOPPED",
}
OPERATIONS = ("Context", "Wait", "Step", "ChainedInvoke", "Callback")
COMPUTES = ("step", "wait for condition")
INTERRUPTED = "interrupted: the invocation ended first"


def durable_flow(events: Sequence[Mapping[str, Any]]) -> FlowHistory:
    """The flow that the events of a durable execution tell of, in the order of their ids."""
    stages: dict[str, Stage] = {}
    runs: list[Attempt] = []
    status, ended = "RUNNING", None
    for event in events:
        kind, at = str(event["EventType"]), seconds(event["EventTimestamp"])
        if kind == "InvocationCompleted":
            runs.append(_run(event))
            if runs[-1].ending == "failed":
                _interrupt(stages, runs[-1])
        elif kind in STATUSES:
            status, ended = STATUSES[kind], at
        elif not kind.startswith("Execution"):
            _apply(stages, event, at)
    began = seconds(events[0]["EventTimestamp"])
    return FlowHistory(
        "durable execution", began, ended, status, tuple(stages.values()), tuple(runs)
    )


def details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an event says beyond its type and time."""
    found: Mapping[str, Any] = event.get(f"{event['EventType']}Details") or {}
    return found


def failure(event: Mapping[str, Any]) -> str:
    """Type and message of an event's error, as far as the history has them."""
    error = (details(event).get("Error") or {}).get("Payload") or {}
    return ": ".join(str(error[name]) for name in ("ErrorType", "ErrorMessage") if error.get(name))


def _run(event: Mapping[str, Any]) -> Attempt:
    told = details(event)
    run = Attempt(seconds(told["StartTimestamp"]))
    ending: Ending = "failed" if told.get("Error") else "ok"
    run.end(seconds(told["EndTimestamp"]), ending, failure(event))
    return run


def _interrupt(stages: Mapping[str, Stage], run: Attempt) -> None:
    """What a run that failed had begun, it did not finish; waits and contexts go on."""
    for stage in stages.values():
        last = stage.attempts[-1]
        if stage.kind in COMPUTES and last.ending == "open" and run.ended_s is not None:
            last.end(run.ended_s, "failed", INTERRUPTED)


def _apply(stages: dict[str, Stage], event: Mapping[str, Any], at: float) -> None:
    kind = str(event["EventType"])
    operation = next((each for each in OPERATIONS if kind.startswith(each)), "")
    if not operation:
        return
    key, happened = str(event["Id"]), kind.removeprefix(operation)
    if key not in stages:
        label = _words(str(event.get("SubType") or operation))
        name = str(event.get("Name") or f"{label} {key[:6]}")
        stages[key] = Stage(name, label, stages.get(str(event.get("ParentId"))))
    stage = stages[key]
    if happened == "Started":
        if not (stage.attempts and stage.attempts[-1].ending == "open"):
            stage.begin(at)
    elif happened in ENDINGS:
        stage.latest(at).end(at, ENDINGS[happened], failure(event))


def _words(name: str) -> str:
    """``WaitForCallback`` as ``wait for callback``."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
