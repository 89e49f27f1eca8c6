"""What other services bring to functions, on a running server, with true events.

Sources: Lambda Developer Guide, "Invoking Lambda with events from other AWS services"; SNS, S3,
EventBridge, CloudWatch Logs and Secrets Manager guides (read 2026-11).
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from queue_policies import open_to
from roles import ACCOUNT, ARN, allow, of_service, role, writing_role
from running_cloud import RunningCloud, wait_for
from sinks import Sink

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ISO_MS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
TRACE = "Root=1-6b05ef06-ced2fa98d51378b022429449;Parent=463ac35c9f6413ad;Sampled=1"


@pytest.fixture
def sink(one_cloud: RunningCloud) -> Sink:
    return Sink(one_cloud)


def named(prefix: str) -> str:
    return f"{prefix}-{time.time_ns()}"


# SNS


@pytest.fixture
def topic(one_cloud: RunningCloud, sink: Sink) -> Iterator[str]:
    """A topic to which the function is subscribed, without leave to invoke it."""
    sns = one_cloud.client("sns")
    arn = sns.create_topic(Name=named("t"))["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=sink.arn)
    yield str(arn)
    sns.delete_topic(TopicArn=arn)


def test_a_published_message_is_an_event(one_cloud: RunningCloud, sink: Sink, topic: str) -> None:
    """Source: Lambda Developer Guide, "Using Lambda with Amazon SNS": its sample event."""
    sns = one_cloud.client("sns")
    sink.let_in("sns", topic)
    sent = sns.publish(
        TopicArn=topic,
        Message="hello",
        Subject="news",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "a"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x01\x02"},
        },
    )
    got = sink.got()[0]
    assert got["arn"] == sink.arn
    (record,) = got["event"]["Records"]
    subscription = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]
    assert record["EventSource"] == "aws:sns"
    assert record["EventVersion"] == "1.0"
    assert record["EventSubscriptionArn"] == subscription["SubscriptionArn"]
    message = record["Sns"]
    assert re.fullmatch(ISO_MS, message.pop("Timestamp"))
    assert message.pop("Signature")
    assert message.pop("SigningCertUrl").startswith("https://sns.us-east-1.amazonaws.com/")
    assert subscription["SubscriptionArn"] in message.pop("UnsubscribeUrl")
    assert message == {
        "Type": "Notification",
        "MessageId": sent["MessageId"],
        "TopicArn": topic,
        "Subject": "news",
        "Message": "hello",
        "SignatureVersion": "1",
        "MessageAttributes": {
            "kind": {"Type": "String", "Value": "a"},
            "raw": {"Type": "Binary", "Value": base64.b64encode(b"\x01\x02").decode()},
        },
    }


def test_without_leave_nothing_is_delivered(
    one_cloud: RunningCloud, sink: Sink, topic: str
) -> None:
    sns = one_cloud.client("sns")
    sns.publish(TopicArn=topic, Message="no leave")
    sink.let_in("sns", topic + "-another")
    sink.let_in("s3", topic)
    sns.publish(TopicArn=topic, Message="leave for another topic")
    sink.got_nothing()
    sink.let_in("sns", topic)
    sns.publish(TopicArn=topic, Message="yes")
    assert sink.event()["Records"][0]["Sns"]["Message"] == "yes"


def test_a_filter_policy_chooses(one_cloud: RunningCloud, sink: Sink, topic: str) -> None:
    sns = one_cloud.client("sns")
    sink.let_in("sns", topic)
    subscription = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]
    sns.set_subscription_attributes(
        SubscriptionArn=subscription["SubscriptionArn"],
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps({"kind": ["order"]}),
    )
    for kind in ("other", "order"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attributes)
    assert sink.event()["Records"][0]["Sns"]["Message"] == "order"
    sink.got_nothing(0.3)


def test_a_publisher_does_not_wait_for_the_function(one_cloud: RunningCloud) -> None:
    slow = Sink(one_cloud, sleep_s=2.0)
    sns = one_cloud.client("sns")
    arn = sns.create_topic(Name=named("t"))["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=slow.arn)
    slow.let_in("sns", arn)
    began = time.monotonic()
    sns.publish(TopicArn=arn, Message="x")
    assert time.monotonic() - began < 1.5
    slow.got()


def test_an_alias_has_a_policy_of_its_own(one_cloud: RunningCloud, sink: Sink) -> None:
    lam, sns = one_cloud.client("lambda"), one_cloud.client("sns")
    version = lam.publish_version(FunctionName=sink.name)["Version"]
    one_cloud.settle(sink.name)
    lam.create_alias(FunctionName=sink.name, Name="live", FunctionVersion=version)
    wait_for(
        lambda: (
            lam.get_function(FunctionName=sink.name, Qualifier="live")["Configuration"]["State"]
            == "Active"
        )
    )
    arn = sns.create_topic(Name=named("t"))["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=f"{sink.arn}:live")
    sink.let_in("sns", arn)
    sns.publish(TopicArn=arn, Message="not to the alias")
    sink.got_nothing(0.5)
    sink.let_in("sns", arn, Qualifier="live")
    sns.publish(TopicArn=arn, Message="to the alias")
    assert sink.got()[0]["arn"] == f"{sink.arn}:live"


# S3


def configuration(sink: Sink, **more: Any) -> dict[str, Any]:
    events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
    function = {"Id": "mine", "LambdaFunctionArn": sink.arn, "Events": events, **more}
    return {"LambdaFunctionConfigurations": [function]}


def watched_bucket(cloud: RunningCloud, sink: Sink, **more: Any) -> str:
    name = named("b")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=name)
    sink.let_in("s3", f"arn:aws:s3:::{name}", SourceAccount=ACCOUNT)
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration=configuration(sink, **more)
    )
    return name


def test_a_new_object_is_an_event(one_cloud: RunningCloud, sink: Sink) -> None:
    """Source: S3 User Guide, "Event message structure" (read 2026-11)."""
    bucket = watched_bucket(one_cloud, sink)
    s3 = one_cloud.client("s3")
    key = "in/red flower+é.jpg"
    etag = s3.put_object(Bucket=bucket, Key=key, Body=b"123")["ETag"].strip('"')
    (record,) = sink.event()["Records"]
    assert record["eventVersion"] == "2.1"
    assert (record["eventSource"], record["awsRegion"]) == ("aws:s3", "us-east-1")
    assert record["eventName"] == "ObjectCreated:Put"
    assert re.fullmatch(ISO_MS, record["eventTime"])
    assert record["userIdentity"]["principalId"].startswith("AWS:AIDA")
    assert record["requestParameters"] == {"sourceIPAddress": "127.0.0.1"}
    assert set(record["responseElements"]) == {"x-amz-request-id", "x-amz-id-2"}
    found = record["s3"]
    assert (found["s3SchemaVersion"], found["configurationId"]) == ("1.0", "mine")
    assert found["bucket"]["name"] == bucket
    assert found["bucket"]["arn"] == f"arn:aws:s3:::{bucket}"
    thing = found["object"]
    first = thing.pop("sequencer")
    assert thing == {"key": "in/red+flower%2B%C3%A9.jpg", "size": 3, "eTag": etag}
    s3.delete_object(Bucket=bucket, Key=key)
    (record,) = sink.event()["Records"]
    assert record["eventName"] == "ObjectRemoved:Delete"
    thing = record["s3"]["object"]
    assert int(thing.pop("sequencer"), 16) > int(first, 16)
    assert thing == {"key": "in/red+flower%2B%C3%A9.jpg"}


def test_copies_and_parts_and_versions(one_cloud: RunningCloud, sink: Sink) -> None:
    bucket = watched_bucket(one_cloud, sink)
    s3 = one_cloud.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["VersionId"]
    assert sink.event()["Records"][0]["s3"]["object"]["versionId"] == version
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
    assert sink.event()["Records"][0]["eventName"] == "ObjectCreated:Copy"
    upload = s3.create_multipart_upload(Bucket=bucket, Key="c")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="c", UploadId=upload, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="c",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert sink.event()["Records"][0]["eventName"] == "ObjectCreated:CompleteMultipartUpload"
    marker = s3.delete_object(Bucket=bucket, Key="a")["VersionId"]
    (record,) = sink.event()["Records"]
    assert record["eventName"] == "ObjectRemoved:DeleteMarkerCreated"
    assert record["s3"]["object"]["versionId"] == marker


def test_prefix_and_suffix_choose(one_cloud: RunningCloud, sink: Sink) -> None:
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".txt"}]
    bucket = watched_bucket(one_cloud, sink, Filter={"Key": {"FilterRules": rules}})
    for key in ("out/a.txt", "in/a.jpg", "in/a.txt"):
        one_cloud.client("s3").put_object(Bucket=bucket, Key=key)
    assert sink.event()["Records"][0]["s3"]["object"]["key"] == "in/a.txt"
    sink.got_nothing(0.3)


def test_a_bucket_is_not_configured_for_a_function_that_does_not_let_it_in(
    one_cloud: RunningCloud, sink: Sink
) -> None:
    s3 = one_cloud.client("s3")
    bucket = named("b")
    s3.create_bucket(Bucket=bucket)
    sink.let_in("s3", "arn:aws:s3:::another-bucket")
    nobody = {"LambdaFunctionArn": ARN.format("lambda", "function:nobody")}
    for more in ({}, nobody):
        with pytest.raises(ClientError) as refused:
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration=configuration(sink, **more)
            )
        error = refused.value.response["Error"]
        assert error["Code"] == "InvalidArgument"
        assert error["Message"] == ("Unable to validate the following destination configurations")
    assert "LambdaFunctionConfigurations" not in s3.get_bucket_notification_configuration(
        Bucket=bucket
    )


def test_objects_reach_queues_and_the_event_bus_too(one_cloud: RunningCloud, sink: Sink) -> None:
    """Source: S3 User Guide, "Using EventBridge" (read 2026-11)."""
    s3, sqs = one_cloud.client("s3"), one_cloud.client("sqs")
    bucket = named("b")
    s3.create_bucket(Bucket=bucket)
    queue = sqs.create_queue(QueueName=named("q"))["QueueUrl"]
    queue_arn = ARN.format("sqs", queue.rpartition("/")[2])
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "EventBridgeConfiguration": {},
            "QueueConfigurations": [{"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}],
        },
    )
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}
    rule(one_cloud, sink, named("r"), EventPattern=json.dumps(pattern))
    s3.put_object(Bucket=bucket, Key="a b", Body=b"123")
    event = sink.event()
    assert (event["detail-type"], event["resources"]) == (
        "Object Created",
        [f"arn:aws:s3:::{bucket}"],
    )
    detail = event["detail"]
    assert detail["object"]["key"] == "a b"
    assert detail["object"]["size"] == 3
    assert (detail["reason"], detail["requester"]) == ("PutObject", ACCOUNT)
    bodies = [
        json.loads(message["Body"])
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    ]
    assert [body.get("Event") or body["Records"][0]["eventName"] for body in bodies] == [
        "s3:TestEvent",
        "ObjectCreated:Put",
    ]


# EventBridge


def rule(
    cloud: RunningCloud, sink: Sink, name: str, *targets: dict[str, Any], **settings: Any
) -> str:
    """A rule with the function as a target, and leave for it; its ARN."""
    events = cloud.client("events")
    arn = events.put_rule(Name=name, **settings)["RuleArn"]
    events.put_targets(Rule=name, Targets=targets or [{"Id": "1", "Arn": sink.arn}])
    sink.let_in("events", arn)
    return str(arn)


def sold(source: str, **detail: Any) -> dict[str, Any]:
    return {"Source": source, "DetailType": "sold", "Detail": json.dumps(detail)}


def test_an_event_that_matches_reaches_the_function(one_cloud: RunningCloud, sink: Sink) -> None:
    """Source: EventBridge User Guide, "Event structure" (read 2026-11)."""
    source = named("shop")
    pattern = {"source": [source], "detail": {"price": [{"numeric": [">", 10]}]}}
    rule(one_cloud, sink, named("r"), EventPattern=json.dumps(pattern))
    events = one_cloud.client("events")
    answer = events.put_events(
        Entries=[{**sold(source, price=20), "Resources": ["arn:aws:x"]}, sold(source, price=1)]
    )
    assert answer["FailedEntryCount"] == 0
    event = sink.event()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event.pop("time"))
    assert event == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "sold",
        "source": source,
        "account": ACCOUNT,
        "region": "us-east-1",
        "resources": ["arn:aws:x"],
        "detail": {"price": 20},
    }
    sink.got_nothing(0.3)


def test_a_target_gets_the_input_that_it_was_given(one_cloud: RunningCloud, sink: Sink) -> None:
    source = named("shop")
    transformer = {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '"<n> sold"'}
    rule(
        one_cloud,
        sink,
        named("r"),
        {"Id": "1", "Arn": sink.arn, "Input": '{"fixed": 1}'},
        {"Id": "2", "Arn": sink.arn, "InputPath": "$.detail"},
        {"Id": "3", "Arn": sink.arn, "InputTransformer": transformer},
        EventPattern=json.dumps({"source": [source]}),
    )
    one_cloud.client("events").put_events(Entries=[sold(source, n=3)])
    found = [got["event"] for got in sink.got(3)]
    for expected in ({"fixed": 1}, {"n": 3}, "3 sold"):
        assert expected in found


def test_disabled_rules_and_refused_ones_deliver_nothing(
    one_cloud: RunningCloud, sink: Sink
) -> None:
    events = one_cloud.client("events")
    source, name, no_leave = named("shop"), named("r"), named("n")
    pattern = json.dumps({"source": [source]})
    rule(one_cloud, sink, name, EventPattern=pattern)
    events.disable_rule(Name=name)
    events.put_rule(Name=no_leave, EventPattern=pattern)
    events.put_targets(Rule=no_leave, Targets=[{"Id": "1", "Arn": sink.arn}])
    assert events.put_events(Entries=[sold(source)])["FailedEntryCount"] == 0
    sink.got_nothing(0.5)
    events.enable_rule(Name=name)
    events.put_events(Entries=[sold(source)])
    assert sink.event()["source"] == source


def test_other_targets_and_what_fails_alone(one_cloud: RunningCloud, sink: Sink) -> None:
    sqs, sns, kinesis, states = (
        one_cloud.client(name) for name in ("sqs", "sns", "kinesis", "stepfunctions")
    )
    source, stream = named("shop"), named("s")
    queue = sqs.create_queue(QueueName=named("q"), Attributes={"Policy": open_to("events")})[
        "QueueUrl"
    ]
    for_topics = {"Policy": open_to("events", action="sns:Publish")}
    topic = sns.create_topic(Name=named("t"), Attributes=for_topics)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=sink.arn)
    sink.let_in("sns", topic)
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    machine = states.create_state_machine(
        name=named("m"),
        roleArn=role(one_cloud, principal=of_service("states")),
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
    )["stateMachineArn"]
    reaching = role(
        one_cloud,
        allow(["kinesis:PutRecord", "states:StartExecution"]),
        principal=of_service("events"),
    )
    targets = [
        {"Id": "0", "Arn": ARN.format("sqs", "no-such-queue")},
        {"Id": "1", "Arn": ARN.format("sqs", queue.rpartition("/")[2])},
        {"Id": "2", "Arn": topic},
        {"Id": "3", "Arn": ARN.format("kinesis", f"stream/{stream}"), "RoleArn": reaching},
        {"Id": "4", "Arn": machine, "RoleArn": reaching},
        {"Id": "5", "Arn": sink.arn, "Input": '"direct"'},
    ]
    # A rule has five targets at most.
    for some in (targets[:5], targets[5:]):
        rule(one_cloud, sink, named("r"), *some, EventPattern=json.dumps({"source": [source]}))
    one_cloud.client("events").put_events(Entries=[sold(source, n=1)])
    found = [got["event"] for got in sink.got(2)]
    assert "direct" in found
    published = next(event for event in found if event != "direct")
    assert json.loads(published["Records"][0]["Sns"]["Message"])["source"] == source
    body = sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"]
    assert json.loads(body)["account"] == ACCOUNT
    shard = kinesis.get_shard_iterator(
        StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (record,) = kinesis.get_records(ShardIterator=shard)["Records"]
    assert json.loads(record["Data"])["detail"] == {"n": 1}
    wait_for(lambda: states.list_executions(stateMachineArn=machine)["executions"])


# schedules


@pytest.mark.measures
def test_a_schedule_fires_on_the_scaled_clock(one_cloud: RunningCloud, sink: Sink) -> None:
    """At clock factor 60 a rule of every minute fires every second."""
    assert one_cloud.ready["clock_factor"] == 60
    name = named("r")
    events = one_cloud.client("events")
    arn = rule(one_cloud, sink, name, ScheduleExpression="rate(1 minute)")
    began = time.monotonic()
    first, second = (got["event"] for got in sink.got(2))
    assert 1.5 < time.monotonic() - began < 4.0
    events.disable_rule(Name=name)
    assert first.pop("id") != second["id"]
    at = [event["time"] for event in (first, second)]
    moments = [time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) for text in at]
    # On a busy machine a firing may be left out; it is never made up for.
    minutes = (moments[1] - moments[0]) / 60
    assert minutes == pytest.approx(max(1, round(minutes)), abs=1 / 60)
    del first["time"]
    assert first == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "region": "us-east-1",
        "resources": [arn],
        "detail": {},
    }
    time.sleep(0.5)
    sink._received(9, 0.3)
    sink.got_nothing(1.5)


def test_a_cron_rule_fires_too_and_an_event_does_not_set_it_off(
    one_cloud: RunningCloud, sink: Sink
) -> None:
    name = named("r")
    events = one_cloud.client("events")
    rule(one_cloud, sink, name, ScheduleExpression="cron(0/5 * * * ? *)")
    events.put_events(Entries=[sold("shop")])
    event = sink.event()
    events.disable_rule(Name=name)
    assert event["source"] == "aws.events"
    assert re.fullmatch(r".*T\d\d:\d[05]:00Z", event["time"])


def test_a_schedule_that_is_none_is_refused(one_cloud: RunningCloud) -> None:
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid"):
        one_cloud.client("events").put_rule(Name="no", ScheduleExpression="cron(61 * * * ? *)")


# CloudWatch Logs


def test_log_events_that_match_reach_the_function(one_cloud: RunningCloud, sink: Sink) -> None:
    """Source: Lambda Developer Guide, "Using Lambda with CloudWatch Logs" (read 2026-11)."""
    logs = one_cloud.client("logs")
    group = named("/app")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    subscription = {
        "logGroupName": group,
        "filterName": "errors",
        "filterPattern": '{ $.level = "ERROR" }',
        "destinationArn": sink.arn,
    }
    with pytest.raises(ClientError, match="Could not execute the lambda function"):
        logs.put_subscription_filter(**subscription)
    sink.let_in("logs", ARN.format("logs", f"log-group:{group}:*"))
    logs.put_subscription_filter(**subscription)
    now = int(time.time() * 1000)
    messages = ['{"level": "INFO"}', '{"level": "ERROR", "n": 1}', "plain"]
    logs.put_log_events(
        logGroupName=group,
        logStreamName="s",
        logEvents=[{"timestamp": now, "message": message} for message in messages],
    )
    data = sink.event()["awslogs"]["data"]
    found = json.loads(gzip.decompress(base64.b64decode(data)))
    (event,) = found.pop("logEvents")
    assert re.fullmatch(r"\d{56}", event["id"])
    assert (event["timestamp"], event["message"]) == (now, messages[1])
    assert found == {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": group,
        "logStream": "s",
        "subscriptionFilters": ["errors"],
    }


def test_a_functions_log_reaches_another_function(one_cloud: RunningCloud, sink: Sink) -> None:
    logs = one_cloud.client("logs")
    name = one_cloud.create("def handler(event, context): print('look here')\n")
    group = f"/aws/lambda/{name}"
    logs.create_log_group(logGroupName=group)
    sink.let_in("logs", ARN.format("logs", f"log-group:{group}:*"))
    logs.put_subscription_filter(
        logGroupName=group, filterName="f", filterPattern="look", destinationArn=sink.arn
    )
    one_cloud.call(name)
    found = json.loads(gzip.decompress(base64.b64decode(sink.event()["awslogs"]["data"])))
    assert [event["message"] for event in found["logEvents"]] == ["look here\n"]


# Secrets Manager

ROTATION = """
import time

import boto3

secrets = boto3.client("secretsmanager")

def handler(event, context):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    assert "AWSPENDING" in stages[token], stages
    time.sleep(0.3)
    if step == "createSecret":
        try:
            secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
        except secrets.exceptions.ResourceNotFoundException:
            secrets.put_secret_value(SecretId=arn, ClientRequestToken=token,
                                     SecretString="new", VersionStages=["AWSPENDING"])
    if step == "testSecret":
        found = secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
        if found["SecretString"] == "broken" or "broken" in context.function_name:
            raise ValueError("it does not work")
    if step == "finishSecret":
        current = next(v for v, s in stages.items() if "AWSCURRENT" in s)
        secrets.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT",
                                            MoveToVersionId=token, RemoveFromVersionId=current)
"""


def rotation_function(cloud: RunningCloud, name: str) -> str:
    may = allow("secretsmanager:*")
    cloud.create(ROTATION, name=name, Role=writing_role(cloud, may))
    return ARN.format("lambda", f"function:{name}")


def test_a_secret_is_rotated_by_its_function(one_cloud: RunningCloud) -> None:
    """Source: Secrets Manager User Guide, "Lambda rotation functions" (read 2026-11)."""
    manager = one_cloud.client("secretsmanager")
    arn = rotation_function(one_cloud, named("rotation"))
    manager.create_secret(Name="db-password", SecretString="old")
    with pytest.raises(ClientError, match="cannot invoke the specified Lambda function"):
        manager.rotate_secret(SecretId="db-password", RotationLambdaARN=arn)
    one_cloud.client("lambda").add_permission(
        FunctionName=arn,
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    manager.rotate_secret(SecretId="db-password", RotationLambdaARN=arn)

    def value() -> str:
        return str(manager.get_secret_value(SecretId="db-password")["SecretString"])

    assert value() == "old"
    wait_for(lambda: value() == "new", 10)
    previous = manager.get_secret_value(SecretId="db-password", VersionStage="AWSPREVIOUS")
    assert previous["SecretString"] == "old"
    manager.rotate_secret(SecretId="db-password")
    wait_for(
        lambda: (
            manager.get_secret_value(SecretId="db-password")["VersionId"]
            not in (previous["VersionId"],)
        )
    )


def test_a_rotation_that_fails_leaves_the_secret_as_it_was(one_cloud: RunningCloud) -> None:
    manager = one_cloud.client("secretsmanager")
    name = named("broken")
    arn = rotation_function(one_cloud, name)
    one_cloud.client("lambda").add_permission(
        FunctionName=arn,
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    manager.create_secret(Name=name, SecretString="old")
    manager.rotate_secret(SecretId=name, RotationLambdaARN=arn)
    logs = one_cloud.client("logs")
    group = f"/aws/lambda/{name}"
    wait_for(lambda: logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"], 10)
    wait_for(
        lambda: logs.filter_log_events(logGroupName=group, filterPattern="ValueError")["events"], 10
    )
    assert manager.get_secret_value(SecretId=name)["SecretString"] == "old"


# traces


def test_the_trace_goes_on_from_service_to_service(one_cloud: RunningCloud, sink: Sink) -> None:
    """A request's trace header reaches the function that it sets off, and messages in queues.

    Sources: Lambda Developer Guide, "recursive loop detection"; SQS Developer Guide, message
    system attributes (read 2026-11).
    """
    sns, sqs = one_cloud.client("sns"), one_cloud.client("sqs")
    topic = sns.create_topic(Name=named("t"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=sink.arn)
    queue = sqs.create_queue(QueueName=named("q"), Attributes={"Policy": open_to("sns")})[
        "QueueUrl"
    ]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=ARN.format("sqs", queue.rpartition("/")[2])
    )
    sink.let_in("sns", topic)
    bucket, source = watched_bucket(one_cloud, sink), named("shop")
    rule(one_cloud, sink, named("r"), EventPattern=json.dumps({"source": [source]}))
    sender = one_cloud.create(
        """
import boto3, json

def handler(event, context):
    for service, operation, parameters in event:
        getattr(boto3.client(service), operation)(**parameters)
""",
        Role=writing_role(one_cloud, allow("*")),
    )
    steps = [
        ["sns", "publish", {"TopicArn": topic, "Message": "x"}],
        ["s3", "put_object", {"Bucket": bucket, "Key": "k", "Body": "x"}],
        ["events", "put_events", {"Entries": [sold(source)]}],
        ["sqs", "send_message", {"QueueUrl": queue, "MessageBody": "direct"}],
        [
            "sqs",
            "send_message_batch",
            {"QueueUrl": queue, "Entries": [{"Id": "1", "MessageBody": "batch"}]},
        ],
    ]
    root = "1-6b05ef06-ced2fa98d51378b022429449"
    lam = one_cloud.client("lambda")

    def add(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["X-Amzn-Trace-Id"] = TRACE

    lam.meta.events.register("before-call.lambda.Invoke", add)
    try:
        assert one_cloud.call(sender, steps).error == ""
    finally:
        lam.meta.events.unregister("before-call.lambda.Invoke", add)
    for got in sink.got(3):
        assert f"Root={root}" in got["trace"], got
    found = sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["AWSTraceHeader"]
    )["Messages"]
    assert len(found) == 3
    for message in found:
        assert f"Root={root}" in message["Attributes"]["AWSTraceHeader"]


def test_a_call_without_a_trace_leaves_none(one_cloud: RunningCloud) -> None:
    sqs = one_cloud.client("sqs")
    queue = sqs.create_queue(QueueName=named("q"))["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    message = sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["All"])["Messages"][
        0
    ]
    assert "AWSTraceHeader" not in message["Attributes"]
