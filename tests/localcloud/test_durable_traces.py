"""The trace of a whole durable execution: all its invocations, and what they invoke, are in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from durable_programs import INVOKE, POLICY, package
from running_cloud import RunningCloud, own_launcher, running
from segment_tree import carrying_header, documents_of
from test_durable_functions import ended, event_of, history, start
from traced_roles import ACTIVE, new_trace, traced_role

OTHER = "def handler(event, context): return event['n'] * 10"
FUNCTION = "AWS::Lambda::Function"


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "60") as found:
        yield found


@pytest.fixture(scope="module")
def role(cloud: RunningCloud) -> str:
    arn = traced_role(cloud, "traced")
    for policy in (POLICY, INVOKE):
        cloud.client("iam").attach_role_policy(RoleName="traced", PolicyArn=policy)
    return arn


@pytest.fixture(scope="module")
def function(cloud: RunningCloud, role: str) -> str:
    name = cloud.create(
        "",
        Role=role,
        Code={"ZipFile": package()},
        TracingConfig=ACTIVE,
        DurableConfig={"ExecutionTimeout": 86_400},
    )
    return f"{name}:{cloud.client('lambda').publish_version(FunctionName=name)['Version']}"


def invocations(cloud: RunningCloud, arn: str) -> list[dict[str, Any]]:
    """What the history of an execution tells of each invocation."""
    return [
        each["InvocationCompletedDetails"]
        for each in history(cloud, arn)
        if each["EventType"] == "InvocationCompleted"
    ]


def segments(cloud: RunningCloud, trace_id: str, number: int) -> list[dict[str, Any]]:
    """The segments of functions in a trace, once there are so many, in the order of time."""
    until = time.monotonic() + 20
    while True:
        found = [
            each
            for each in documents_of(cloud.client("xray"), trace_id)
            if each.get("origin") == FUNCTION
        ]
        if len(found) >= number or time.monotonic() > until:
            assert len(found) == number, [each["name"] for each in found]
            return sorted(found, key=lambda each: float(each["start_time"]))
        time.sleep(0.1)


def of_execution(cloud: RunningCloud, arn: str, others: int = 0) -> list[dict[str, Any]]:
    """The segments in an execution's trace: one for each invocation that its history tells of.

    How many that are, only the history knows: waits that end together on a calm machine end
    apart on a busy one. ``others`` segments are of functions that it invoked.
    """
    events = history(cloud, arn)
    told = [e["InvocationCompletedDetails"] for e in events if "InvocationCompletedDetails" in e]
    assert len(told) >= 2
    root = header_of(cloud, arn)["Root"]
    found = segments(cloud, root, len(told) + others)
    parents = {each["parent_id"] for each in found}
    services = [e for e in documents_of(cloud.client("xray"), root) if e["id"] in parents]
    assert {each["RequestId"] for each in told} <= {e["aws"]["request_id"] for e in services}
    return found


def header_of(cloud: RunningCloud, arn: str) -> dict[str, str]:
    """The fields of the trace header that an execution says is its own."""
    found = cloud.client("lambda").get_durable_execution(DurableExecutionArn=arn)
    return dict(part.split("=", 1) for part in found["TraceHeader"]["XAmznTraceId"].split(";"))


def test_all_invocations_are_in_the_callers_trace(cloud: RunningCloud, function: str) -> None:
    root, header = new_trace()
    with carrying_header(cloud.client("lambda"), header):
        arn = start(cloud, function, {"do": "parallel"})
    assert ended(cloud, arn)["Status"] == "SUCCEEDED"
    assert header_of(cloud, arn)["Root"] == root
    found = of_execution(cloud, arn)
    # No two overlap, and none begins before what it waited for has happened.
    for before, after in pairwise(found):
        assert float(after["start_time"]) >= float(before["end_time"])
    waited = event_of(cloud, arn, "WaitSucceeded")["EventTimestamp"].timestamp()
    assert float(found[1]["start_time"]) >= waited


def test_whether_an_execution_is_sampled_is_decided_once(
    cloud: RunningCloud, function: str
) -> None:
    """X-Ray's default rule takes one request a second, and a few of the others."""
    arns = [start(cloud, function, {"do": "parallel"}) for _ in range(8)]
    assert {ended(cloud, arn)["Status"] for arn in arns} == {"SUCCEEDED"}
    decided = [header_of(cloud, arn)["Sampled"] for arn in arns]
    assert "1" in decided
    for arn, sampled in zip(arns, decided, strict=True):
        if sampled == "1":
            of_execution(cloud, arn)
        else:
            segments(cloud, header_of(cloud, arn)["Root"], 0)


def test_what_an_execution_invokes_is_in_its_trace(
    cloud: RunningCloud, function: str, role: str
) -> None:
    other = cloud.create(OTHER, Role=role, TracingConfig=ACTIVE)
    root, header = new_trace()
    with carrying_header(cloud.client("lambda"), header):
        arn = start(cloud, function, {"do": "invoke", "function": other})
    assert ended(cloud, arn)["Result"] == "40"
    assert header_of(cloud, arn)["Root"] == root
    names = [each["name"] for each in of_execution(cloud, arn, others=1)]
    assert names.count(other) == 1
    assert set(names) == {function.partition(":")[0], other}
