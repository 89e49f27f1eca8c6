"""EventBridge's answers and refusals, each as recorded from AWS in the test of localstack's that is
named (2024 to 2026), or from the API reference (read 2026-11)."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud

from serverless_course.waiting import until

# A minute of a replay's waiting is a tenth of a second.
CLOCK_FACTOR = 600
PATTERN = '{"source": ["shop"]}'
QUEUE = "arn:aws:sqs:us-east-1:123456789012:somewhere"
OF_EVENTS = "arn:aws:events:us-east-1:123456789012:"


def refused(call: Any, **given: Any) -> tuple[str, str]:
    """The code and the text of a refusal."""
    with pytest.raises(ClientError) as refusal:
        call(**given)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def allow(sqs: Any, url: str, arn: str) -> None:
    """Let rules send to a queue."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})


@pytest.fixture
def rule(one_cloud: RunningCloud) -> str:
    name = f"answers-{secrets.token_hex(4)}"
    one_cloud.client("events").put_rule(Name=name, EventPattern=PATTERN)
    return name


def test_a_rule_that_is_not_there_is_told_with_its_bus(one_cloud: RunningCloud) -> None:
    """test_describe_nonexistent_rule, test_list_tags_for_deleted_rule."""
    events = one_cloud.client("events")
    bus = f"bus-{secrets.token_hex(4)}"
    events.create_event_bus(Name=bus)
    default = ("ResourceNotFoundException", "Rule nope does not exist on EventBus default.")
    for call in (events.describe_rule, events.enable_rule, events.disable_rule):
        assert refused(call, Name="nope") == default
    assert refused(events.list_targets_by_rule, Rule="nope") == default
    there = refused(events.list_tags_for_resource, ResourceARN=f"{OF_EVENTS}rule/{bus}/nope")
    assert there == (default[0], f"Rule nope does not exist on EventBus {bus}.")


def test_tags_of_a_bus_that_is_not_there(one_cloud: RunningCloud) -> None:
    """tests_tag_list_untag_not_existing_resource[not_existing_event_bus]."""
    events = one_cloud.client("events")
    arn = f"{OF_EVENTS}event-bus/nope"
    told = ("ResourceNotFoundException", "Event bus nope does not exist.")
    assert refused(events.list_tags_for_resource, ResourceARN=arn) == told
    assert refused(events.tag_resource, ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}]) == told
    assert refused(events.untag_resource, ResourceARN=arn, TagKeys=["a"]) == told


def test_a_bus_tells_description_and_times(one_cloud: RunningCloud) -> None:
    """test_create_list_describe_delete_custom_event_buses[True-regions0]."""
    events = one_cloud.client("events")
    bus = f"bus-{secrets.token_hex(4)}"
    assert events.create_event_bus(Name=bus, Description="test bus")["Description"] == "test bus"
    (listed,) = events.list_event_buses(NamePrefix=bus)["EventBuses"]
    assert listed["Description"] == "test bus"
    assert listed["CreationTime"] == listed["LastModifiedTime"]
    (default,) = events.list_event_buses(NamePrefix="default")["EventBuses"]
    assert "Description" not in default


def test_a_bus_with_rules_is_not_deleted_and_tags_are_of_one_resource(
    one_cloud: RunningCloud,
) -> None:
    """Public error reports of stacks (2024, 2025); rules of one name on two buses."""
    events = one_cloud.client("events")
    bus = f"bus-{secrets.token_hex(4)}"
    events.create_event_bus(Name=bus)
    arns = [
        events.put_rule(Name=bus, EventPattern=PATTERN, **more)["RuleArn"]
        for more in ({}, {"EventBusName": bus})
    ]
    events.tag_resource(ResourceARN=arns[1], Tags=[{"Key": "a", "Value": "b"}])
    tags = [events.list_tags_for_resource(ResourceARN=arn)["Tags"] for arn in arns]
    assert tags == [[], [{"Key": "a", "Value": "b"}]]
    events.untag_resource(ResourceARN=arns[1], TagKeys=["a"])
    assert events.list_tags_for_resource(ResourceARN=arns[1])["Tags"] == []
    assert refused(events.delete_event_bus, Name=bus) == (
        "ValidationException",
        "EventBus can't be deleted since it has rules.",
    )
    events.delete_rule(Name=bus, EventBusName=bus)
    events.delete_event_bus(Name=bus)


def test_members_of_a_bus_that_are_not_done_are_refused_by_name(one_cloud: RunningCloud) -> None:
    create = one_cloud.client("events").create_event_bus
    for name, value in (("KmsKeyIdentifier", "a"), ("DeadLetterConfig", {"Arn": QUEUE})):
        with pytest.raises(ClientError, match=f"does not offer {name} of CreateEventBus"):
            create(Name="refused", **{name: value})


def test_each_statement_of_a_bus_has_its_id(one_cloud: RunningCloud) -> None:
    """test_put_permission[custom]: two of one account, everybody as a star; a policy replaces."""
    events = one_cloud.client("events")
    bus = f"bus-{secrets.token_hex(4)}"
    arn = events.create_event_bus(Name=bus)["EventBusArn"]
    accounts = {"one": "123456789012", "two": "123456789012", "three": "*"}
    for sid, account in accounts.items():
        events.put_permission(
            EventBusName=bus, Action="events:PutEvents", Principal=account, StatementId=sid
        )
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    told = json.loads(events.describe_event_bus(Name=bus)["Policy"])["Statement"]
    assert told == [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": principal,
            "Action": "events:PutEvents",
            "Resource": arn,
        }
        for sid, principal in (("one", root), ("two", root), ("three", "*"))
    ]
    whole = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "whole",
                "Effect": "Allow",
                "Principal": root,
                "Action": "events:ListRules",
                "Resource": "*",
            }
        ],
    }
    events.put_permission(EventBusName=bus, Policy=json.dumps(whole))
    assert json.loads(events.describe_event_bus(Name=bus)["Policy"]) == whole


def test_a_permission_that_is_not_there(one_cloud: RunningCloud) -> None:
    """test_remove_permission_non_existing_sid[False-custom]."""
    events = one_cloud.client("events")
    bus = f"bus-{secrets.token_hex(4)}"
    events.create_event_bus(Name=bus)
    assert refused(events.remove_permission, EventBusName=bus, StatementId="x") == (
        "ResourceNotFoundException",
        "Statement with the provided id does not exist.",
    )


def test_ids_of_targets(one_cloud: RunningCloud, rule: str) -> None:
    """test_put_target_id_validation."""
    events = one_cloud.client("events")
    for wrong, said in (
        ("!@#$@!#$", r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+"),
        ("a" * 65, "Member must have length less than or equal to 64"),
    ):
        code, text = refused(events.put_targets, Rule=rule, Targets=[{"Id": wrong, "Arn": QUEUE}])
        assert code == "ValidationException"
        start = f"1 validation error detected: Value '{wrong}' at 'targets.1.member.id'"
        assert text == f"{start} failed to satisfy constraint: {said}"


def test_a_rule_has_five_targets_and_lists_them_in_pages(
    one_cloud: RunningCloud, rule: str
) -> None:
    """test_add_exceed_fife_targets_per_rule, test_list_target_by_rule_limit."""
    events = one_cloud.client("events")
    six = [{"Id": str(number), "Arn": QUEUE} for number in range(6)]
    limit = (
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
    assert refused(events.put_targets, Rule=rule, Targets=six) == limit
    events.put_targets(Rule=rule, Targets=six[:5])
    assert refused(events.put_targets, Rule=rule, Targets=six[5:]) == limit
    events.put_targets(Rule=rule, Targets=six[:1])
    first = events.list_targets_by_rule(Rule=rule, Limit=3)
    assert [each["Id"] for each in first["Targets"]] == ["0", "1", "2"]
    rest = events.list_targets_by_rule(Rule=rule, Limit=3, NextToken=first["NextToken"])
    assert [each["Id"] for each in rest["Targets"]] == ["3", "4"]


def test_entries_are_refused_one_by_one(one_cloud: RunningCloud) -> None:
    """test_put_event_malformed_detail, test_put_events_nonexistent_event_bus; a source of AWS's:
    User Guide, "Sending events with PutEvents" (read 2026-11)."""
    events = one_cloud.client("events")
    good = {"Source": "shop", "DetailType": "sold", "Detail": "{}"}
    malformed = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    answer = events.put_events(
        Entries=[
            good,
            {**good, "Detail": "[1]"},
            {**good, "Detail": '"text"'},
            {**good, "Detail": "{"},
            {**good, "EventBusName": "nope"},
            {**good, "Source": "aws.shop"},
        ]
    )
    sent, *wrong, nowhere, of_aws = answer["Entries"]
    assert wrong == [malformed] * 3
    assert "EventId" in sent
    assert "EventId" in nowhere
    assert of_aws["ErrorCode"] == "NotAuthorizedForSource"
    assert answer["FailedEntryCount"] == 4


def test_more_than_ten_entries_are_printed_in_the_refusal(one_cloud: RunningCloud) -> None:
    """test_put_events_exceed_limit_ten_entries[custom]."""
    entry = {"Source": "s", "DetailType": "t", "Detail": '{"a": "b"}', "EventBusName": "bus"}
    code, text = refused(one_cloud.client("events").put_events, Entries=[entry] * 11)
    one = (
        'PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, detail={"a": '
        '"b"}, eventBusName=bus, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)'
    )
    assert code == "ValidationException"
    assert text == (
        f"1 validation error detected: Value '[{', '.join([one] * 11)}]' at 'entries' failed to "
        "satisfy constraint: Member must have length less than or equal to 10"
    )


def test_entries_of_a_megabyte_are_too_much(one_cloud: RunningCloud) -> None:
    """test_put_event_with_too_big_detail; the limit: botocore's model, PutEvents (1.44)."""
    events = one_cloud.client("events")
    entry = {"Source": "shop", "DetailType": "sold", "Detail": json.dumps({"a": "x" * 524_000})}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
    assert refused(events.put_events, Entries=[entry, entry, entry])[0] == "ValidationException"


def test_a_replay_ends_after_it_starts(one_cloud: RunningCloud) -> None:
    """test_start_replay_error_invalid_end_time[0]: before anything else of it is looked at."""
    now = datetime.now(UTC)
    for end in (now, now - timedelta(hours=1)):
        assert refused(
            one_cloud.client("events").start_replay,
            ReplayName="late",
            EventSourceArn=f"{OF_EVENTS}archive/nope",
            EventStartTime=now,
            EventEndTime=end,
            Destination={"Arn": f"{OF_EVENTS}event-bus/default"},
        ) == (
            "ValidationException",
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before "
            "EventEndTime.",
        )


def archive(events: Any) -> tuple[str, str, str]:
    """A bus with an archive: its name, its ARN, the archive's ARN."""
    name = f"kept-{secrets.token_hex(4)}"
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    kept = events.create_archive(ArchiveName=name, EventSourceArn=bus)["ArchiveArn"]
    return name, bus, kept


def ended(events: Any, name: str) -> Any:
    """What is told of a replay that has ended."""
    return until(
        lambda: events.describe_replay(ReplayName=name),
        60,
        ends=lambda told: told["State"] in ("COMPLETED", "CANCELLED"),
    )


def test_a_replay_sends_what_lies_between_its_times_to_the_rules_it_names(
    one_cloud: RunningCloud,
) -> None:
    """test_start_list_describe_canceled_replay; an event counts 159 bytes: recorded as well
    (test_list_archive_with_events[True-custom])."""
    events, sqs = one_cloud.client("events"), one_cloud.client("sqs")
    name, bus, kept = archive(events)
    arns = []
    for queue in (f"{name}-named", f"{name}-other"):
        url = sqs.create_queue(QueueName=queue)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{queue}"
        allow(sqs, url, arn)
        rule = events.put_rule(Name=queue, EventBusName=name, EventPattern=PATTERN)["RuleArn"]
        events.put_targets(Rule=queue, EventBusName=name, Targets=[{"Id": "q", "Arn": arn}])
        arns.append((url, rule))
    detail = {"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}}
    now = datetime.now(UTC)
    entry = {"Source": "shop", "DetailType": "sold", "Detail": json.dumps(detail)}
    for time in (now - timedelta(hours=2), now):
        events.put_events(Entries=[{**entry, "EventBusName": name, "Time": time}])
    told = events.describe_archive(ArchiveName=name)
    assert (told["EventCount"], told["SizeBytes"]) == (2, 2 * (159 - 2 * 27 + len("shopsold")))
    started = events.start_replay(
        ReplayName=name,
        EventSourceArn=kept,
        EventStartTime=now - timedelta(hours=1),
        EventEndTime=now + timedelta(hours=1),
        Destination={"Arn": bus, "FilterArns": [arns[0][1]]},
    )
    assert started["State"] == "STARTING"
    done = ended(events, name)
    assert done["State"] == "COMPLETED"
    assert done["EventLastReplayedTime"].timestamp() == int(now.timestamp())
    counts = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        for url, _ in arns
    ]
    sent = [each["Attributes"]["ApproximateNumberOfMessages"] for each in counts]
    assert sent == ["3", "2"]


def test_a_replay_is_cancelled_before_it_is_done(one_cloud: RunningCloud) -> None:
    """test_start_list_describe_canceled_replay. One that was done sooner is refused."""
    events = one_cloud.client("events")
    name, bus, kept = archive(events)
    now = datetime.now(UTC)
    span = {"EventStartTime": now - timedelta(hours=1), "EventEndTime": now}
    for number in range(50):
        replay = f"{name}-{number}"
        events.start_replay(
            ReplayName=replay, EventSourceArn=kept, Destination={"Arn": bus}, **span
        )
        try:
            answer = events.cancel_replay(ReplayName=replay)
            break
        except events.exceptions.IllegalStatusException:
            continue
    assert answer["State"] == "CANCELLING"
    told = ended(events, replay)
    assert told["State"] == "CANCELLED"
    assert "EventLastReplayedTime" not in told
    assert refused(events.cancel_replay, ReplayName=replay)[0] == "IllegalStatusException"


def test_lists_of_replays_and_archives_come_in_pages(one_cloud: RunningCloud) -> None:
    """test_list_replay_with_limit, test_list_archive_error_unknown_source_arn."""
    events = one_cloud.client("events")
    name, bus, kept = archive(events)
    now = datetime.now(UTC)
    span = {"EventStartTime": now - timedelta(hours=1), "EventEndTime": now}
    for number in range(4):
        events.start_replay(
            ReplayName=f"{name}-{number}", EventSourceArn=kept, Destination={"Arn": bus}, **span
        )
    first = events.list_replays(NamePrefix=name, Limit=3)
    assert [each["ReplayName"][-1] for each in first["Replays"]] == ["0", "1", "2"]
    rest = events.list_replays(NamePrefix=name, Limit=3, NextToken=first["NextToken"])
    assert [each["ReplayName"][-1] for each in rest["Replays"]] == ["3"]
    assert "NextToken" not in rest
    ended(events, f"{name}-3")
    assert f"{name}-3" in {
        each["ReplayName"] for each in events.list_replays(State="COMPLETED")["Replays"]
    }
    assert refused(events.list_archives, EventSourceArn=f"{OF_EVENTS}event-bus/nope") == (
        "ResourceNotFoundException",
        "Event bus nope does not exist.",
    )


def test_an_event_to_be_tested_needs_its_members(one_cloud: RunningCloud) -> None:
    """test_plain_string_payload, test_array_event_payload, test_invalid_event_payload."""
    events = one_cloud.client("events")
    whole = dict.fromkeys(("id", "account", "source", "time", "region", "detail-type"), "x")
    assert events.test_event_pattern(Event=json.dumps(whole), EventPattern=PATTERN) is not None
    wrong: list[Any] = [
        "a text",
        [whole],
        *({name: "x" for name in whole if name != left} for left in whole),
    ]
    for event in ("no JSON", *map(json.dumps, wrong)):
        assert refused(events.test_event_pattern, Event=event, EventPattern=PATTERN) == (
            "ValidationException",
            "Parameter Event is not valid.",
        )


def assumed(iam: Any, action: str) -> str:
    """A role that EventBridge may assume, and that allows an action."""
    name = f"target-{secrets.token_hex(4)}"
    principal = {"Service": ["events.amazonaws.com", "firehose.amazonaws.com"]}
    trusting = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    allowing = {"Effect": "Allow", "Action": action, "Resource": "*"}
    trust, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (trusting, allowing)
    )
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    return str(arn)


def put_one(events: Any, rule: str, **target: Any) -> None:
    """Give a rule one target, and send it an event."""
    events.put_targets(Rule=rule, Targets=[{"Id": "one", **target}])
    entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"item": {"id": 7}}'}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_targets_that_no_event_would_reach_are_refused_by_name(
    one_cloud: RunningCloud, rule: str
) -> None:
    events = one_cloud.client("events")
    for arn, named in (
        ("arn:aws:ecs:us-east-1:123456789012:cluster/c", "ecs"),
        ("arn:aws:execute-api:us-east-1:123456789012:api/test/POST/a", "execute-api"),
        ("arn:aws:events:us-east-1:123456789012:api-destination/a/b", "an API destination"),
    ):
        with pytest.raises(ClientError, match=f"does not offer {named} as a target of PutTargets"):
            events.put_targets(Rule=rule, Targets=[{"Id": "one", "Arn": arn}])
    assert events.list_targets_by_rule(Rule=rule)["Targets"] == []


def test_a_stream_gets_the_partition_key_that_the_target_names(
    one_cloud: RunningCloud, rule: str
) -> None:
    """test_put_events_with_target_kinesis; API reference, KinesisParameters."""
    events, kinesis = one_cloud.client("events"), one_cloud.client("kinesis")
    kinesis.create_stream(StreamName=rule, ShardCount=1)
    arn = f"arn:aws:kinesis:us-east-1:123456789012:stream/{rule}"
    role = assumed(one_cloud.client("iam"), "kinesis:PutRecord")
    for path in ("$.detail-type", "$.detail.item.id"):
        put_one(events, rule, Arn=arn, RoleArn=role, KinesisParameters={"PartitionKeyPath": path})
    put_one(events, rule, Arn=arn, RoleArn=role)
    shard = kinesis.list_shards(StreamName=rule)["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(
        StreamName=rule, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    whole = json.loads(records[2]["Data"])
    assert [each["PartitionKey"] for each in records] == ["sold", "7", whole["id"]]


def test_a_delivery_stream_is_a_target(one_cloud: RunningCloud, rule: str) -> None:
    """test_put_events_with_target_firehose."""
    events, s3 = one_cloud.client("events"), one_cloud.client("s3")
    s3.create_bucket(Bucket=rule)
    role = assumed(one_cloud.client("iam"), "firehose:PutRecord")
    arn = one_cloud.client("firehose").create_delivery_stream(
        DeliveryStreamName=rule,
        S3DestinationConfiguration={"RoleARN": role, "BucketARN": f"arn:aws:s3:::{rule}"},
    )["DeliveryStreamARN"]
    with pytest.raises(ClientError, match="RoleArn is required for target"):
        events.put_targets(Rule=rule, Targets=[{"Id": "one", "Arn": arn}])
    put_one(events, rule, Arn=arn, RoleArn=role)
    (found,) = s3.list_objects_v2(Bucket=rule)["Contents"]
    body = s3.get_object(Bucket=rule, Key=found["Key"])["Body"].read()
    assert json.loads(body)["detail"] == {"item": {"id": 7}}


def test_what_a_target_does_not_get_goes_to_its_dead_letter_queue(
    one_cloud: RunningCloud, rule: str
) -> None:
    """EventBridge User Guide, "Using dead-letter queues to process undelivered events"."""
    events, sqs = one_cloud.client("events"), one_cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"{rule}-dead")["QueueUrl"]
    dead = f"arn:aws:sqs:us-east-1:123456789012:{rule}-dead"
    allow(sqs, url, dead)
    rule_arn = events.describe_rule(Name=rule)["Arn"]
    missing = "arn:aws:lambda:us-east-1:123456789012:function:nope"
    for arn in (missing, QUEUE):
        put_one(
            events,
            rule,
            Arn=arn,
            InputPath="$.detail.item",
            DeadLetterConfig={"Arn": dead},
        )
        (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        assert json.loads(message["Body"]) == {"id": 7}
        told = {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}
        assert told.pop("ERROR_MESSAGE")
        assert told == {"RULE_ARN": rule_arn, "TARGET_ARN": arn, "ERROR_CODE": "NO_RESOURCE"}
