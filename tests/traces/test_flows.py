"""What a history tells of a flow: stages, attempts, runs, checkpoints."""

from __future__ import annotations

from typing import Any

import pytest
from flow_events import DURABLE, MACHINE, durable, entered, machine, run, step

from serverless_course.traces.checkpoints import checkpoints
from serverless_course.traces.flow import FlowHistory, Stage
from serverless_course.traces.flow_history import flow_history


def stages(flow: FlowHistory) -> dict[str, Stage]:
    return {stage.name: stage for stage in flow.stages}


def tries(flow: FlowHistory, name: str) -> list[tuple[float, float | None, str]]:
    return [
        (
            round(each.began_s - flow.began_s, 3),
            None if each.ended_s is None else round(each.ended_s - flow.began_s, 3),
            each.ending,
        )
        for each in stages(flow)[name].attempts
    ]


def test_a_durable_execution() -> None:
    flow = flow_history(DURABLE)
    assert (flow.source, flow.status) == ("durable execution", "SUCCEEDED")
    assert [stage.name for stage in flow.stages] == [
        *("reserve", "charge", "papers", "invoice", "courier")
    ]
    assert [stage.depth for stage in flow.stages] == [0, 0, 0, 1, 0]
    assert tries(flow, "charge") == [(0.3, 0.5, "failed"), (1.0, 1.2, "ok")]
    assert tries(flow, "courier") == [(1.7, 4.0, "ok")]
    assert [each.ending for each in flow.runs] == ["failed", "ok", "ok"]
    assert flow.runs[0].why == "Runtime.ExitError: exit status 1"


def test_a_state_machine_with_a_retry_a_parallel_and_a_callback() -> None:
    flow = flow_history(MACHINE)
    assert (flow.source, flow.status) == ("state machine", "SUCCEEDED")
    assert tries(flow, "charge") == [(0.1, 0.2, "failed"), (1.2, 1.5, "ok")]
    assert stages(flow)["charge"].attempts[0].why == "Runtime.ExitError: exit status 1"
    assert {name: stage.depth for name, stage in stages(flow).items()} == {
        "charge": 0,
        "papers": 0,
        "invoice": 1,
        "notify": 1,
        "courier": 0,
        "pause": 0,
    }
    assert tries(flow, "papers") == [(1.5, 1.9, "ok")]
    assert tries(flow, "notify") == [(1.6, 1.8, "ok")]
    assert stages(flow)["courier"].kind == "callback"
    assert tries(flow, "pause") == [(4.0, 5.0, "ok")]


@pytest.mark.parametrize("events", [DURABLE, MACHINE], ids=["durable", "machine"])
def test_the_newest_may_come_first(events: list[dict[str, Any]]) -> None:
    forward, backward = flow_history(events), flow_history(events[::-1])
    assert [(s.name, len(s.attempts)) for s in forward.stages] == [
        (s.name, len(s.attempts)) for s in backward.stages
    ]


@pytest.mark.parametrize(
    ("events", "name"), [(DURABLE[:4], "charge"), (MACHINE[:7], "charge")], ids=["durable", "m"]
)
def test_of_one_that_runs_the_last_stage_is_open(events: list[dict[str, Any]], name: str) -> None:
    flow = flow_history(events)
    assert (flow.status, flow.ended_s) == ("RUNNING", None)
    assert tries(flow, name)[-1][1:] == (None, "open")


def test_a_branch_that_fails_ends_what_holds_it() -> None:
    flow = flow_history(
        machine(
            (0, "ExecutionStarted", 0, {}),
            (0, "ParallelStateEntered", 0, entered("both")),
            (2, "ParallelStateStarted", 0, {}),
            (3, "PassStateEntered", 0, entered("good")),
            (3, "FailStateEntered", 0.1, entered("bad")),
            (5, "ParallelStateFailed", 0.2, {"executionFailedEventDetails": {"error": "No"}}),
            (6, "ExecutionFailed", 0.2, {"executionFailedEventDetails": {"error": "No"}}),
        )
    )
    assert flow.status == "FAILED"
    assert tries(flow, "both") == [(0.0, 0.2, "failed")]
    assert tries(flow, "good")[0][2] == "failed"


@pytest.mark.parametrize("events", [[], [{"timestamp": 1, "message": "START"}]], ids=len)
def test_other_events_are_refused(events: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="no events of a history"):
        flow_history(events)


def test_checkpoints_count_as_the_developer_guide_says() -> None:
    found = {(each.what, each.name): each for each in checkpoints(DURABLE)}
    counted = {name: each.operations for (_, name), each in found.items() if each.operations}
    assert counted == {
        "the execution": 1,
        "reserve": 1,
        "charge": 1,
        "papers": 1,
        "invoice": 1,
        "courier": 1,
        "the invocation is tried again": 1,
    }
    assert found["ExecutionStarted", "the execution"].written_bytes == len('{"order": 7}')
    assert found["StepSucceeded", "reserve"].written_bytes == len('"done"')


def test_a_retry_of_a_step_counts_and_the_last_invocation_does_not() -> None:
    error = {"Error": {"Payload": {"ErrorMessage": "no"}}}
    events = durable(
        ("ExecutionStarted", 0, {"Id": "x"}),
        ("StepStarted", 0.1, step("flaky")),
        ("StepFailed", 0.2, step("flaky", details=error)),
        ("StepStarted", 2.1, step("flaky")),
        ("StepFailed", 2.2, step("flaky", details=error)),
        ("InvocationCompleted", 2.3, run(2, 2.3, "Runtime.ExitError")),
        ("ExecutionFailed", 2.3, {"Id": "x"}),
    )
    assert [each.operations for each in checkpoints(events)] == [1, 1, 1, 0]
    assert len(flow_history(events).stages[0].attempts) == 2


def test_a_child_context_counts_at_its_end() -> None:
    child = {"Id": "c", "Name": "group", "SubType": "RunInChildContext"}
    open_one = durable(("ExecutionStarted", 0, {"Id": "x"}), ("ContextStarted", 0.1, child))
    assert sum(each.operations for each in checkpoints(open_one)) == 1
    ended = durable(
        ("ExecutionStarted", 0, {"Id": "x"}),
        ("ContextStarted", 0.1, child),
        ("ContextSucceeded", 0.2, child),
    )
    assert sum(each.operations for each in checkpoints(ended)) == 2
