"""What CloudWatch Logs refuses and tells: as recorded from AWS in the test of localstack's that is
named (2026); what is not recorded: API reference (botocore's model, read 2026-11)."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud

HOUR_MS = 3600 * 1000
INVALID = "InvalidParameterException"
NO_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")


def refused(call: Any, **given: Any) -> tuple[str, str]:
    """The code and the text of a refusal."""
    with pytest.raises(ClientError) as refusal:
        call(**given)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def group(one_cloud: RunningCloud) -> str:
    name = f"/rules/{secrets.token_hex(4)}"
    logs = one_cloud.client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    return name


def test_names_of_groups_and_streams(one_cloud: RunningCloud, group: str) -> None:
    """test_create_log_group_invalid_name_length."""
    logs = one_cloud.client("logs")
    text = "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    assert refused(logs.create_log_group, logGroupName="a" * 513) == (INVALID, text)
    assert refused(logs.create_log_stream, logGroupName=group, logStreamName="a:b") == (
        INVALID,
        "1 validation error detected: Value 'a:b' at 'logStreamName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [^:*]*",
    )
    assert refused(logs.create_log_stream, logGroupName=group, logStreamName="s") == (
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    )
    assert refused(logs.delete_log_stream, logGroupName=group, logStreamName="t") == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )


def test_groups_and_streams_described(one_cloud: RunningCloud, group: str) -> None:
    """test_create_log_group_with_kms_key, test_describe_log_streams_with_log_group_identifier."""
    logs = one_cloud.client("logs")
    (told,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert told["deletionProtectionEnabled"] is False
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert "uploadSequenceToken" not in stream
    assert refused(
        logs.describe_log_streams, logGroupName=group, logGroupIdentifier=told["logGroupArn"]
    ) == (
        "ValidationException",
        "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    )


def test_metric_filters(one_cloud: RunningCloud, group: str) -> None:
    """test_put_metric_filter_basic, test_put_metric_filter_with_special_namespace."""
    logs = one_cloud.client("logs")
    transformation = {
        "metricName": "m",
        "metricNamespace": "A.B-c_d/1#2:metricNamespace",
        "metricValue": "1",
        "defaultValue": 0,
    }
    asked = {"filterPattern": "x", "metricTransformations": [transformation]}
    for name in "ab":
        logs.put_metric_filter(logGroupName=group, filterName=name, **asked)
    first = logs.describe_metric_filters(logGroupName=group, limit=1)
    (told,) = first["metricFilters"]
    assert told["applyOnTransformedLogs"] is False
    assert abs(told["creationTime"] - time.time() * 1000) < 60_000
    (kept,) = told["metricTransformations"]
    assert isinstance(kept["defaultValue"], float)
    assert kept["metricNamespace"] == transformation["metricNamespace"]
    rest = logs.describe_metric_filters(logGroupName=group, nextToken=first["nextToken"])
    assert [each["filterName"] for each in rest["metricFilters"]] == ["b"]
    wrong = [{**transformation, "metricNamespace": "A:*"}]
    code, text = refused(
        logs.put_metric_filter,
        logGroupName=group,
        filterName="c",
        filterPattern="x",
        metricTransformations=wrong,
    )
    assert (code, "[^:*$]*" in text) == (INVALID, True)
    for call, given in (
        (logs.put_metric_filter, {"filterName": "a", **asked}),
        (logs.delete_metric_filter, {"filterName": "a"}),
        (logs.describe_metric_filters, {}),
    ):
        assert refused(call, logGroupName="nope", **given) == NO_GROUP


def test_what_is_too_long_to_be_looked_for(one_cloud: RunningCloud) -> None:
    """test_describe_metric_filters_invalid_parameters."""
    describe = one_cloud.client("logs").describe_metric_filters
    assert refused(describe, metricName="X" * 256, metricNamespace="n") == (
        INVALID,
        f"1 validation error detected: Value '{'X' * 256}' at 'metricName' failed to satisfy "
        "constraint: Member must have length less than or equal to 255",
    )


def test_resource_policies(one_cloud: RunningCloud) -> None:
    """test_put_resource_policy, test_put_resource_policy_update."""
    logs = one_cloud.client("logs")
    name = f"policy-{secrets.token_hex(4)}"
    document = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["route53.amazonaws.com"]},
                "Action": "logs:PutLogEvents",
                "Resource": "*",
            }
        ]
    }
    put = logs.put_resource_policy(policyName=name, policyDocument=json.dumps(document))
    assert put["resourcePolicy"]["policyScope"] == "ACCOUNT"
    policies = logs.describe_resource_policies()["resourcePolicies"]
    (told,) = [each for each in policies if each["policyName"] == name]
    kept = json.loads(told["policyDocument"])
    assert kept["Version"] == "2008-10-17"
    assert kept["Statement"][0]["Principal"] == {"Service": "route53.amazonaws.com"}
    code, _ = refused(logs.put_resource_policy, policyName=name, policyDocument="no JSON")
    assert code == INVALID


def test_days_of_retention(one_cloud: RunningCloud, group: str) -> None:
    logs = one_cloud.client("logs")
    code, text = refused(logs.put_retention_policy, logGroupName=group, retentionInDays=2)
    assert code == INVALID
    assert text.startswith("1 validation error detected: Value '2' at 'retentionInDays'")
    logs.put_retention_policy(logGroupName=group, retentionInDays=3653)


def test_batches(one_cloud: RunningCloud, group: str) -> None:
    put = one_cloud.client("logs").put_log_events
    now = int(time.time() * 1000)
    to = {"logGroupName": group, "logStreamName": "s"}

    def event(message: str, hours: float = 0) -> dict[str, Any]:
        return {"timestamp": int(now + hours * HOUR_MS), "message": message}

    assert refused(put, **to, logEvents=[event("a", -25), event("b")])[0] == INVALID
    assert refused(put, **to, logEvents=[event("x" * 1_048_551)])[0] == INVALID
    put(**to, logEvents=[event("a", -23.9), event("b")])
    put(**to, logEvents=[event("x" * 1_048_550)])
    rejected = put(**to, logEvents=[event("a", -24 * 15), event("b")])["rejectedLogEventsInfo"]
    assert "tooOldLogEventEndIndex" in rejected


def test_destinations_of_subscriptions(one_cloud: RunningCloud, group: str) -> None:
    """A destination that no subscription has is refused, and not with a 500."""
    put = one_cloud.client("logs").put_subscription_filter
    for arn in ("foo", "arn:aws:sqs:us-east-1:123456789012:queue"):
        code, _ = refused(
            put, logGroupName=group, filterName="f", filterPattern="", destinationArn=arn
        )
        assert code == INVALID


def test_log_groups_are_listed_by_patterns_of_their_names(one_cloud: RunningCloud) -> None:
    """test_list_log_groups_with_pattern and test_describe_log_groups_with_pattern."""
    logs, name = one_cloud.client("logs"), f"listed-{secrets.token_hex(4)}"
    for part in ("/a", "/b", ".c"):
        logs.create_log_group(logGroupName=f"{name}{part}")

    def listed(pattern: str) -> list[str]:
        found = logs.list_log_groups(logGroupNamePattern=pattern)["logGroups"]
        return [each["logGroupName"].removeprefix(name) for each in found]

    assert listed(f"^{name}|no-such-group") == [".c", "/a", "/b"]
    assert (listed(f"{name[-5:]}/"), listed(f"^{name[1:]}")) == (["/a", "/b"], [])
    (told,) = logs.describe_log_groups(logGroupNamePattern=f"{name[1:]}.c")["logGroups"]
    assert {"storedBytes", "deletionProtectionEnabled"}.isdisjoint(told)
    code, text = refused(
        logs.describe_log_groups, logGroupNamePattern=name, logGroupNamePrefix=name
    )
    assert code == INVALID
    assert text == (
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
    )


def test_what_is_refused_in_words_of_its_own(one_cloud: RunningCloud, group: str) -> None:
    """Recorded: test_put_log_events_wrong_order, test_put_subscription_filter_errors,
    test_delete_resource_policy_not_found, test_put_metric_filter_too_many_transformations."""
    logs = one_cloud.client("logs")
    logs.create_log_stream(logGroupName=group, logStreamName="words")
    now = int(time.time() * 1000)
    events = [{"timestamp": now - n * 2 * 86_400_000, "message": "m"} for n in (0, 1)]
    to = {"logGroupName": group, "logStreamName": "words"}
    in_order = "Log events in a single PutLogEvents request must be in chronological order."
    assert refused(logs.put_log_events, **to, logEvents=events) == (INVALID, in_order)
    subscription = {"logGroupName": group, "filterName": "f", "filterPattern": ""}
    function = "arn:aws:lambda:us-east-1:111122223333:function:other"
    code, _ = refused(logs.put_subscription_filter, **subscription, destinationArn=function)
    assert code == "AccessDeniedException"
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/none"
    assert refused(logs.put_subscription_filter, **subscription, destinationArn=stream) == (
        INVALID,
        "destinationArn for vendor kinesis cannot be used without roleArn",
    )
    assert refused(logs.delete_resource_policy, policyName="none")[1] == (
        "Policy with name [none] does not exist."
    )
    transformations = [
        {"metricNamespace": "n", "metricName": name, "metricValue": "1"} for name in "ab"
    ]
    _, text = refused(
        logs.put_metric_filter,
        logGroupName=group,
        filterName="two",
        filterPattern="p",
        metricTransformations=transformations,
    )
    assert "Value '[MetricTransformation(metricName=a, metricNamespace=n, metricValue=1, " in text
    assert refused(logs.delete_metric_filter, logGroupName="x" * 513, filterName="f")[1] == (
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    )
    query = {"startTime": 1, "endTime": 2, "queryString": "fields @message"}
    assert refused(logs.start_query, logGroupName="none", **query)[1].startswith(
        "Log group 'none' does not exist for account ID '123456789012' (Service: AWSLogs; "
    )
