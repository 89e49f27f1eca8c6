"""Invocations of a durable execution that fail, or do not reach the function, are made again."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from durable_programs import counted, durable_role, make_counts, make_durable
from running_cloud import RunningCloud, own_launcher, running, wait_for
from test_durable_functions import ended, event_of, history, start, types

from serverless_course.localcloud.lambda_.durable.execution import Execution
from serverless_course.localcloud.lambda_.durable.turns import (
    FAILURE_S,
    JITTER,
    LONGEST_S,
    Turns,
    pause_s,
)

OTHER = "def handler(event, context): return event['n'] * 10"


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "60") as found:
        make_counts(found)
        yield found


@pytest.fixture(scope="module")
def function(cloud: RunningCloud) -> str:
    return make_durable(cloud, timeout_s=3600)


def metric(cloud: RunningCloud, function: str, name: str) -> float:
    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Dimensions=[{"Name": "FunctionName", "Value": function.partition(":")[0]}],
        StartTime=time.time() - 3600,
        EndTime=time.time() + 60,
        Period=60,
        Statistics=["Sum"],
    )
    return float(sum(each["Sum"] for each in found["Datapoints"]))


def completed(cloud: RunningCloud, arn: str) -> list[dict[str, Any]]:
    return [
        each["InvocationCompletedDetails"]
        for each in history(cloud, arn)
        if each["EventType"] == "InvocationCompleted"
    ]


def test_a_function_that_crashes_six_times_succeeds_in_the_end(cloud: RunningCloud) -> None:
    function = make_durable(cloud, timeout_s=3600)
    counter = secrets.token_hex(4)
    arn = start(cloud, function, {"do": "crashes", "key": counter, "times": 6})
    found = ended(cloud, arn)
    assert (found["Status"], found["Result"]) == ("SUCCEEDED", '"alive"'), history(cloud, arn)
    assert counted(cloud, counter) == 7
    told = completed(cloud, arn)
    kinds = [each.get("Error", {}).get("Payload", {}).get("ErrorType") for each in told]
    assert kinds == ["Runtime.ExitError"] * 6 + [None]
    pauses = [
        (after["StartTimestamp"] - before["EndTimestamp"]).total_seconds() * 60
        for before, after in pairwise(told)
    ]
    # Each pause is twice the one before; what comes on top is this machine's.
    assert all(pause >= 0.99 * FAILURE_S * 2**n for n, pause in enumerate(pauses)), pauses
    # It has no operation of its own: each retry is metered as one.
    assert metric(cloud, function, "DurableExecutionOperations") == 6
    assert metric(cloud, function, "DurableExecutionStorageWrittenBytes") > 6 * 50


def test_a_throttled_invocation_waits_and_is_no_failure(cloud: RunningCloud) -> None:
    function = make_durable(cloud, timeout_s=3600)
    name = function.partition(":")[0]
    control = cloud.client("lambda")
    arn = start(cloud, function, {"do": "callback"})
    wait_for(lambda: "InvocationCompleted" in types(cloud, arn), 30.0)
    control.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    made = event_of(cloud, arn, "CallbackStarted")["CallbackStartedDetails"]["CallbackId"]
    control.send_durable_execution_callback_success(CallbackId=made, Result=b'"yes"')
    wait_for(lambda: metric(cloud, function, "Throttles") >= 2, 30.0)
    assert control.get_durable_execution(DurableExecutionArn=arn)["Status"] == "RUNNING"
    control.delete_function_concurrency(FunctionName=name)
    assert ended(cloud, arn)["Status"] == "SUCCEEDED"
    assert all("Error" not in each for each in completed(cloud, arn))


def test_an_invoked_function_that_is_throttled_is_tried_again(
    cloud: RunningCloud, function: str
) -> None:
    other = cloud.create(OTHER, Role=durable_role(cloud))
    control = cloud.client("lambda")
    control.put_function_concurrency(FunctionName=other, ReservedConcurrentExecutions=0)
    arn = start(cloud, function, {"do": "invoke", "function": other})
    until = time.monotonic() + 30
    while metric(cloud, other, "Throttles") < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "ChainedInvokeFailed" not in types(cloud, arn)
    control.delete_function_concurrency(FunctionName=other)
    assert ended(cloud, arn)["Result"] == "40"
    succeeded = event_of(cloud, arn, "ChainedInvokeSucceeded")
    assert succeeded["ChainedInvokeSucceededDetails"]["Result"]["Payload"] == "40"


def an_execution(name: str) -> Execution:
    config = {"ExecutionTimeout": 60, "RetentionPeriodInDays": 1}
    arn = f"arn:aws:lambda:us-east-1:1:function:f:1/durable-execution/{name}/x"
    return Execution(arn, name, "us-east-1", "f", "1", "arn", "{}", config, "")


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    begun: list[str] = []
    turns = Turns(lambda each: begun.append(each.name), 2)
    executions = [an_execution(name) for name in "abcde"]
    for each in executions:
        turns.ask(each)
    turns.ask(executions[3])
    assert begun == ["a", "b"]
    executions[2].status = "STOPPED"
    turns.done()
    assert begun == ["a", "b", "d"]
    turns.ask(executions[0])
    turns.done()
    turns.done()
    assert begun == ["a", "b", "d", "e", "a"]
    turns.ask(executions[1])
    turns.close()
    turns.done()
    assert begun == ["a", "b", "d", "e", "a"]


def test_a_pause_doubles_up_to_five_minutes() -> None:
    for before in range(200):
        least = min(FAILURE_S * 2**before, LONGEST_S)
        assert least <= pause_s(FAILURE_S, before) <= least * (1 + JITTER)
