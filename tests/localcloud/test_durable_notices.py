"""What EventBridge and CloudWatch are told of durable executions."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from async_targets import queue
from durable_programs import make_counts, make_durable
from running_cloud import RunningCloud, own_launcher, running, wait_for
from test_durable_functions import ended, start

PATTERN = {"source": ["aws.lambda"], "detail-type": ["Durable Execution Status Change"]}
MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "60") as found:
        make_counts(found)
        yield found


def listen(cloud: RunningCloud, **detail: Any) -> Any:
    """A queue that gets the events of executions, from now on."""
    out, rule, events = queue(cloud), f"r-{secrets.token_hex(4)}", cloud.client("events")
    pattern = PATTERN | ({"detail": detail} if detail else {})
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": out.arn}])
    return out


def bodies(out: Any, number: int) -> list[dict[str, Any]]:
    found = [json.loads(each["Body"]) for each in out.receive(number, 20.0)]
    assert len(found) == number
    return sorted(found, key=lambda each: bool(each["detail"].get("endTimestamp")))


def region_metric(cloud: RunningCloud, name: str, statistic: str) -> list[float]:
    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=60,
        Statistics=[statistic],
    )
    return [each[statistic] for each in found["Datapoints"]]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"do": "child"}, "SUCCEEDED"),
        ({"do": "fails"}, "FAILED"),
        ({"do": "long"}, "TIMED_OUT"),
        ({"do": "long"}, "STOPPED"),
    ],
)
def test_each_change_of_status_is_an_event(
    cloud: RunningCloud, event: dict[str, Any], status: str
) -> None:
    function = make_durable(cloud, timeout_s=60 if status == "TIMED_OUT" else 3600)
    name, _, version = function.partition(":")
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    out = listen(cloud, functionArn=[{"prefix": arn}])
    execution = start(cloud, function, event, DurableExecutionName="order-1")
    if status == "STOPPED":
        cloud.client("lambda").stop_durable_execution(DurableExecutionArn=execution)
    assert ended(cloud, execution)["Status"] == status
    began, over = bodies(out, 2)
    for each in (began, over):
        assert each["source"] == "aws.lambda"
        assert each["detail-type"] == "Durable Execution Status Change"
        assert each["resources"] == []
        assert each["region"] == "us-east-1"
    common = {
        "durableExecutionArn": execution,
        "durableExecutionName": "order-1",
        "functionArn": f"{arn}:{version}",
        "startTimestamp": began["detail"]["startTimestamp"],
    }
    assert began["detail"] == {**common, "status": "RUNNING"}
    at = over["detail"]["endTimestamp"]
    assert over["detail"] == {**common, "status": status, "endTimestamp": at}
    assert MILLISECONDS.fullmatch(at)
    assert MILLISECONDS.fullmatch(common["startTimestamp"])
    assert at >= common["startTimestamp"]
    # In whole seconds, as EventBridge has it.
    assert began["time"] == common["startTimestamp"][:19] + "Z"
    assert over["time"] == at[:19] + "Z"


def test_a_rule_sees_only_the_statuses_it_asks_for(cloud: RunningCloud) -> None:
    function = make_durable(cloud)
    name = function.partition(":")[0]
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    out = listen(cloud, functionArn=[{"prefix": arn}], status=["FAILED"])
    good, bad = start(cloud, function, {"do": "child"}), start(cloud, function, {"do": "fails"})
    assert ended(cloud, good)["Status"] == "SUCCEEDED"
    assert ended(cloud, bad)["Status"] == "FAILED"
    (found,) = bodies(out, 1)
    assert found["detail"]["durableExecutionArn"] == bad
    assert out.receive(1, limit_s=1.0) == []


def test_the_number_of_running_executions_is_the_accounts(cloud: RunningCloud) -> None:
    function = make_durable(cloud, timeout_s=86400)
    running_now = "ApproximateRunningDurableExecutions"
    arns = [start(cloud, function, {"do": "long"}) for _ in range(3)]
    wait_for(lambda: max(region_metric(cloud, running_now, "Maximum"), default=0) == 3)
    (used,) = {max(region_metric(cloud, f"{running_now}Utilization", "Maximum"))}
    assert used == pytest.approx(100 * 3 / 5_000_000)
    client = cloud.client("lambda")
    for arn in arns:
        client.stop_durable_execution(DurableExecutionArn=arn)
    wait_for(lambda: min(region_metric(cloud, running_now, "Minimum")) == 0)
    listed = cloud.client("cloudwatch").list_metrics(MetricName=running_now)["Metrics"]
    assert [each["Dimensions"] for each in listed] == [[]]
