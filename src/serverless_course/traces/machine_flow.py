"""The history of a state machine's execution as a flow.

Events, their members and their order: Step Functions' service model, GetExecutionHistory (read
2026-11). Each event names the one that caused it, which tells states of parallel branches apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from serverless_course.traces.flow import Ending, FlowHistory, Stage, seconds

STATUSES = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
# What a state calls: a service, a function, a worker.
CALLS = ("Task", "LambdaFunction", "Activity")
CALL_ENDINGS: Mapping[str, Ending] = {
    "Succeeded": "ok",
    "Failed": "failed",
    "TimedOut": "failed",
    "StartFailed": "failed",
    "SubmitFailed": "failed",
    "ScheduleFailed": "failed",
}
HOLDERS = ("Parallel", "Map")


def machine_flow(events: Sequence[Mapping[str, Any]]) -> FlowHistory:
    """The flow that the events of an execution tell of, in the order of their ids."""
    stages: list[Stage] = []
    owners: dict[int, Stage | None] = {0: None}
    inside: dict[int, Stage | None] = {0: None}
    status, ended = "RUNNING", None
    for event in events:
        number, cause = int(event["id"]), int(event["previousEventId"])
        kind, at = str(event["type"]), seconds(event["timestamp"])
        if kind in STATUSES:
            status, ended = STATUSES[kind], at
        owner = _owner(event, owners.get(cause), inside.get(cause), stages)
        owners[number] = owner
        # What follows a state that has ended stands beside it; what a holder starts, in it.
        inside[number] = owner if _opens(kind) else owner.inside if owner else inside.get(cause)
        if owner is not None:
            _apply(owner, event, at)
    for stage in stages:
        if stage.ending == "open" and ended is not None and stage.attempts:
            stage.attempts[-1].end(ended, "failed", "the execution ended first")
    began = seconds(events[0]["timestamp"])
    return FlowHistory("state machine", began, ended, status, tuple(stages))


def _opens(kind: str) -> bool:
    return kind in {"ParallelStateStarted", "MapStateStarted", "MapIterationStarted"}


def _owner(
    event: Mapping[str, Any],
    of_cause: Stage | None,
    inside: Stage | None,
    stages: list[Stage],
) -> Stage | None:
    """The state that an event is about; a new one when a state is entered."""
    kind = str(event["type"])
    if kind.endswith("StateEntered"):
        name = str(event["stateEnteredEventDetails"]["name"])
        stages.append(Stage(name, kind.removesuffix("StateEntered").lower(), inside))
        return stages[-1]
    if kind.startswith("Execution"):
        return None
    owner = of_cause
    # A holder's end is caused by the end of a state in it.
    while owner is not None and not _is_about(event, owner):
        owner = owner.inside
    return owner or of_cause


def _is_about(event: Mapping[str, Any], stage: Stage) -> bool:
    kind = str(event["type"])
    if kind.endswith("StateExited"):
        return str(event["stateExitedEventDetails"]["name"]) == stage.name
    holder = next((each for each in HOLDERS if kind.startswith(each)), None)
    return holder is None or stage.kind == holder.lower()


def _apply(stage: Stage, event: Mapping[str, Any], at: float) -> None:
    kind = str(event["type"])
    call = next((each for each in CALLS if kind.startswith(each)), None)
    if kind.endswith("StateEntered"):
        if stage.kind != "task":
            stage.begin(at)
    elif kind.endswith(("StateExited", "StateSucceeded")):
        if stage.ending == "open":
            stage.latest(at).end(at, "ok")
    elif kind.endswith(("StateFailed", "StateAborted")):
        stage.latest(at).end(at, "failed", _why(event) or "aborted")
    elif call is not None and not kind.startswith("TaskState"):
        _apply_call(stage, event, kind.removeprefix(call), at)


def _apply_call(stage: Stage, event: Mapping[str, Any], happened: str, at: float) -> None:
    if happened == "Scheduled":
        told = event.get("taskScheduledEventDetails", {})
        if str(told.get("resource", "")).endswith(".waitForTaskToken"):
            stage.kind = "callback"
        stage.begin(at)
    elif happened in CALL_ENDINGS:
        stage.latest(at).end(at, CALL_ENDINGS[happened], _why(event))


def _why(event: Mapping[str, Any]) -> str:
    """The error's name and cause, from the member that holds the event's details."""
    told: Mapping[str, Any] = next(
        (value for name, value in event.items() if name.endswith("EventDetails") and value), {}
    )
    return ": ".join(str(told[name]) for name in ("error", "cause") if told.get(name))
