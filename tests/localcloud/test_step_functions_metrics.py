"""What CloudWatch counts of state machines, in AWS/States by StateMachineArn.

Source: AWS Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon
CloudWatch" (read 2026-11).
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.config import Config
from running_cloud import RunningCloud, wait_for
from test_step_functions import Machines, one_state

ENDINGS = {
    "SUCCEEDED": ("ExecutionsSucceeded", {"Type": "Succeed"}),
    "FAILED": ("ExecutionsFailed", {"Type": "Fail"}),
    "TIMED_OUT": ("ExecutionsTimedOut", {"Type": "Wait", "Seconds": 30, "End": True}),
    "ABORTED": ("ExecutionsAborted", {"Type": "Wait", "Seconds": 30, "End": True}),
}


@pytest.fixture(scope="module")
def machines(one_cloud: RunningCloud) -> Machines:
    return Machines(one_cloud)


def values(machines: Machines, machine: str, name: str) -> dict[str, Any]:
    """Sum, number, and longest of a metric of a state machine."""
    found = machines.cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/States",
        MetricName=name,
        Dimensions=[{"Name": "StateMachineArn", "Value": machine}],
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum", "SampleCount", "Maximum"],
    )["Datapoints"]
    return dict(found[0]) if found else {"Sum": 0.0, "SampleCount": 0.0}


@pytest.mark.parametrize("status", ENDINGS)
def test_each_end_is_counted_once(machines: Machines, status: str) -> None:
    name, state = ENDINGS[status]
    limit = {"TimeoutSeconds": 1} if status == "TIMED_OUT" else {}
    machine = machines.make({"StartAt": "A", "States": {"A": state}, **limit})
    for _ in range(2):
        started = machines.states.start_execution(stateMachineArn=machine)["executionArn"]
        if status == "ABORTED":
            machines.states.stop_execution(executionArn=started)
        assert machines.ended(started)["status"] == status
    wait_for(lambda: values(machines, machine, name)["Sum"] == 2)
    assert values(machines, machine, "ExecutionsStarted")["Sum"] == 2
    others = {other for other, _ in ENDINGS.values()} - {name}
    assert {values(machines, machine, other)["Sum"] for other in others} == {0.0}
    took = values(machines, machine, "ExecutionTime")
    assert took["SampleCount"] == 2
    assert took["Unit"] == "Milliseconds"
    assert took["Maximum"] >= (900 if status == "TIMED_OUT" else 0)


def test_an_execution_that_runs_has_only_started(machines: Machines) -> None:
    machine = machines.make(one_state({"Type": "Wait", "Seconds": 30}))
    started = machines.states.start_execution(stateMachineArn=machine)["executionArn"]
    assert values(machines, machine, "ExecutionsStarted")["Sum"] == 1
    assert values(machines, machine, "ExecutionTime")["SampleCount"] == 0
    machines.states.stop_execution(executionArn=started)


def test_versions_count_for_their_machine(machines: Machines) -> None:
    machine = machines.make(one_state({"Type": "Pass"}), publish=True)
    started = machines.states.start_execution(stateMachineArn=f"{machine}:1")["executionArn"]
    assert machines.ended(started)["status"] == "SUCCEEDED"
    wait_for(lambda: values(machines, machine, "ExecutionsSucceeded")["Sum"] == 1)


def test_an_express_machine_counts_its_synchronous_executions(machines: Machines) -> None:
    machine = machines.make(one_state({"Type": "Pass"}), type="EXPRESS")
    # The name sync-127.0.0.1 is none.
    direct = machines.cloud.client("stepfunctions", config=Config(inject_host_prefix=False))
    direct.start_sync_execution(stateMachineArn=machine)
    wait_for(lambda: values(machines, machine, "ExecutionsSucceeded")["Sum"] == 1)
    assert values(machines, machine, "ExecutionsStarted")["Sum"] == 1
