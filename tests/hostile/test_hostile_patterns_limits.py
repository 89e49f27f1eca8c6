"""Work that a request can make long has a limit.

Sources: Step Functions Developer Guide, "Service quotas" and "Intrinsic functions"; CloudWatch API
Reference, GetMetricData; DynamoDB Developer Guide, "Quotas"; EventBridge API Reference, PutRule
(all read 2026-11). The patience with users' regular expressions is ours.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from roles import of_service, role
from running_cloud import RunningCloud

from serverless_course.localcloud.logs.regular_expression import RegularExpression
from serverless_course.localcloud.stepfunctions import execution_limits

EVIL = "(a|aa)+$"


def test_many_texts_do_not_take_a_second_each() -> None:
    expression = RegularExpression(EVIL)
    started = time.perf_counter()
    for _ in range(500):
        assert expression.search_patiently("a" * 60 + "b") is None
    assert time.perf_counter() - started < 10
    assert RegularExpression("a+b").search_patiently("aab") is not None


def ended(states: Any, definition: dict[str, Any], given: str, limit_s: float) -> dict[str, Any]:
    made = states.create_state_machine(
        name=f"m{time.monotonic_ns()}", definition=json.dumps(definition), roleArn=given
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=made)["executionArn"]
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.2)
    raise AssertionError("the execution goes on")


@pytest.mark.parametrize("call", ["1, 4000000000, 1", "0, 1001, 1", "1, 10, 0"])
def test_a_range_is_counted_before_it_is_made(one_cloud: RunningCloud, call: str) -> None:
    states = one_cloud.client("stepfunctions")
    given = role(one_cloud, principal=of_service("states"))
    definition = {
        "StartAt": "P",
        "States": {
            "P": {
                "Type": "Pass",
                "Parameters": {"r.$": f"States.ArrayRange({call})"},
                "End": True,
            }
        },
    }
    found = ended(states, definition, given, 20)
    assert found["status"] == "FAILED"


def test_a_range_may_go_down_and_hold_a_thousand() -> None:
    class Stack(list[Any]):
        """An interpreter's stack."""

    for given, expected in (
        ([1, 9, 2], [1, 3, 5, 7, 9]),
        ([9, 1, -4], [9, 5, 1]),
        ([1, 1000, 1], list(range(1, 1001))),
    ):
        env = SimpleNamespace(stack=Stack())
        arguments = SimpleNamespace(eval=lambda env, given=given: env.stack.append(given))
        execution_limits._bounded(None)(SimpleNamespace(argument_list=arguments), env)
        assert env.stack == [expected]


@pytest.mark.measures
def test_an_execution_ends_at_its_history(one_cloud: RunningCloud) -> None:
    """A loop without a wait: 25,000 events, and then it has failed."""
    states = one_cloud.client("stepfunctions")
    given = role(one_cloud, principal=of_service("states"))
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}},
    }
    found = ended(states, definition, given, 300)
    assert found["status"] == "FAILED"
    assert found["error"] == "States.Runtime"
    assert "25000" in found["cause"]


def test_a_range_of_metrics_has_a_limit(one_cloud: RunningCloud) -> None:
    cloudwatch = one_cloud.client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Sold", "Value": 1}])
    metric = {
        "Id": "m",
        "MetricStat": {
            "Metric": {"Namespace": "Shop", "MetricName": "Sold"},
            "Period": 60,
            "Stat": "Sum",
        },
        "ReturnData": False,
    }
    started = time.perf_counter()
    for expression in ("FILL(m, 0)", "[FILL(m, 0), FILL(m, 1)]", "m + TIME_SERIES(1)"):
        with pytest.raises(cloudwatch.exceptions.ClientError, match=r"periods|not offered"):
            cloudwatch.get_metric_data(
                MetricDataQueries=[metric, {"Id": "e", "Expression": expression}],
                StartTime=datetime(1971, 1, 1, tzinfo=UTC),
                EndTime=datetime(9000, 1, 1, tzinfo=UTC),
            )
    assert time.perf_counter() - started < 5
    plain = {**metric, "ReturnData": True}
    found = cloudwatch.get_metric_data(
        MetricDataQueries=[plain],
        StartTime=datetime(2020, 1, 1, tzinfo=UTC),
        EndTime=datetime(9000, 1, 1, tzinfo=UTC),
    )
    assert found["MetricDataResults"][0]["Values"] == [1.0]


def test_expressions_and_patterns_have_a_length(one_cloud: RunningCloud) -> None:
    dynamodb, events = one_cloud.client("dynamodb"), one_cloud.client("events")
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    started = time.perf_counter()
    update = {
        "TableName": "t",
        "Key": {"id": {"S": "1"}},
        "UpdateExpression": "SET a" + " " * 200_000 + "b",
    }
    with pytest.raises(dynamodb.exceptions.ClientError, match="exceeded the maximum allowed size"):
        dynamodb.update_item(**update)
    with pytest.raises(dynamodb.exceptions.ClientError, match="exceeded the maximum allowed size"):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}])
    pattern = json.dumps({"source": ["x" * 5_000]})
    with pytest.raises(events.exceptions.ClientError, match="less than or equal to 4096"):
        events.put_rule(Name="long", EventPattern=pattern)
    assert time.perf_counter() - started < 5
