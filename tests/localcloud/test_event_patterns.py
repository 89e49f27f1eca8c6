"""EventBridge's patterns. Cases as recorded from AWS by localstack's test_event_pattern (2024): their
names say what they hold, ``_NEG`` that the event does not match, ``_EXC`` that AWS refuses the
pattern. Operators: EventBridge User Guide, "Comparison operators" (read 2026-11).
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud

from serverless_course.localcloud.events.event_patterns import compile_event_pattern
from serverless_course.localcloud.events.rule_checks import InvalidEventPattern

EVENT = {
    "id": "1",
    "source": "test",
    "detail-type": "test",
    "account": "123456789012",
    "region": "us-east-1",
    "time": "2022-07-13T13:48:01Z",
    "resources": [],
}


def matched(rules: Any, detail: Any) -> bool:
    pattern = compile_event_pattern(json.dumps({"detail": {"x": rules}}))
    return pattern.matches(json.dumps({**EVENT, "detail": detail}))


@pytest.mark.parametrize(
    ("rules", "value", "result"),
    [
        (["a"], "a", True),
        (["a"], "A", False),
        ([None], None, True),
        ([None], "null", False),
        ([""], "", True),
        ([False], False, True),
        ([False], 0, False),
        ([0], False, False),
        ([1], 1.0, True),
        ([1], "1", False),
        (["a"], ["b", "a"], True),
        (["a"], ["b", "c"], False),
        (["a"], [["b", ["a"]]], True),
        ([{"prefix": "ab"}], "abc", True),
        ([{"prefix": ""}], "abc", True),
        ([{"prefix": "1"}], 12, False),
        ([{"prefix": {"equals-ignore-case": "AB"}}], "abc", True),
        ([{"suffix": ".png"}], "a.png", True),
        ([{"suffix": ""}], "a", True),
        ([{"suffix": {"equals-ignore-case": ".PNG"}}], "a.png", True),
        ([{"equals-ignore-case": "ALice"}], "alICE", True),
        ([{"equals-ignore-case": ""}], "", True),
        ([{"equals-ignore-case": ""}], "a", False),
        ([{"wildcard": "a*c"}], "abbc", True),
        ([{"wildcard": "*Type*Finding*"}], "aTypebFinding", True),
        ([{"wildcard": "a*c"}], "acb", False),
        ([{"wildcard": "*"}], "", True),
        ([{"wildcard": ""}], "a", False),
        ([{"wildcard": "a\\\\*c"}], "a*c", False),
        ([{"wildcard": "a\\*c"}], "a*c", True),
        ([{"wildcard": "a\\*c"}], "abc", False),
        ([{"wildcard": "aba*aba"}], "aba", False),
        ([{"anything-but": "a"}], "b", True),
        ([{"anything-but": "a"}], None, True),
        ([{"anything-but": ["a", "b"]}], "b", False),
        ([{"anything-but": 1}], 1, False),
        ([{"anything-but": [1, 2]}], 3, True),
        ([{"anything-but": {"prefix": "a"}}], 123, True),
        ([{"anything-but": {"prefix": ["a", "b"]}}], "bc", False),
        ([{"anything-but": {"suffix": "c"}}], "abc", False),
        ([{"anything-but": {"wildcard": "a*"}}], "abc", False),
        ([{"anything-but": {"wildcard": ["a*", "b*"]}}], None, True),
        ([{"anything-but": {"wildcard": ""}}], "a", True),
        ([{"anything-but": {"equals-ignore-case": ["A", "B"]}}], "a", False),
        ([{"anything-but": {"equals-ignore-case": ["A", "B"]}}], None, True),
        ([{"numeric": ["=", 5]}], 5.0, True),
        ([{"numeric": [">", 0, "<=", 5]}], 5, True),
        ([{"numeric": [">", 0, "<", 5]}], 5, False),
        ([{"numeric": ["<", 5]}], None, False),
        ([{"numeric": ["<", 5]}], "1", False),
        ([{"numeric": ["<", 5]}], True, False),
        ([{"cidr": "10.0.0.0/24"}], "10.0.0.255", True),
        ([{"cidr": "10.0.0.0/24"}], "10.0.1.255", False),
        ([{"cidr": "2001:db8::/32"}], "2001:db8::1", True),
        ([{"cidr": "2001:db8::/32"}], "10.0.0.1", False),
        ([{"exists": True}], None, True),
        ([{"exists": True}], {"inner": 1}, False),
        ([{"exists": False}], 1, False),
        ([{"prefix": "b"}, {"suffix": "c"}, "z"], "ac", True),
        ({"y": ["1"], "z": ["2"]}, [{"y": "1", "z": "2"}, {}], True),
        ({"y": ["1"], "z": ["2"]}, [{"y": "1", "z": "0"}, {"y": "0", "z": "2"}], False),
    ],
)
def test_a_value_and_a_rule(rules: Any, value: Any, result: bool) -> None:
    assert matched(rules, {"x": value}) is result


@pytest.mark.parametrize(
    ("rules", "result"),
    [
        ([{"exists": False}], True),
        ([{"exists": True}], False),
        ([{"anything-but": "a"}], False),
        ([{"anything-but": {"prefix": ["a"]}}], False),
        ({"y": [{"exists": False}]}, True),
        ([None], False),
    ],
)
def test_a_field_that_is_not_there(rules: Any, result: bool) -> None:
    assert matched(rules, {}) is result
    assert matched(rules, {"x": []}) is result


def test_dots_join_names() -> None:
    assert compile_event_pattern('{"detail": {"a.b": ["1"]}}').matches('{"detail":{"a":{"b":"1"}}}')
    assert compile_event_pattern('{"detail": {"a": {"b": ["1"]}}}').matches(
        '{"detail": {"a.b": "1", "a.c": "2"}}'
    )
    assert not compile_event_pattern('{"detail.a": ["1"]}').matches('{"detail": {"a": "2"}}')


def test_or_takes_any_choice() -> None:
    pattern = compile_event_pattern(
        '{"source": ["s"], "$or": [{"a": [1]}, {"b": [{"numeric": [">", 5]}], "c": ["x"]}]}'
    )
    assert pattern.matches('{"source": "s", "a": 1}')
    assert pattern.matches('{"source": "s", "b": 6, "c": "x"}')
    assert not pattern.matches('{"source": "s", "b": 6, "c": "y"}')
    assert not pattern.matches('{"source": "t", "a": 1}')


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{", "Unexpected end-of-input: expected close marker for Object"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        ('{"a": "x"}', '"a" must be an object or an array'),
        ('{"a": 1}', '"a" must be an object or an array'),
        ('{"a": []}', "Empty arrays are not allowed"),
        ('{"a": {}}', "Empty objects are not allowed"),
        ('{"a": [["x"]]}', "Match value must be"),
        ('{"a": [{"Prefix": "x"}]}', "Unrecognized match type Prefix"),
        ('{"a": [{"not-existing": "x"}]}', "Unrecognized match type not-existing"),
        ('{"a": [{"prefix": "x", "suffix": "y"}]}', "Only one key"),
        ('{"a": [{"prefix": 1}]}', "prefix match pattern must be a string"),
        ('{"a": [{"prefix": ["x"]}]}', "prefix match pattern must be a string"),
        ('{"a": [{"suffix": 1}]}', "suffix match pattern must be a string"),
        ('{"a": [{"equals-ignore-case": ["x"]}]}', "must be a string"),
        ('{"a": [{"wildcard": 1}]}', "wildcard match pattern must be a string"),
        ('{"a": [{"wildcard": "x**y"}]}', "Consecutive wildcard characters at pos 2"),
        ('{"a": [{"exists": "true"}]}', "must be either true or false."),
        ('{"a": [{"numeric": [">"]}]}', "Value of > must be numeric"),
        ('{"a": [{"numeric": [">", "1"]}]}', "Value of > must be numeric"),
        ('{"a": [{"numeric": ["=>", 1]}]}', "Unrecognized numeric range operator: =>"),
        ('{"a": [{"numeric": [">", 5, "<", 1]}]}', "Bottom must be less than top"),
        ('{"a": [{"numeric": ["=", 1e99999999999999999999]}]}', "must be between"),
        ('{"a": [{"cidr": "10.0.0.0/64"}]}', "Malformed CIDR"),
        ('{"a": [{"anything-but": []}]}', "mixed type is not supported"),
        ('{"a": [{"anything-but": ["x", 1]}]}', "mixed type is not supported"),
        ('{"a": [{"anything-but": [null]}]}', "is not supported"),
        ('{"a": [{"anything-but": {"prefix": 1}}]}', "must be a string"),
        ('{"a": [{"anything-but": {"numeric": ["=", 1]}}]}', "Unsupported anything-but pattern"),
    ],
)
def test_a_pattern_that_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidEventPattern) as refused:
        compile_event_pattern(pattern)
    assert reason in str(refused.value)


@pytest.mark.measures
def test_many_stars_take_no_longer_than_the_text() -> None:
    """As many as one pattern may have; two hundred are refused, in no time either."""
    pattern = compile_event_pattern(json.dumps({"a": [{"wildcard": "*a" * 4 + "b"}]}))
    event = json.dumps({"a": "a" * 100_000})
    before = time.process_time()
    assert not pattern.matches(event)
    with pytest.raises(InvalidEventPattern, match="too complex"):
        compile_event_pattern(json.dumps({"a": [{"wildcard": "*a" * 200 + "b"}]}))
    assert time.process_time() - before < 1


def test_the_operation_answers(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("events")
    event = json.dumps({**EVENT, "detail": {"state": "running"}})
    for state, result in (("running", True), ("stopped", False)):
        pattern = json.dumps({"detail": {"state": [state]}})
        answer = client.test_event_pattern(EventPattern=pattern, Event=event)
        assert answer["Result"] is result
    for operation, more in (("test_event_pattern", {"Event": event}), ("put_rule", {"Name": "r"})):
        with pytest.raises(ClientError) as refused:
            getattr(client, operation)(EventPattern='{"a": [{"no-such": 1}]}', **more)
        assert refused.value.response["Error"] == {
            "Code": "InvalidEventPatternException",
            "Message": "Event pattern is not valid. Reason: Unrecognized match type no-such\n at "
            '[Source: (String)"{"a": [{"no-such": 1}]}"; line: 1, column: 21]',
        }


def test_inputs_of_a_target_that_are_refused(one_cloud: RunningCloud) -> None:
    """Recorded from AWS (localstack, TestInputTransformer and TestEventsInputPath, 2024); paths
    and texts that are no JSON as cdk_preflight measured them (2026-09)."""
    client = one_cloud.client("events")
    client.put_rule(Name="inputs", EventPattern='{"source": ["none"]}')
    target: dict[str, Any] = {"Id": "t1", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"}
    transformer = {"InputPathsMap": {"a": "$.a"}, "InputTemplate": '"<b>"'}
    for given, said in (
        (
            {"InputTransformer": transformer},
            "InputTemplate for target t1 contains invalid placeholder b.",
        ),
        (
            {"InputPath": "$.detail", "Input": "{}"},
            "Only one of Input, InputPath, or InputTransformer must be provided for target t1.",
        ),
        ({"Input": "no JSON"}, "JSON syntax error in input for target t1."),
        ({"InputPath": "detail.a"}, "InputPath for target t1 is invalid."),
        ({"InputPath": "$.detail['a']"}, "InputPath for target t1 is invalid."),
        (
            {"InputTransformer": {**transformer, "InputPathsMap": {"b": "detail"}}},
            "InputPath for target t1 is invalid.",
        ),
    ):
        with pytest.raises(ClientError) as refused:
            client.put_targets(Rule="inputs", Targets=[{**target, **given}])
        assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": said}
    for taken in ({"InputPath": "$"}, {"InputPath": "$.detail.a[0]"}, {"Input": '"a text"'}):
        client.put_targets(Rule="inputs", Targets=[{**target, **taken}])


def test_a_log_group_that_is_a_target_can_be_read(one_cloud: RunningCloud) -> None:
    """Recorded from AWS (localstack, test_put_events_with_target_cloudwatch_logs, 2024)."""
    client, logs = one_cloud.client("events"), one_cloud.client("logs")
    group = "/aws/events/read"
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    client.put_rule(Name="log", EventPattern='{"source": ["log"]}')
    client.put_targets(Rule="log", Targets=[{"Id": "t", "Arn": arn}])
    client.put_events(Entries=[{"Source": "log", "DetailType": "d", "Detail": '{"a": 1}'}])
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    name = stream["logStreamName"]
    (found,) = logs.get_log_events(logGroupName=group, logStreamName=name)["events"]
    assert json.loads(found["message"])["detail"] == {"a": 1}
