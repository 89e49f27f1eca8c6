"""CloudWatch on a running cloud: what clients publish, what logs hold, alarms that act."""

from __future__ import annotations

import json
import secrets
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from async_targets import Queue, queue, topic
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, wait_for

SPEAKS = """
import json

def handler(event, context):
    print(json.dumps(event))
"""


def namespace() -> str:
    return f"Shop{secrets.token_hex(4)}"


def between() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(minutes=10), "EndTime": now + timedelta(minutes=2)}


def points(cloud: RunningCloud, space: str, metric: str, **more: Any) -> list[dict[str, Any]]:
    given = {"Period": 3600, "Statistics": ["Sum"], **between(), **more}
    answer = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=space, MetricName=metric, **given
    )
    found: list[dict[str, Any]] = answer["Datapoints"]
    return found


def put(cloud: RunningCloud, space: str, **datum: Any) -> None:
    cloud.client("cloudwatch").put_metric_data(
        Namespace=space, MetricData=[{"MetricName": "Latency", **datum}]
    )


def embedded(space: str, **more: Any) -> dict[str, Any]:
    directive = {
        "Namespace": space,
        "Dimensions": [["Service"]],
        "Metrics": [{"Name": "Orders", "Unit": "Count"}],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": about, "Service": "web", "Orders": [1, 2, 3], **more}


WEB = [{"Name": "Service", "Value": "web"}]


# what clients publish


def test_values_counts_and_statistic_sets_add_up(one_cloud: RunningCloud) -> None:
    space = namespace()
    put(one_cloud, space, Values=[10.0, 20.0], Counts=[3.0, 1.0])
    put(one_cloud, space, Value=40.0)
    statistics = ["SampleCount", "Sum", "Minimum", "Maximum"]
    (point,) = points(
        one_cloud, space, "Latency", Statistics=statistics, ExtendedStatistics=["p50", "p90"]
    )
    assert [point[each] for each in statistics] == [5, 90, 10, 40]
    assert point["ExtendedStatistics"] == {"p50": 10, "p90": 40}
    given = {"SampleCount": 5, "Sum": 10, "Minimum": 1, "Maximum": 3}
    put(one_cloud, space, StatisticValues=given)
    (point,) = points(
        one_cloud, space, "Latency", Statistics=statistics, ExtendedStatistics=["p50"]
    )
    assert [point[each] for each in statistics] == [10, 100, 1, 40]
    assert "ExtendedStatistics" not in point


def test_high_resolution_is_read_by_the_second(one_cloud: RunningCloud) -> None:
    space = namespace()
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=30)
    for second in range(3):
        at = start + timedelta(seconds=second)
        put(one_cloud, space, Value=float(second), StorageResolution=1, Timestamp=at)
    found = points(
        one_cloud,
        space,
        "Latency",
        Period=1,
        StartTime=start,
        EndTime=start + timedelta(seconds=3),
    )
    assert sorted((each["Timestamp"] - start).seconds for each in found) == [0, 1, 2]


def test_a_metric_is_its_dimensions_and_no_others(one_cloud: RunningCloud) -> None:
    space = namespace()
    put(one_cloud, space, Value=1.0, Dimensions=WEB)
    assert points(one_cloud, space, "Latency") == []
    assert len(points(one_cloud, space, "Latency", Dimensions=WEB)) == 1
    client = one_cloud.client("cloudwatch")
    by_name = client.list_metrics(Namespace=space, Dimensions=[{"Name": "Service"}])["Metrics"]
    assert by_name == [{"Namespace": space, "MetricName": "Latency", "Dimensions": WEB}]
    assert client.list_metrics(Namespace=space, RecentlyActive="PT3H")["Metrics"] == by_name
    other = [{"Name": "Service", "Value": "api"}]
    assert client.list_metrics(Namespace=space, Dimensions=other)["Metrics"] == []


@pytest.mark.parametrize("protocol", ["query", "json"])
def test_the_older_protocols_are_spoken_too(one_cloud: RunningCloud, protocol: str) -> None:
    """SDKs of before 2025 speak the query protocol; the model lists json beside it."""
    space = namespace()
    put(one_cloud, space, Value=1.0)
    if protocol == "query":
        body = urllib.parse.urlencode(
            {"Action": "ListMetrics", "Version": "2010-08-01", "Namespace": space}
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
    else:
        body = json.dumps({"Namespace": space})
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "GraniteServiceVersion20100801.ListMetrics",
        }
    request = AWSRequest("POST", f"{one_cloud.endpoint}/", headers, body.encode())
    keys = (one_cloud.ready["access_key_id"], one_cloud.ready["secret_access_key"])
    SigV4Auth(Credentials(*keys), "monitoring", "us-east-1").add_auth(request)
    prepared = request.prepare()
    answer = urllib.request.urlopen(
        urllib.request.Request(prepared.url, prepared.body, dict(prepared.headers), method="POST"),
        timeout=60,
    )
    assert b"Latency" in answer.read()
    # Recorded from AWS (localstack, test_multi_protocol_client_fixture, 2025).
    kinds = {"query": ("text/xml", "application/xml"), "json": ("application/x-amz-json-1.0",)}
    assert answer.headers["Content-Type"] in kinds[protocol]


def test_what_is_not_offered_is_refused_by_its_name(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("cloudwatch")
    with pytest.raises(ClientError, match=r"NotImplemented.*does not offer PutAnomalyDetector"):
        client.put_anomaly_detector(Namespace="N", MetricName="m", Stat="Sum")
    queries = [{"Id": "e1", "Expression": "SEARCH('a', 'Sum', 60)"}]
    with pytest.raises(ClientError, match="the function SEARCH is not offered"):
        client.get_metric_data(MetricDataQueries=queries, **between())


def test_queues_have_metrics(one_cloud: RunningCloud) -> None:
    """Recorded from AWS (localstack, test_aws_sqs_metrics_created and
    test_sqs_approximate_metrics, 2023)."""
    sqs, name = one_cloud.client("sqs"), f"metered-{time.time_ns()}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.receive_message(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="Hello")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    dimensions = [{"Name": "QueueName", "Value": name}]
    listed = one_cloud.client("cloudwatch").list_metrics(Dimensions=dimensions)["Metrics"]
    sums = {
        each["MetricName"]: points(one_cloud, "AWS/SQS", each["MetricName"], Dimensions=dimensions)
        for each in listed
    }
    assert {each: sums[each][0]["Sum"] for each in sums if "Approximate" not in each} == {
        "NumberOfEmptyReceives": 1.0,
        "NumberOfMessagesDeleted": 1.0,
        "NumberOfMessagesReceived": 1.0,
        "NumberOfMessagesSent": 1.0,
        "SentMessageSize": 5.0,
    }
    assert {each for each in sums if "Approximate" in each} == {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
    }


def test_a_composite_alarm_follows_set_alarm_state_at_once(one_cloud: RunningCloud) -> None:
    client, name = one_cloud.client("cloudwatch"), f"child-{time.time_ns()}"
    client.put_metric_alarm(
        AlarmName=name,
        Namespace="N",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    client.put_composite_alarm(AlarmName=f"{name}-both", AlarmRule=f'ALARM("{name}")')
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="tried")
    found = client.describe_alarms(AlarmNames=[f"{name}-both"], AlarmTypes=["CompositeAlarm"])
    (both,) = found["CompositeAlarms"]
    assert (both["StateValue"], f"{name} transitioned to ALARM at" in both["StateReason"]) == (
        "ALARM",
        True,
    )
    # Recorded from AWS without words (localstack, test_set_alarm_invalid_input, 2023).
    with pytest.raises(ClientError) as refused:
        client.set_alarm_state(AlarmName="nobody", StateValue="OK", StateReason="tried")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFound"
    assert not refused.value.response["Error"].get("Message")


# what logs hold


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_a_functions_embedded_metrics_are_there_to_be_read_at_once(
    one_cloud: RunningCloud, log_format: str
) -> None:
    space = namespace()
    name = one_cloud.create(SPEAKS, LoggingConfig={"LogFormat": log_format})
    one_cloud.call(name, embedded(space))
    (point,) = points(one_cloud, space, "Orders", Dimensions=WEB, Statistics=["Sum", "SampleCount"])
    assert (point["Sum"], point["SampleCount"], point["Unit"]) == (6, 3, "Count")


def test_log_events_of_clients_hold_metrics_too_and_faults_are_counted(
    one_cloud: RunningCloud,
) -> None:
    space = namespace()
    logs = one_cloud.client("logs")
    group = f"g-{secrets.token_hex(4)}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    good = json.dumps(embedded(space))
    for message in (good, good[:-1], json.dumps(embedded(space, Orders="many")), "plain"):
        event = {"timestamp": int(time.time() * 1000), "message": message}
        logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
    assert [each["Sum"] for each in points(one_cloud, space, "Orders", Dimensions=WEB)] == [6]
    of = [{"Name": "LogGroupName", "Value": group}]
    for metric in ("EMFParsingErrors", "EMFValidationErrors"):
        assert [each["Sum"] for each in points(one_cloud, "AWS/Logs", metric, Dimensions=of)] == [1]


def test_a_metric_filter_counts_the_events_that_match(one_cloud: RunningCloud) -> None:
    space = namespace()
    logs = one_cloud.client("logs")
    group = f"g-{secrets.token_hex(4)}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    given = {"metricName": "Slow", "metricNamespace": space, "metricValue": "$.ms"}
    for least in ("100", "200"):  # The second time the filter is replaced.
        logs.put_metric_filter(
            logGroupName=group,
            filterName="slow",
            filterPattern=f"{{ $.ms > {least} }}",
            metricTransformations=[given],
        )
    messages = [json.dumps({"ms": ms}) for ms in (50, 150, 300, 400)]
    events = [{"timestamp": int(time.time() * 1000), "message": each} for each in messages]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    (point,) = points(one_cloud, space, "Slow", Statistics=["Sum", "SampleCount"])
    assert (point["Sum"], point["SampleCount"]) == (700, 2)


# alarms


def alarm(cloud: RunningCloud, space: str, **more: Any) -> str:
    name = f"a-{secrets.token_hex(4)}"
    cloud.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": space,
            "MetricName": "Latency",
            "Statistic": "Average",
            "Period": 10,
            "EvaluationPeriods": 1,
            "Threshold": 100.0,
            "ComparisonOperator": "GreaterThanThreshold",
            **more,
        }
    )
    return name


def state(cloud: RunningCloud, name: str) -> str:
    described = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])
    return str(described["MetricAlarms"][0]["StateValue"])


def told(heard: Queue) -> dict[str, Any]:
    """The message of the next notification, with its subject."""
    body = heard.body()
    return {"Subject": body["Subject"], **json.loads(body["Message"])}


def test_an_alarm_tells_its_topic_when_it_goes_off_and_when_all_is_well(
    one_cloud: RunningCloud,
) -> None:
    space, heard = namespace(), queue(one_cloud)
    about = topic(one_cloud, heard)
    name = alarm(one_cloud, space, AlarmActions=[about], OKActions=[about])
    assert state(one_cloud, name) == "INSUFFICIENT_DATA"
    put(one_cloud, space, Value=500.0, StorageResolution=1)
    message = told(heard)
    assert message["Subject"] == f'ALARM: "{name}" in US East (N. Virginia)'
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["Trigger"]["MetricName"] == "Latency"
    put(one_cloud, space, Values=[0.0], Counts=[1000.0], StorageResolution=1)
    message = told(heard)
    assert (message["OldStateValue"], message["NewStateValue"]) == ("ALARM", "OK")
    history = one_cloud.client("cloudwatch").describe_alarm_history(
        AlarmName=name, ScanBy="TimestampAscending"
    )["AlarmHistoryItems"]
    assert [each["HistoryItemType"] for each in history] == [
        "ConfigurationUpdate",
        "StateUpdate",
        "Action",
        "StateUpdate",
        "Action",
    ]


def test_an_alarm_on_errors_of_a_function_goes_off_within_seconds(one_cloud: RunningCloud) -> None:
    function = one_cloud.create("def handler(event, context):\n    raise ValueError('no')\n")
    name = alarm(
        one_cloud,
        "AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        Statistic="Sum",
        Period=60,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    wait_for(lambda: state(one_cloud, name) == "OK", 20.0)
    one_cloud.call(function, {})
    wait_for(lambda: state(one_cloud, name) == "ALARM", 20.0)


def test_an_alarm_invokes_a_function_that_lets_it(one_cloud: RunningCloud) -> None:
    space, client = namespace(), one_cloud.client("cloudwatch")
    function = one_cloud.create(SPEAKS)
    found = one_cloud.client("lambda").get_function_configuration(FunctionName=function)
    name = alarm(one_cloud, space, AlarmActions=[found["FunctionArn"]])
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
    history = client.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    assert "Failed to execute action" in history["AlarmHistoryItems"][0]["HistorySummary"]
    one_cloud.client("lambda").add_permission(
        FunctionName=function,
        StatementId="alarm",
        Action="lambda:InvokeFunction",
        Principal="lambda.alarms.cloudwatch.amazonaws.com",
    )
    client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="it is over")
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="another drill")
    logs = one_cloud.client("logs")

    def events() -> list[dict[str, Any]]:
        try:
            group = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")
        except ClientError:
            return []
        return [json.loads(e["message"]) for e in group["events"] if e["message"].startswith("{")]

    wait_for(lambda: len(events()) == 1, 20.0)
    (event,) = events()
    assert event["source"] == "aws.cloudwatch"
    assert event["alarmData"]["alarmName"] == name
    assert event["alarmData"]["state"]["reason"] == "another drill"
    assert event["alarmData"]["previousState"]["value"] == "OK"


def test_event_bridge_hears_of_every_change_and_disabled_actions_are_still(
    one_cloud: RunningCloud,
) -> None:
    heard, silent = queue(one_cloud), queue(one_cloud)
    client, events = one_cloud.client("cloudwatch"), one_cloud.client("events")
    name = alarm(one_cloud, namespace(), AlarmActions=[topic(one_cloud, silent)])
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": [name]},
    }
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": heard.arn}])
    client.disable_alarm_actions(AlarmNames=[name])
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
    event = heard.body()
    assert event["detail"]["state"]["value"] == "ALARM"
    assert event["resources"][0].endswith(f":alarm:{name}")
    assert silent.receive(limit_s=0.5) == []
    client.enable_alarm_actions(AlarmNames=[name])
    client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
    assert told(silent)["NewStateReason"] == "a drill"


def test_composite_alarms_follow_and_tags_stay(one_cloud: RunningCloud) -> None:
    client, heard = one_cloud.client("cloudwatch"), queue(one_cloud)
    tags = [{"Key": "team", "Value": "a"}]
    one = alarm(one_cloud, namespace(), Tags=tags)
    both = f"{one}-both"
    client.put_composite_alarm(
        AlarmName=both,
        AlarmRule=f'ALARM("{one}") AND NOT FALSE',
        AlarmActions=[topic(one_cloud, heard)],
    )
    client.set_alarm_state(AlarmName=one, StateValue="ALARM", StateReason="a drill")
    message = told(heard)
    assert (message["AlarmName"], message["NewStateValue"]) == (both, "ALARM")
    described = client.describe_alarms(AlarmNamePrefix=one, AlarmTypes=["CompositeAlarm"])
    assert [each["AlarmName"] for each in described["CompositeAlarms"]] == [both]
    arn = client.describe_alarms(AlarmNames=[one])["MetricAlarms"][0]["AlarmArn"]
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    client.delete_alarms(AlarmNames=[one, both])
    every = client.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    left = [each["AlarmName"] for each in every["MetricAlarms"] + every["CompositeAlarms"]]
    assert not {one, both} & set(left)
