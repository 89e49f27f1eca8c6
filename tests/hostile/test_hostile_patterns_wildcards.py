"""No pattern and no text keeps the server: wildcards are matched in linear time.

Right: what ``*`` and ``?`` mean (IAM User Guide, "IAM JSON policy elements: Resource"; EventBridge
User Guide, "Comparison operators", wildcard; both read 2026-11), at once, however long the texts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from iam_caller import JSON, Caller
from roles import ARN, allow
from running_cloud import RunningCloud

from serverless_course.localcloud.iam.conditions import holds, substituted
from serverless_course.localcloud.iam.policies import Decision, decide
from serverless_course.localcloud.lambda_.invocation.resource_policy import allows_service
from serverless_course.localcloud.logs.filter_patterns import matcher
from serverless_course.localcloud.wildcards import starred, unescaped, wildcard

SOON_S = 2.0
STARS = "*a" * 1000 + "*b"
QUESTIONS = "*" + "?a" * 500 + "*" + "a?" * 500 + "*b"
LONG = "a" * 200_000
PATTERNS = [STARS, QUESTIONS, "*" * 3000 + "b", "*?" * 1000 + "b", "a*" * 1000 + "b"]


@contextmanager
def soon() -> Iterator[None]:
    started = time.perf_counter()
    yield
    assert time.perf_counter() - started < SOON_S


def plainly(pattern: str, text: str) -> bool:
    """The meaning, letter by letter: row by row of which beginnings match."""
    row = [True, *([False] * len(text))]
    for wanted in pattern:
        if wanted == "*":
            found = [any(row[: place + 1]) for place in range(len(text) + 1)]
        else:
            found = [False] + [
                row[place] and wanted in ("?", character) for place, character in enumerate(text)
            ]
        row = found
    return row[-1]


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=10))
def test_a_pattern_means_what_it_says(pattern: str, text: str) -> None:
    assert wildcard(pattern)(text) is plainly(pattern, text)
    assert starred(pattern)(text) is plainly(pattern.replace("?", "c"), text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_long_text_is_matched_soon(pattern: str) -> None:
    with soon():
        assert not wildcard(pattern)(LONG)
        assert wildcard(pattern)(LONG + "b")


def test_a_backslash_takes_a_star_as_it_is() -> None:
    assert starred(unescaped(r"a\*b*"))("a*bc")
    assert not starred(unescaped(r"a\*b*"))("axbc")
    assert starred(unescaped("a\\\\*"))("a\\xyz")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_policy_is_decided_soon(pattern: str) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "sqs:*",
        "Resource": [pattern, "arn:aws:sqs:*:*:course-*"],
        "Condition": {
            "StringLike": {"s3:prefix": pattern},
            "ArnLike": {"aws:SourceArn": f"arn:aws:s3:{pattern}:{pattern}:x:{pattern}"},
        },
    }
    document = json.dumps({"Statement": [statement]})
    context = {"s3:prefix": LONG, "aws:sourcearn": f"arn:aws:s3:{LONG}:{LONG}:x:{LONG}"}
    for resource in (LONG, "arn:aws:sqs:" + ":" * 200_000, "arn:aws:sqs:us-east-1:1:course-a"):
        with soon():
            found = decide([document], "sqs:SendMessage", resource, context)
        assert found is Decision.NOT_ALLOWED


def test_variables_are_filled_in_soon_and_hold_no_wildcards() -> None:
    """A user's own tag may not widen a policy that was written for one value."""
    with soon():
        assert substituted("${" * 100_000, {}) == "${" * 100_000
    tagged = {"aws:principaltag/team": "*"}
    own = json.dumps(
        {"Statement": [allow("s3:GetObject", "arn:aws:s3:::shop/${aws:PrincipalTag/team}/*")]}
    )
    for key, decision in (("red/x", Decision.NOT_ALLOWED), ("*/x", Decision.ALLOWED)):
        assert decide([own], "s3:GetObject", f"arn:aws:s3:::shop/{key}", tagged) is decision
    for operator, wanted in (("StringLike", False), ("StringEquals", False)):
        held = holds(
            {operator: {"aws:username": "${aws:PrincipalTag/team}"}},
            {**tagged, "aws:username": "ana"},
        )
        assert held is wanted
    assert holds(
        {"StringEquals": {"aws:username": "${aws:PrincipalTag/team}"}},
        {**tagged, "aws:username": "*"},
    )
    assert holds({"StringLike": {"s3:prefix": "a${*}b${?}c${$}"}}, {"s3:prefix": "a*b?c$"})
    assert not holds({"StringLike": {"s3:prefix": "a${*}b"}}, {"s3:prefix": "axb"})
    assert holds({"StringEquals": {"s3:prefix": "${aws:username, 'all'}"}}, {"s3:prefix": "all"})


def test_a_functions_policy_is_decided_soon() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:" + STARS}},
    }
    record: Any = SimpleNamespace(
        arn="arn:aws:lambda:us-east-1:123456789012:function:f",
        policies={None: {"Statement": [statement]}},
    )
    with soon():
        assert not allows_service(record, None, "sns.amazonaws.com", "arn:" + LONG)


def test_a_filter_of_logs_is_matched_soon() -> None:
    with soon():
        assert not matcher('{ $.a = "' + STARS + '" }')(json.dumps({"a": LONG}))
        assert not matcher("[a = " + STARS + "]")(LONG)


@pytest.fixture(scope="module")
def busy(one_cloud: RunningCloud) -> RunningCloud:
    return one_cloud


def test_motos_patterns_keep_nobody_waiting(busy: RunningCloud) -> None:
    """EventBridge's wildcard, prefixes of queues and rules, bucket policies, origins."""
    events, sqs, s3 = busy.client("events"), busy.client("sqs"), busy.client("s3")
    evil = "*a" * 400 + "*b"
    too_complex = json.dumps({"detail": {"x": [{"wildcard": evil}]}})
    events.put_rule(Name="plain", EventPattern=json.dumps({"detail": {"x": [{"wildcard": "a*b"}]}}))
    with soon(), pytest.raises(ClientError, match="Rule is too complex"):
        events.put_rule(Name="evil", EventPattern=too_complex)
    most = json.dumps({"detail": {"x": [{"wildcard": "*a" * 4 + "b"}]}})
    events.put_rule(Name="most", EventPattern=most)
    sqs.create_queue(QueueName="a" * 80)
    s3.create_bucket(Bucket="patterned")
    s3.put_bucket_policy(
        Bucket="patterned",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:GetObject",
                        "Resource": "arn:aws:s3:::patterned/" + evil,
                    }
                ],
            }
        ),
    )
    s3.put_bucket_cors(
        Bucket="patterned",
        CORSConfiguration={
            "CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://*.example.com"]}]
        },
    )
    with soon():
        event = {"Source": "s", "DetailType": "d", "Detail": json.dumps({"x": "a" * 100_000})}
        assert events.put_events(Entries=[event])["FailedEntryCount"] == 0
    with soon():
        assert sqs.list_queues(QueueNamePrefix="(a+)+c").get("QueueUrls", []) == []
        assert len(sqs.list_queues(QueueNamePrefix="aaa")["QueueUrls"]) == 1
        # AWS's model allows letters, digits and three signs, so this is refused and never matched.
        with pytest.raises(ClientError, match="at 'namePrefix' failed to satisfy constraint"):
            events.list_rules(NamePrefix="(.*)*x")
        assert [each["Name"] for each in events.list_rules(NamePrefix="pl")["Rules"]] == ["plain"]
    with soon():
        key = "a" * 1000
        s3.put_object(Bucket="patterned", Key=key, Body=b"x")
        assert s3.get_object(Bucket="patterned", Key=key)["Body"].read() == b"x"
    with soon():
        body = b"x-amz-checksum-a:" * 60_000
        s3.put_object(Bucket="patterned", Key="body", Body=body, ChecksumAlgorithm="SHA256")
        assert s3.get_object(Bucket="patterned", Key="body")["Body"].read() == body


def test_an_honest_policy_meets_a_queue_of_colons(busy: RunningCloud) -> None:
    caller = Caller(busy, allow("sqs:*", ARN.format("sqs", "course-*").replace("us-east-1", "*")))
    target = {**JSON, "X-Amz-Target": "AmazonSQS.SendMessage"}
    body = json.dumps({"QueueUrl": ":" * 200_000, "MessageBody": "x"})
    with soon():
        assert caller.send("sqs", "/", target, body).status_code in (400, 403)


def test_string_matches_of_a_state_machine_is_linear() -> None:
    from serverless_course.localcloud.stepfunctions import choice_patterns, surroundings

    outlets: Any = SimpleNamespace()
    surroundings.prepare(outlets)
    choice_patterns.install()
    from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.operator.implementations import (
        string_operators,
    )

    compare = string_operators.StringMatches._compare
    with soon():
        assert not compare(LONG, STARS)
    # Amazon States Language: * is the one wildcard, a backslash takes it as it is.
    assert compare("log-12.txt", "log-*.txt")
    assert not compare("log-1.txt", "log-?.txt")
    assert compare("a*b", r"a\*b")
    assert not compare("axb", r"a\*b")
    assert compare("[ab]", "[ab]")


SENDING = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}
OPEN = json.dumps({"Version": "2012-10-17", "Statement": [SENDING]})


def test_a_filter_of_topics_meets_nested_arrays(busy: RunningCloud) -> None:
    """Arrays in arrays multiplied the keys of a policy with one another: 5 to the 20th."""
    sns, sqs = busy.client("sns"), busy.client("sqs")
    topic = sns.create_topic(Name="filtered")["TopicArn"]
    queue = sqs.create_queue(QueueName="filtered", Attributes={"Policy": OPEN})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    filtered = {key: {"x": ["1"]} for key in "abcde"}
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["QueueArn"],
        Attributes={
            "FilterPolicyScope": "MessageBody",
            "FilterPolicy": json.dumps(filtered),
        },
    )
    whole = {key: [[{"x": "1"}]] for key in "abcde"}
    with soon():
        for message in ("[" * 20 + "]" * 20, "[" * 20_000 + "]" * 20_000, json.dumps(whole)):
            sns.publish(TopicArn=topic, Message=message)
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    assert len(received) == 1
