"""EventBridge Scheduler through boto3: its API, its targets, retries, dead letters and rights."""

from __future__ import annotations

import itertools
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import acting_as, allow, change, of_service, role
from running_cloud import RunningCloud, wait_for

CLOCK_FACTOR = 600
OFF = {"Mode": "OFF"}


def name() -> str:
    return f"s-{secrets.token_hex(4)}"


def refusal(call: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**given)
    told = refused.value.response["Error"]
    return told["Code"], told["Message"]


def queue(cloud: RunningCloud, **attributes: str) -> tuple[str, str]:
    """The URL and the ARN of a new queue."""
    client = cloud.client("sqs")
    end = ".fifo" if attributes else ""
    url = client.create_queue(QueueName=name() + end, Attributes=attributes)["QueueUrl"]
    given = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, given["Attributes"]["QueueArn"]


def received(cloud: RunningCloud, url: str, count: int = 1) -> list[dict[str, Any]]:
    """So many messages of a queue, or more."""
    found: list[dict[str, Any]] = []

    def enough() -> bool:
        found.extend(
            cloud.client("sqs")
            .receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            )
            .get("Messages", [])
        )
        return len(found) >= count

    wait_for(enough)
    return found


def own_role(cloud: RunningCloud, *statements: dict[str, Any]) -> str:
    return role(cloud, *(statements or (allow("*"),)), principal=of_service("scheduler"))


def put(cloud: RunningCloud, arn: str, **given: Any) -> str:
    """A schedule of a target; its name."""
    target = {"Arn": arn, "RoleArn": own_role(cloud), **given.pop("Target", {})}
    made = {"Name": name(), "ScheduleExpression": "rate(1 minute)", "FlexibleTimeWindow": OFF}
    cloud.client("scheduler").create_schedule(**{**made, **given}, Target=target)
    return str(given.get("Name") or made["Name"])


def test_a_schedule_is_shown_with_awss_defaults_and_replaced_by_an_update(
    one_cloud: RunningCloud,
) -> None:
    api = one_cloud.client("scheduler")
    _, arn = queue(one_cloud)
    own = put(one_cloud, arn, Description="first", State="DISABLED")
    shown = api.get_schedule(Name=own)
    assert shown["Arn"].endswith(f":schedule/default/{own}")
    assert shown["Target"]["RetryPolicy"] == {
        "MaximumEventAgeInSeconds": 86400,
        "MaximumRetryAttempts": 185,
    }
    assert (shown["ScheduleExpressionTimezone"], shown["ActionAfterCompletion"]) == ("UTC", "NONE")
    target = {name: shown["Target"][name] for name in ("Arn", "RoleArn")}
    api.update_schedule(
        Name=own, ScheduleExpression="rate(2 minute)", FlexibleTimeWindow=OFF, Target=target
    )
    after = api.get_schedule(Name=own)
    assert after["State"] == "ENABLED"
    assert "Description" not in after
    api.delete_schedule(Name=own)
    assert refusal(api.get_schedule, Name=own) == (
        "ResourceNotFoundException",
        f"Schedule {own} does not exist.",
    )


def test_groups_hold_schedules_and_tags_and_take_them_along(one_cloud: RunningCloud) -> None:
    api = one_cloud.client("scheduler")
    group = name()
    arn = api.create_schedule_group(Name=group, Tags=[{"Key": "a", "Value": "1"}])[
        "ScheduleGroupArn"
    ]
    api.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    api.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert api.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    _, target = queue(one_cloud)
    names = sorted(put(one_cloud, target, GroupName=group, State="DISABLED") for _ in range(3))
    pages = api.get_paginator("list_schedules").paginate(
        GroupName=group, PaginationConfig={"PageSize": 2}
    )
    assert [each["Name"] for page in pages for each in page["Schedules"]] == names
    assert refusal(api.create_schedule_group, Name=group)[0] == "ConflictException"
    api.delete_schedule_group(Name=group)
    assert refusal(api.list_schedules, GroupName=group)[0] == "ResourceNotFoundException"
    assert refusal(api.delete_schedule_group, Name="default")[0] == "ValidationException"


def test_a_client_token_makes_one_schedule_of_two_calls(one_cloud: RunningCloud) -> None:
    _, arn = queue(one_cloud)
    api, token = one_cloud.client("scheduler"), secrets.token_hex(8)
    given = {
        "Name": name(),
        "ScheduleExpression": "rate(1 hour)",
        "FlexibleTimeWindow": OFF,
        "Target": {"Arn": arn, "RoleArn": own_role(one_cloud)},
        "State": "DISABLED",
    }
    first = api.create_schedule(**given, ClientToken=token)["ScheduleArn"]
    assert api.create_schedule(**given, ClientToken=token)["ScheduleArn"] == first
    other = {**given, "State": "ENABLED"}
    assert refusal(api.create_schedule, **other, ClientToken=token)[0] == "ConflictException"
    assert refusal(api.create_schedule, **given) == (
        "ConflictException",
        f"Schedule {given['Name']} already exists.",
    )


def test_what_is_wrong_with_a_schedule_is_told(one_cloud: RunningCloud) -> None:
    _, arn = queue(one_cloud)
    _, fifo = queue(one_cloud, FifoQueue="true")
    trusted = own_role(one_cloud)
    api = one_cloud.client("scheduler")
    now = datetime.now(UTC)

    def told(**given: Any) -> str:
        target = {"Arn": arn, "RoleArn": trusted, **given.pop("Target", {})}
        made = {"Name": name(), "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF}
        code, message = refusal(api.create_schedule, **{**made, **given}, Target=target)
        assert code == "ValidationException"
        return message

    assert told(ScheduleExpression="cron(0 1 * * * *)") == (
        "Invalid Schedule Expression cron(0 1 * * * *)."
    )
    assert told(StartDate=now - timedelta(hours=1)).startswith("The StartDate you specify cannot")
    assert "EndDate" in told(EndDate=now - timedelta(hours=1))
    assert "Mars/Base" in told(ScheduleExpressionTimezone="Mars/Base")
    assert "MaximumWindowInMinutes" in told(FlexibleTimeWindow={"Mode": "FLEXIBLE"})
    assert told(Target={"RoleArn": role(one_cloud)}) == (
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    )
    assert told(Target={"Arn": "queue"}) == "Provided Arn is not in correct format."
    assert "MessageGroupId" in told(Target={"Arn": fifo})
    assert "target.deadLetterConfig.arn" in told(Target={"DeadLetterConfig": {"Arn": fifo}})
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/one"
    assert "KinesisParameters" in told(Target={"Arn": stream})
    reading = "arn:aws:scheduler:::aws-sdk:dynamodb:getItem"
    assert "only reads" in told(Target={"Arn": reading})
    assert "failed to satisfy" in told(Target={"RetryPolicy": {"MaximumRetryAttempts": 186}})


def test_other_services_are_refused_by_their_name(one_cloud: RunningCloud) -> None:
    api = one_cloud.client("scheduler")
    for arn in (
        "arn:aws:ecs:us-east-1:123456789012:cluster/a",
        "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
    ):
        code, message = refusal(
            api.create_schedule,
            Name=name(),
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow=OFF,
            Target={"Arn": arn, "RoleArn": own_role(one_cloud)},
        )
        assert code == "NotImplemented"
        assert arn.split(":")[2 if ":ecs:" in arn else 6] in message


def test_a_rate_fills_in_the_context_attributes_a_minute_apart(one_cloud: RunningCloud) -> None:
    url, arn = queue(one_cloud)
    text = (
        "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> "
        "<aws.scheduler.attempt-number> <aws.scheduler.execution-id>"
    )
    own = put(one_cloud, arn, ScheduleExpression="rate(10 minutes)", Target={"Input": text})
    messages = received(one_cloud, url, 3)
    one_cloud.client("scheduler").delete_schedule(Name=own)
    parts = [each["Body"].split() for each in messages]
    assert {part[0].rpartition("/")[2] for part in parts} == {own}
    assert {part[2] for part in parts} == {"1"}
    assert len({part[3] for part in parts}) == len(parts)
    moments = sorted(datetime.fromisoformat(part[1]) for part in parts)
    apart = {(b - a).total_seconds() % 600 for a, b in itertools.pairwise(moments)}
    assert apart <= {0.0, 1.0, 599.0}


def test_one_time_sends_the_notification_and_deletes_itself(
    one_cloud: RunningCloud,
) -> None:
    url, arn = queue(one_cloud)
    moment = datetime.now(UTC) + timedelta(minutes=5)
    own = put(
        one_cloud,
        arn,
        ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
        ActionAfterCompletion="DELETE",
    )
    (message,) = received(one_cloud, url)
    told = json.loads(message["Body"])
    assert told["source"] == "aws.scheduler"
    assert told["detail-type"] == "Scheduled Event"
    assert told["time"] == f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    assert told["resources"][0].endswith(own)
    api = one_cloud.client("scheduler")
    wait_for(lambda: own not in str(api.list_schedules()["Schedules"]))


def test_every_kind_of_target_is_reached(one_cloud: RunningCloud) -> None:
    url, arn = queue(one_cloud)
    fifo_url, fifo = queue(one_cloud, FifoQueue="true", ContentBasedDeduplication="true")
    sns, events = one_cloud.client("sns"), one_cloud.client("events")
    topic = sns.create_topic(Name=name())["TopicArn"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    document = {
        "Version": "2012-10-17",
        "Statement": [{**allow("sqs:SendMessage", arn), "Principal": "*"}],
    }
    one_cloud.client("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": json.dumps(document)}
    )
    rule = name()
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["own.app"]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn, "InputPath": "$.detail"}])
    bus = events.describe_event_bus()["Arn"]
    once = {"ScheduleExpression": "rate(1 day)"}
    put(one_cloud, topic, Target={"Input": '"topic"'}, **once)
    detail = {"DetailType": "t", "Source": "own.app"}
    put(one_cloud, bus, Target={"Input": '{"by": "bus"}', "EventBridgeParameters": detail}, **once)
    group = {"SqsParameters": {"MessageGroupId": "g"}}
    put(one_cloud, fifo, Target={"Input": "fifo", **group}, **once)
    sent = {"MessageBody": "universal <aws.scheduler.attempt-number>", "QueueUrl": url}
    universal = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    put(one_cloud, universal, Target={"Input": json.dumps(sent)}, **once)
    bodies = {each["Body"].replace(" ", "") for each in received(one_cloud, url, 3)}
    assert bodies == {'"topic"', '{"by":"bus"}', "universal1"}
    (in_order,) = received(one_cloud, fifo_url)
    assert in_order["Attributes"]["MessageGroupId"] == "g"

    function = one_cloud.create(
        "import boto3, os\ndef handler(event, context):\n    print('got', event['by'])\n"
    )
    arn = one_cloud.client("lambda").get_function(FunctionName=function)["Configuration"][
        "FunctionArn"
    ]
    put(one_cloud, arn, Target={"Input": '{"by": "lambda"}'}, **once)
    logs = one_cloud.client("logs")

    def logged() -> bool:
        try:
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        except ClientError:
            return False
        return any("got lambda" in each["message"] for each in found)

    wait_for(logged)
    kinesis, stream = one_cloud.client("kinesis"), name()
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    put(
        one_cloud,
        summary["StreamARN"],
        Target={"Input": "record", "KinesisParameters": {"PartitionKey": "k"}},
        **once,
    )
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    wait_for(
        lambda: (
            [each["Data"] for each in kinesis.get_records(ShardIterator=iterator)["Records"]]
            == [b"record"]
        )
    )


def test_a_target_that_fails_is_tried_again_then_a_dead_letter_tells(
    one_cloud: RunningCloud,
) -> None:
    dead_url, dead = queue(one_cloud)
    gone = dead.rpartition(":")[0] + ":" + name()
    group = name()
    one_cloud.client("scheduler").create_schedule_group(Name=group)
    own = put(
        one_cloud,
        gone,
        GroupName=group,
        ScheduleExpression="rate(1 day)",
        Target={
            "Input": "lost <aws.scheduler.attempt-number>",
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
            "DeadLetterConfig": {"Arn": dead},
        },
    )
    (letter,) = received(one_cloud, dead_url)
    told = {key: each["StringValue"] for key, each in letter["MessageAttributes"].items()}
    assert letter["Body"] == "lost 3"
    assert told["ERROR_CODE"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert told["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert (told["RETRY_ATTEMPTS"], told["IS_PAYLOAD_TRUNCATED"]) == ("2", "false")
    assert told["SCHEDULE_ARN"].endswith(f":schedule/{group}/{own}")
    assert told["TARGET_ARN"] == gone
    assert {"ERROR_MESSAGE", "EXECUTION_ID", "SCHEDULED_TIME"} <= set(told)
    now = datetime.now(UTC)

    def total(metric: str) -> float:
        found = one_cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Scheduler",
            MetricName=metric,
            Dimensions=[{"Name": "ScheduleGroup", "Value": group}],
            StartTime=now - timedelta(minutes=10),
            EndTime=now + timedelta(minutes=10),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(each["Sum"] for each in found["Datapoints"]))

    wait_for(lambda: total("InvocationsSentToDeadLetterCount") == 1)
    assert total("InvocationAttemptCount") == total("TargetErrorCount") == 3
    assert total("InvocationDroppedCount") == 1


def test_an_event_that_is_too_old_is_dropped_by_its_age(one_cloud: RunningCloud) -> None:
    dead_url, dead = queue(one_cloud)
    put(
        one_cloud,
        dead + "-gone",
        ScheduleExpression="rate(1 day)",
        Target={
            "RetryPolicy": {"MaximumEventAgeInSeconds": 60},
            "DeadLetterConfig": {"Arn": dead},
        },
    )
    (letter,) = received(one_cloud, dead_url)
    told = letter["MessageAttributes"]
    assert told["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumEventAgeInSeconds"
    assert int(told["RETRY_ATTEMPTS"]["StringValue"]) < 185


def test_the_roles_rights_and_trust_are_asked_at_each_attempt(one_cloud: RunningCloud) -> None:
    url, arn = queue(one_cloud)
    dead_url, dead = queue(one_cloud)
    poor = own_role(one_cloud, allow("sqs:SendMessage", dead))
    given = {
        "RoleArn": poor,
        "RetryPolicy": {"MaximumRetryAttempts": 0},
        "DeadLetterConfig": {"Arn": dead},
    }
    put(one_cloud, arn, ScheduleExpression="rate(1 day)", Target=given)
    (letter,) = received(one_cloud, dead_url)
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "AccessDenied"
    change(one_cloud, poor, allow("sqs:SendMessage"))
    put(one_cloud, arn, ScheduleExpression="rate(1 day)", Target=given)
    assert received(one_cloud, url)


def test_whoever_puts_a_schedule_passes_its_role(one_cloud: RunningCloud) -> None:
    _, arn = queue(one_cloud)
    passed = own_role(one_cloud)
    given = {
        "Name": name(),
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": OFF,
        "Target": {"Arn": arn, "RoleArn": passed},
    }
    without = acting_as(one_cloud, allow("scheduler:*")).client("scheduler")
    code, message = refusal(without.create_schedule, **given)
    assert code == "AccessDeniedException"
    assert "iam:PassRole" in message
    condition = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    caller = acting_as(
        one_cloud,
        allow("scheduler:CreateSchedule", "arn:aws:scheduler:*:*:schedule/default/*"),
        allow("iam:PassRole", passed, Condition=condition),
    ).client("scheduler")
    assert caller.create_schedule(**given)["ScheduleArn"].endswith(given["Name"])


def test_a_flexible_window_delays_and_a_disabled_schedule_rests(one_cloud: RunningCloud) -> None:
    url, arn = queue(one_cloud)
    put(one_cloud, arn, State="DISABLED", Target={"Input": "disabled"})
    put(
        one_cloud,
        arn,
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        Target={"Input": "<aws.scheduler.scheduled-time>"},
    )
    (message,) = received(one_cloud, url)
    assert message["Body"].endswith("Z")
