"""Lambda's metrics on a running cloud: each in a situation that makes it, with its dimensions.

Sources: Lambda Developer Guide, "Types of metrics for Lambda functions", "Using CloudWatch
metrics with Lambda", "Monitoring concurrency" (read 2026-11).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from async_targets import FAILS, able_role, on_failure, queue, send
from botocore.exceptions import ClientError
from mapped import Mapped
from running_cloud import RunningCloud, own_launcher, running, wait_for

ACTS = """
import time
def handler(event, context):
    time.sleep(event.get("sleep", 0))
    if event.get("fail"):
        raise ValueError("on purpose")
    return context.function_version
"""
ALL = ["SampleCount", "Sum", "Average", "Minimum", "Maximum"]


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def between() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(minutes=30), "EndTime": now + timedelta(minutes=2)}


def figures(cloud: RunningCloud, metric: str, **dimensions: str) -> dict[str, Any]:
    """The statistics of a metric over the last half hour; empty when there are no data points."""
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Period=3600,
        Statistics=ALL,
        **between(),
    )
    points = answer["Datapoints"]
    assert len(points) <= 1
    return dict(points[0]) if points else {}


def total(cloud: RunningCloud, metric: str, **dimensions: str) -> float | None:
    found = figures(cloud, metric, **dimensions)
    return float(found["Sum"]) if found else None


def test_an_invocation_counts_once_and_an_error_is_a_one_among_zeros(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    calls = [cloud.call(name, {"fail": n == 3}) for n in range(5)]
    assert total(cloud, "Invocations", FunctionName=name) == 5
    errors = figures(cloud, "Errors", FunctionName=name)
    assert (errors["Sum"], errors["SampleCount"], errors["Unit"]) == (1, 5, "Count")
    throttles = figures(cloud, "Throttles", FunctionName=name)
    assert (throttles["Sum"], throttles["SampleCount"]) == (0, 5)
    duration = figures(cloud, "Duration", FunctionName=name)
    assert duration["Unit"] == "Milliseconds"
    longest = max(each.figure("Duration") or 0.0 for each in calls)
    assert duration["Maximum"] == pytest.approx(longest, abs=1e-9)
    assert duration["SampleCount"] == 5


def test_percentiles_of_durations_are_those_of_the_reports(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    reported = sorted(cloud.call(name, {}).figure("Duration") or 0.0 for _ in range(10))
    (point,) = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Duration",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        Period=3600,
        ExtendedStatistics=["p50", "p90", "p100", "tm90"],
        **between(),
    )["Datapoints"]
    found = point["ExtendedStatistics"]
    assert found["p50"] == pytest.approx(reported[4], abs=1e-9)
    assert found["p90"] == pytest.approx(reported[8], abs=1e-9)
    assert found["p100"] == pytest.approx(reported[9], abs=1e-9)
    assert found["tm90"] == pytest.approx(sum(reported[:9]) / 9, abs=1e-9)


def test_resources_tell_apart_how_a_function_was_called(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    lambda_ = cloud.client("lambda")
    one = lambda_.publish_version(FunctionName=name)["Version"]
    cloud.configure(name, Description="another")
    two = lambda_.publish_version(FunctionName=name)["Version"]
    cloud.settle(name)
    lambda_.create_alias(
        FunctionName=name,
        Name="live",
        FunctionVersion=one,
        RoutingConfig={"AdditionalVersionWeights": {two: 0.5}},
    )
    ran = [cloud.call(name, {}, Qualifier="live").payload for _ in range(12)]
    cloud.call(name, {}, Qualifier=one)
    cloud.call(name, {})
    assert total(cloud, "Invocations", FunctionName=name) == 14
    for resource, number in ((name, 1), (f"{name}:{one}", 1), (f"{name}:live", 12)):
        assert total(cloud, "Invocations", FunctionName=name, Resource=resource) == number
    for version in (one, two):
        found = total(
            cloud,
            "Invocations",
            FunctionName=name,
            Resource=f"{name}:live",
            ExecutedVersion=version,
        )
        assert (found or 0) == ran.count(version)
    listed = cloud.client("cloudwatch").list_metrics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
    )["Metrics"]
    sets = [{each["Name"]: each["Value"] for each in metric["Dimensions"]} for metric in listed]
    # ExecutedVersion stands only beside an alias.
    assert {each["Resource"] for each in sets if "ExecutedVersion" in each} == {f"{name}:live"}


def test_all_functions_together_have_no_dimension(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    before = total(cloud, "Invocations") or 0
    cloud.call(name, {})
    assert total(cloud, "Invocations") == before + 1


def test_a_throttled_request_is_a_throttle_and_no_invocation(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=0
    )
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        cloud.call(name, {})
    assert total(cloud, "Throttles", FunctionName=name) == 1
    assert total(cloud, "Invocations", FunctionName=name) is None
    assert total(cloud, "Errors", FunctionName=name) is None


def test_concurrent_executions_reach_what_ran_at_once(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: cloud.call(name, {"sleep": 1.0}), range(3)))
    assert figures(cloud, "ConcurrentExecutions", FunctionName=name)["Maximum"] == 3
    assert figures(cloud, "ConcurrentExecutions")["Maximum"] >= 3
    unreserved = figures(cloud, "UnreservedConcurrentExecutions")["Maximum"]
    assert unreserved >= 3
    # ClaimedAccountConcurrency: unreserved, and what is reserved or provisioned.
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=40
    )
    cloud.call(cloud.create(ACTS), {})
    assert figures(cloud, "ClaimedAccountConcurrency")["Maximum"] >= 41


def test_provisioned_concurrency_has_its_own_metrics_and_tells_what_spilled_over(
    cloud: RunningCloud,
) -> None:
    name = cloud.create(ACTS)
    lambda_ = cloud.client("lambda")
    version = lambda_.publish_version(FunctionName=name)["Version"]
    given = {"FunctionName": name, "Qualifier": version}
    lambda_.put_provisioned_concurrency_config(**given, ProvisionedConcurrentExecutions=1)
    wait_for(lambda: lambda_.get_provisioned_concurrency_config(**given)["Status"] == "READY", 15.0)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: cloud.call(name, {"sleep": 1.0}, Qualifier=version), range(2)))
    of = {"FunctionName": name, "Resource": f"{name}:{version}"}
    assert total(cloud, "ProvisionedConcurrencyInvocations", **of) == 1
    assert total(cloud, "ProvisionedConcurrencySpilloverInvocations", **of) == 1
    assert figures(cloud, "ProvisionedConcurrentExecutions", **of)["Maximum"] == 1
    assert figures(cloud, "ProvisionedConcurrencyUtilization", **of)["Maximum"] == 1
    assert total(cloud, "Invocations", **of) == 2


def test_asynchronous_events_are_received_grow_old_and_are_dropped(cloud: RunningCloud) -> None:
    name = cloud.create(FAILS, Role=able_role(cloud))
    cloud.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=1
    )
    send(cloud, name, {"n": 1})
    wait_for(lambda: total(cloud, "AsyncEventsDropped", FunctionName=name) == 1, 15.0)
    assert total(cloud, "AsyncEventsReceived", FunctionName=name) == 1
    assert total(cloud, "Invocations", FunctionName=name) == 2
    age = figures(cloud, "AsyncEventAge", FunctionName=name)
    assert age["SampleCount"] == 2
    assert age["Unit"] == "Milliseconds"
    # The retry comes a minute later, on the scaled clock.
    assert age["Maximum"] >= 60_000


def test_deliveries_that_fail_are_told(cloud: RunningCloud) -> None:
    dead, records = queue(cloud), queue(cloud)
    role = able_role(cloud)
    name = cloud.create(FAILS, Role=role, DeadLetterConfig={"TargetArn": dead.arn})
    on_failure(cloud, name, records.arn, MaximumRetryAttempts=0)
    for each in (dead, records):
        cloud.client("sqs").delete_queue(QueueUrl=each.url)
    send(cloud, name, {"n": 1})
    for metric in ("DeadLetterErrors", "DestinationDeliveryFailures"):
        wait_for(lambda metric=metric: total(cloud, metric, FunctionName=name) == 1, 15.0)


def test_a_recursive_loop_that_is_stopped_is_told(cloud: RunningCloud) -> None:
    name = cloud.create(
        """
import json
import boto3

def handler(event, context):
    client = boto3.client('lambda')
    client.invoke(FunctionName=context.function_name, InvocationType='Event', Payload=b'{}')
""",
        Role=able_role(cloud),
    )
    send(cloud, name, {})
    wait_for(lambda: total(cloud, "RecursiveInvocationsDropped", FunctionName=name) == 1, 30.0)
    assert total(cloud, "Invocations", FunctionName=name) == 16


def test_a_streams_batches_tell_how_old_their_last_record_is(cloud: RunningCloud) -> None:
    kinesis = cloud.client("kinesis")
    stream = f"s-{secrets.token_hex(4)}"
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    wait_for(
        lambda: (
            kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"][
                "StreamStatus"
            ]
            == "ACTIVE"
        ),
        10.0,
    )
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    mapped = Mapped(cloud)
    kinesis.put_record(StreamName=stream, Data=b"{}", PartitionKey="a")
    mapped.map(arn, StartingPosition="TRIM_HORIZON")
    wait_for(lambda: figures(cloud, "IteratorAge", FunctionName=mapped.function) != {}, 20.0)
    age = figures(cloud, "IteratorAge", FunctionName=mapped.function)
    assert (age["SampleCount"], age["Unit"]) == (1, "Milliseconds")
    assert 0 <= age["Maximum"] < 120_000
    cloud.client("lambda").delete_event_source_mapping(UUID=mapped.mappings[0])


def test_the_error_rate_is_metric_math_of_two_metrics(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    for n in range(4):
        cloud.call(name, {"fail": n == 0})
    dimension = [{"Name": "FunctionName", "Value": name}]

    def of(metric: str) -> dict[str, Any]:
        about = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimension}
        return {"Metric": about, "Period": 3600, "Stat": "Sum"}

    (result,) = cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": "errors", "MetricStat": of("Errors"), "ReturnData": False},
            {"Id": "calls", "MetricStat": of("Invocations"), "ReturnData": False},
            {"Id": "rate", "Expression": "100 * errors / calls", "Label": "Error rate (%)"},
        ],
        **between(),
    )["MetricDataResults"]
    assert (result["Id"], result["Label"]) == ("rate", "Error rate (%)")
    assert result["Values"] == [25.0]


def test_awss_command_line_gives_what_boto3_gives(cloud: RunningCloud) -> None:
    name = cloud.create(ACTS)
    for _ in range(3):
        cloud.call(name, {})
    span = between()
    asked = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "Dimensions": [{"Name": "FunctionName", "Value": name}],
        "Period": 3600,
        "Statistics": ["Sum", "SampleCount"],
        "ExtendedStatistics": ["p90"],
    }
    (by_boto3,) = cloud.client("cloudwatch").get_metric_statistics(**asked, **span)["Datapoints"]
    environ = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": str(cloud.ready["access_key_id"]),
        "AWS_SECRET_ACCESS_KEY": str(cloud.ready["secret_access_key"]),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": cloud.endpoint,
    }
    command = [sys.executable, "-m", "awscli", "cloudwatch", "get-metric-statistics"]
    times = {"StartTime": span["StartTime"].isoformat(), "EndTime": span["EndTime"].isoformat()}
    done = subprocess.run(
        [*command, "--cli-input-json", json.dumps({**asked, **times})],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (by_cli,) = json.loads(done.stdout)["Datapoints"]
    for member in ("Sum", "SampleCount", "ExtendedStatistics", "Unit"):
        assert by_cli[member] == by_boto3[member]
