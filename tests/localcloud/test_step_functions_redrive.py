"""RedriveExecution: an unsuccessful execution goes on from where it is.

Source: AWS Step Functions Developer Guide, "Restarting state machine executions with redrive", and
API Reference, RedriveExecution and DescribeExecution (read 2026-11).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, wait_for
from test_step_functions import Machines

from serverless_course.localcloud.stepfunctions import failure_threshold, redrive

FAILS_ONCE = {"Type": "Task", "Parameters": {"fails": 1, "key.$": "$.key"}}


@pytest.fixture(scope="module")
def machines(one_cloud: RunningCloud) -> Machines:
    return Machines(one_cloud)


def fails_once(machines: Machines, **more: Any) -> dict[str, Any]:
    return {**FAILS_ONCE, "Resource": machines.arn, **more}


def redriven(machines: Machines, arn: str) -> dict[str, Any]:
    machines.states.redrive_execution(executionArn=arn)
    return machines.ended(arn)


def test_it_goes_on_from_the_state_that_failed(machines: Machines) -> None:
    before = {"Type": "Pass", "Assign": {"kept": "yes"}, "Next": "Fails"}
    fails = fails_once(machines, ResultPath="$.result", Next="Last")
    output = {
        "kept.$": "$kept",
        "key.$": "$.key",
        "count.$": "$$.Execution.RedriveCount",
    }
    last = {"Type": "Pass", "Parameters": output, "End": True}
    definition = {"StartAt": "Before", "States": {"Before": before, "Fails": fails, "Last": last}}
    failed = machines.run(definition, {"key": "redrive-one"})
    assert (failed["status"], failed["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    assert failed["redriveCount"] == 0
    assert "redriveDate" not in failed
    old = machines.history(failed["executionArn"])
    found = redriven(machines, failed["executionArn"])
    assert found["status"] == "SUCCEEDED"
    assert found["output"] == {"kept": "yes", "key": "redrive-one", "count": 1}
    assert found["redriveCount"] == 1
    assert found["redriveDate"] > failed["stopDate"]
    assert found["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert "error" not in found
    history = machines.history(failed["executionArn"])
    assert history[: len(old)] == old
    assert history[len(old) :] == [
        *("ExecutionRedriven", "LambdaFunctionScheduled", "LambdaFunctionStarted"),
        *("LambdaFunctionSucceeded", "TaskStateExited"),
        *("PassStateEntered", "PassStateExited", "ExecutionSucceeded"),
    ]


def test_only_the_branches_that_failed_run_again(machines: Machines) -> None:
    def branch(first: dict[str, Any]) -> dict[str, Any]:
        return {"StartAt": first["Name"], "States": {first.pop("Name"): first}}

    good = branch({"Name": "Good", "Type": "Pass", "Result": 1, "End": True})
    bad = {
        "StartAt": "Soon",
        "States": {
            "Soon": {"Type": "Wait", "Seconds": 1, "Next": "Bad"},
            "Bad": fails_once(machines, ResultSelector={"key.$": "$.got.key"}, End=True),
        },
    }
    both = {"Type": "Parallel", "Branches": [good, bad], "End": True}
    failed = machines.run({"StartAt": "Both", "States": {"Both": both}}, {"key": "redrive-two"})
    assert failed["status"] == "FAILED"
    found = redriven(machines, failed["executionArn"])
    assert found["output"] == [1, {"key": "redrive-two"}]
    entered = machines.states.get_execution_history(executionArn=failed["executionArn"])["events"]
    names = [
        e["stateEnteredEventDetails"]["name"] for e in entered if e["type"].endswith("Entered")
    ]
    assert sorted(names) == ["Bad", "Both", "Good", "Soon"]


def test_only_the_iterations_that_failed_run_again(machines: Machines) -> None:
    one = fails_once(machines, Parameters={"fails.$": "$.fails", "key.$": "$.key"}, End=True)
    each = {
        "Type": "Map",
        "MaxConcurrency": 1,
        "ItemProcessor": {"StartAt": "One", "States": {"One": one}},
        "ResultSelector": {"keys.$": "$[*].got.key"},
        "End": True,
    }
    items = [{"key": "redrive-a", "fails": 0}, {"key": "redrive-b", "fails": 1}]
    failed = machines.run({"StartAt": "Each", "States": {"Each": each}}, items)
    assert failed["status"] == "FAILED"
    found = redriven(machines, failed["executionArn"])
    assert found["output"] == {"keys": ["redrive-a", "redrive-b"]}
    history = machines.history(failed["executionArn"])
    assert history.count("LambdaFunctionScheduled") == 3


def test_an_aborted_execution_and_one_that_fails_again(machines: Machines) -> None:
    waits = {"Type": "Wait", "TimestampPath": "$.until", "Next": "Never"}
    fails = {"Type": "Fail", "Error": "E"}
    machine = machines.make({"StartAt": "Waits", "States": {"Waits": waits, "Never": fails}})
    until = (datetime.now(UTC) + timedelta(seconds=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = json.dumps({"until": until})
    arn = machines.states.start_execution(stateMachineArn=machine, input=text)["executionArn"]
    wait_for(lambda: "WaitStateEntered" in machines.history(arn), 10)
    running = machines.states.describe_execution(executionArn=arn)
    assert running["redriveStatusReason"] == "Execution is RUNNING and cannot be redriven"
    with pytest.raises(ClientError) as refused:
        machines.states.redrive_execution(executionArn=arn)
    assert refused.value.response["Error"]["Code"] == "ExecutionNotRedrivable"
    machines.states.stop_execution(executionArn=arn)
    assert machines.ended(arn)["status"] == "ABORTED"
    first = redriven(machines, arn)
    assert (first["status"], first["error"], first["redriveCount"]) == ("FAILED", "E", 1)
    again = redriven(machines, arn)
    assert (again["status"], again["redriveCount"]) == ("FAILED", 2)
    history = machines.history(arn)
    assert history.count("FailStateEntered") == 2
    assert history.count("WaitStateEntered") == 1


def test_a_client_token_counts_once(machines: Machines) -> None:
    fails = {"Type": "Fail", "Error": "E"}
    failed = machines.run({"StartAt": "F", "States": {"F": fails}})
    given = {"executionArn": failed["executionArn"], "clientToken": "t-1"}
    first = machines.states.redrive_execution(**given)
    machines.ended(failed["executionArn"])
    assert machines.states.redrive_execution(**given)["redriveDate"] == first["redriveDate"]
    assert machines.ended(failed["executionArn"])["redriveCount"] == 1


def test_a_map_run_is_refused_by_its_name(machines: Machines) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "F",
        "States": {"F": {"Type": "Fail", "Error": "E"}},
    }
    each = {"Type": "Map", "ItemProcessor": processor, "End": True}
    failed = machines.run({"StartAt": "Each", "States": {"Each": each}}, [1])
    assert failed["error"] == "States.ExceedToleratedFailureThreshold"
    assert "MapRunFailed" in machines.history(failed["executionArn"])
    with pytest.raises(ClientError, match="Map Run") as refused:
        machines.states.redrive_execution(executionArn=failed["executionArn"])
    assert refused.value.response["Error"]["Code"] == "NotImplemented"


@pytest.mark.parametrize(
    ("status", "ended_days", "events", "deleted", "reason"),
    [
        ("FAILED", 13.9, 24_998, False, ""),
        ("TIMED_OUT", 1, 5, False, ""),
        ("FAILED", 14.1, 5, False, "Execution redrivable period exceeded"),
        ("ABORTED", 1, 24_999, False, "Execution history event limit exceeded"),
        ("FAILED", 1, 5, True, "State machine is in DELETING status"),
        ("FAILED", 366, 5, False, "Execution has exceeded the max execution time"),
    ],
)
def test_what_can_be_redriven(
    status: str, ended_days: float, events: int, deleted: bool, reason: str
) -> None:
    ended = datetime.now(UTC) - timedelta(days=ended_days)
    manager = SimpleNamespace(get_event_history=lambda: [None] * events)
    worker = SimpleNamespace(env=SimpleNamespace(event_manager=manager))
    execution = SimpleNamespace(
        exec_status=status, exec_worker=worker, start_date=ended, stop_date=ended
    )
    assert redrive.refusal(execution, lambda real_s: real_s, deleted=deleted) == reason


@pytest.mark.parametrize(
    ("failed", "count", "percentage", "exceeded"),
    [(0, 0, 0, False), (1, 0, 0, True), (1, 1, 0, False), (2, 1, 50, True), (2, 0, 50, False)],
)
def test_what_a_map_run_tolerates(
    failed: int, count: int, percentage: float, exceeded: bool
) -> None:
    assert failure_threshold.exceeded(failed, 4, count, percentage) is exceeded
