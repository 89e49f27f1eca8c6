"""FilterLogEvents, GetLogEvents, DescribeLogStreams and TestMetricFilter, as a client sees them.

Source: Amazon CloudWatch Logs API Reference of the four (botocore's model, read 2026-11).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from running_cloud import RunningCloud

NOW = int(time.time() * 1000) - 60_000


@dataclass(frozen=True)
class Group:
    """A log group with streams a, b and c, and a client."""

    logs: Any
    name: str
    arn: str

    def filtered(self, **given: Any) -> list[str]:
        """The messages that FilterLogEvents gives, over all its pages."""
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.name, **given
        )
        return [event["message"] for page in pages for event in page["events"]]


@pytest.fixture(scope="module")
def group(one_cloud: RunningCloud) -> Iterator[Group]:
    logs = one_cloud.client("logs")
    name = f"/search/{secrets.token_hex(4)}"
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=7)
    for offset, stream in enumerate(("a", "b", "b-empty", "c")):
        logs.create_log_stream(logGroupName=name, logStreamName=stream)
        if stream == "b-empty":
            continue
        events = [
            {"timestamp": NOW + 10 * number + offset, "message": f"{stream}{number} n={number % 3}"}
            for number in range(10)
        ]
        logs.put_log_events(logGroupName=name, logStreamName=stream, logEvents=events)
    (described,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    yield Group(logs, name, described["logGroupArn"])
    logs.delete_log_group(logGroupName=name)


def test_events_of_several_streams_are_interleaved_by_time(group: Group) -> None:
    found = group.filtered()
    assert found[:5] == ["a0 n=0", "b0 n=0", "c0 n=0", "a1 n=1", "b1 n=1"]
    assert len(found) == 30
    assert group.filtered(startFromHead=False) == found[::-1]


@pytest.mark.parametrize("limit", [1, 7, 30, 31])
def test_pages_hold_each_event_once(group: Group, limit: int) -> None:
    assert group.filtered(PaginationConfig={"PageSize": limit}) == group.filtered()
    backward = group.filtered(PaginationConfig={"PageSize": limit}, startFromHead=False)
    assert backward == group.filtered()[::-1]


def test_streams_times_and_patterns_choose(group: Group) -> None:
    assert group.filtered(logStreamNames=["c", "a"])[:3] == ["a0 n=0", "c0 n=0", "a1 n=1"]
    assert len(group.filtered(logStreamNamePrefix="b")) == 10
    between = group.filtered(startTime=NOW + 10, endTime=NOW + 20)
    assert between == ["a1 n=1", "b1 n=1", "c1 n=1", "a2 n=2"], "both ends belong to it"
    assert group.filtered(filterPattern='"n=2" -b2 -c2 -a2') == [
        *("a5 n=2", "b5 n=2", "c5 n=2", "a8 n=2", "b8 n=2", "c8 n=2"),
    ]
    page = group.logs.filter_log_events(logGroupIdentifier=group.arn, limit=1)
    assert page["searchedLogStreams"] == []
    assert set(page["events"][0]) == {
        *("eventId", "ingestionTime", "logStreamName", "message", "timestamp"),
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"filterPattern": "n=2"}, "Invalid character(s) in term '='"),
        ({"logStreamNames": ["a"], "logStreamNamePrefix": "a"}, "cannot be used together"),
        ({"nextToken": "nonsense"}, "nextToken is invalid"),
        ({"limit": 10_001}, "less than or equal to 10000"),
    ],
)
def test_a_search_that_cannot_be(group: Group, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException") as refused:
        group.logs.filter_log_events(logGroupName=group.name, **given)
    assert message in str(refused.value)


def test_a_group_that_is_not_there(group: Group) -> None:
    for call in (group.logs.filter_log_events, group.logs.describe_log_streams):
        with pytest.raises(group.logs.exceptions.ResourceNotFoundException, match="log group"):
            call(logGroupName="/search/nowhere")


def test_a_stream_is_read_forward_until_the_token_stays(group: Group) -> None:
    given = {"logGroupName": group.name, "logStreamName": "a", "limit": 4}
    page = group.logs.get_log_events(**given, startFromHead=True)
    found, token = [], ""
    while page["nextForwardToken"] != token:
        found += [event["message"][:2] for event in page["events"]]
        token = page["nextForwardToken"]
        page = group.logs.get_log_events(**given, nextToken=token)
    assert found == [f"a{number}" for number in range(10)]
    assert page["events"] == []
    back = group.logs.get_log_events(**given, nextToken=page["nextBackwardToken"])
    assert [event["message"][:2] for event in back["events"]] == ["a5", "a6", "a7", "a8"]


def test_a_stream_is_read_backward_from_its_end(group: Group) -> None:
    given = {"logGroupName": group.name, "logStreamName": "a", "limit": 4}
    pages, token = [], ""
    page = group.logs.get_log_events(**given)
    while page["nextBackwardToken"] != token:
        pages.append([event["message"][:2] for event in page["events"]])
        token = page["nextBackwardToken"]
        page = group.logs.get_log_events(**given, nextToken=token)
    assert pages[:3] == [["a6", "a7", "a8", "a9"], ["a2", "a3", "a4", "a5"], ["a0", "a1"]]


def test_the_end_of_a_streams_time_range_is_left_out(group: Group) -> None:
    page = group.logs.get_log_events(
        logGroupIdentifier=group.arn,
        logStreamName="a",
        startTime=NOW + 10,
        endTime=NOW + 30,
        startFromHead=True,
    )
    assert [event["message"] for event in page["events"]] == ["a1 n=1", "a2 n=2"]
    with pytest.raises(group.logs.exceptions.ResourceNotFoundException, match="log stream"):
        group.logs.get_log_events(logGroupName=group.name, logStreamName="z")


def test_streams_by_name_and_by_time(group: Group) -> None:
    def names(**given: Any) -> list[str]:
        pages = group.logs.get_paginator("describe_log_streams").paginate(**given)
        return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]

    one = {"logGroupName": group.name}
    assert names(**one, PaginationConfig={"PageSize": 3}) == ["a", "b", "b-empty", "c"]
    newest = names(**one, orderBy="LastEventTime", descending=True)
    assert newest == ["c", "b", "a", "b-empty"]
    assert names(logGroupIdentifier=group.arn, logStreamNamePrefix="b") == ["b", "b-empty"]
    first = group.logs.describe_log_streams(**one)["logStreams"][0]
    assert first["firstEventTimestamp"] == NOW
    assert first["lastEventTimestamp"] == NOW + 90
    assert first["storedBytes"] == 0
    with pytest.raises(ClientError, match="Cannot order by LastEventTime"):
        names(**one, orderBy="LastEventTime", logStreamNamePrefix="b")


def test_a_metric_filter_is_tried_on_messages(group: Group) -> None:
    found = group.logs.test_metric_filter(
        filterPattern="{ $.ms > 10 }", logEventMessages=['{"ms": 5}', '{"ms": 12}', "text"]
    )
    assert found["matches"] == [
        {"eventNumber": 2, "eventMessage": '{"ms": 12}', "extractedValues": {"$.ms": "12"}}
    ]
    with pytest.raises(ClientError, match="InvalidParameterException"):
        group.logs.test_metric_filter(filterPattern="{ $.ms > }", logEventMessages=["a"])


def test_filters_with_a_pattern_that_is_none_are_not_kept(group: Group) -> None:
    wanted = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    given = {"logGroupName": group.name, "filterName": "f", "filterPattern": "{ $.a = "}
    with pytest.raises(ClientError, match="InvalidParameterException"):
        group.logs.put_metric_filter(**given, metricTransformations=[wanted])
    arn = "arn:aws:lambda:us-east-1:123456789012:function:nobody"
    with pytest.raises(ClientError, match="Invalid filter pattern"):
        group.logs.put_subscription_filter(**given, destinationArn=arn)
    assert group.logs.describe_metric_filters(logGroupName=group.name)["metricFilters"] == []


def test_groups_by_name(one_cloud: RunningCloud, group: Group) -> None:
    logs = group.logs
    names = [f"{group.name}-more/{number}" for number in range(3)]
    for name in reversed(names):
        logs.create_log_group(logGroupName=name)

    def listed(**given: Any) -> list[str]:
        pages = logs.get_paginator("describe_log_groups").paginate(**given)
        return [each["logGroupName"] for page in pages for each in page["logGroups"]]

    assert listed(logGroupNamePrefix=group.name) == [group.name, *names]
    one_each = {"PaginationConfig": {"PageSize": 1}}
    assert listed(logGroupNamePrefix=group.name, **one_each) == [group.name, *names]
    assert listed(logGroupNamePattern=f"{group.name[3:]}-more/") == names
    assert listed(logGroupIdentifiers=[group.arn, names[1]]) == [group.name, names[1]]
    assert listed(logGroupClass="INFREQUENT_ACCESS") == []
    for given, message in (
        ({"logGroupNamePrefix": "a", "logGroupNamePattern": "b"}, "mutually exclusive"),
        ({"includeLinkedAccounts": True}, "has one account"),
        ({"limit": 51}, "less than or equal to 50"),
    ):
        with pytest.raises(ClientError, match=message):
            logs.describe_log_groups(**given)
    with pytest.raises(ClientError, match="does not offer log groups of the class"):
        logs.create_log_group(logGroupName="/other", logGroupClass="INFREQUENT_ACCESS")
    wanted = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName=names[0],
        filterName="f",
        filterPattern="ERROR",
        metricTransformations=[wanted],
    )
    (found,) = logs.describe_log_groups(logGroupIdentifiers=[names[0]])["logGroups"]
    assert found["metricFilterCount"] == 1
    assert found["arn"] == found["logGroupArn"] + ":*"
    assert found["logGroupClass"] == "STANDARD"
    for name in names:
        logs.delete_log_group(logGroupName=name)


def test_retention_is_kept(group: Group) -> None:
    (found,) = group.logs.describe_log_groups(logGroupNamePrefix=group.name)["logGroups"]
    assert found["retentionInDays"] == 7


def test_live_tail_is_refused_and_says_what_to_do(one_cloud: RunningCloud, group: Group) -> None:
    """boto3 puts ``stream-`` before the host's name, which no local address has."""
    logs = one_cloud.client("logs", config=Config(inject_host_prefix=False))
    with pytest.raises(ClientError, match=r"NotImplemented.*StartLiveTail.*aws logs tail"):
        logs.start_live_tail(logGroupIdentifiers=[group.arn])
