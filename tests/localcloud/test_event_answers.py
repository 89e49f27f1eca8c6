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

PATTERN = '{"source": ["shop"]}'
QUEUE = "arn:aws:sqs:us-east-1:123456789012:somewhere"
OF_EVENTS = "arn:aws:events:us-east-1:123456789012:"


def refused(call: Any, **given: Any) -> tuple[str, str]:
    """The code and the text of a refusal."""
    with pytest.raises(ClientError) as refusal:
        call(**given)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


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
