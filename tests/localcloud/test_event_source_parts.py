"""The parts of event delivery that need no server."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from serverless_course.localcloud.events.event_input import (
    envelope,
    target_input,
    unknown_placeholders,
)
from serverless_course.localcloud.events.schedule_expression import parse
from serverless_course.localcloud.logs.filter_patterns import matcher

EVENT = {
    "version": "0",
    "id": "e-1",
    "detail-type": "sold",
    "source": "shop",
    "account": "123456789012",
    "time": 1795550000,
    "region": "us-east-1",
    "resources": ["arn:aws:x"],
    "detail": {"n": 3, "text": 'a"b', "deep": {"list": [{"x": 1}, {"x": 2}]}},
    "ingestion-time": 1795550001.5,
}
RULE = {"arn": "arn:rule", "name": "r", "ingestion_time": "2026-11-24T19:53:21Z"}


def given(target: dict[str, Any]) -> Any:
    return json.loads(target_input(target, envelope(EVENT), RULE))


def test_a_target_gets_the_event_as_eventbridge_writes_it() -> None:
    """Source: EventBridge User Guide, "Event structure" (read 2026-11)."""
    found = given({})
    assert list(found) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
    assert found["time"] == "2026-11-24T19:53:20Z"
    assert found["detail"] == EVENT["detail"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Input": '{"a": 1}'}, {"a": 1}),
        ({"InputPath": "$.detail"}, EVENT["detail"]),
        ({"InputPath": "$.detail.deep.list[1].x"}, 2),
        ({"InputPath": "$.detail-type"}, "sold"),
        ({"InputPath": "$['detail']['n']"}, 3),
        ({"InputPath": "$.nothing"}, None),
    ],
)
def test_a_targets_input(target: dict[str, Any], expected: Any) -> None:
    assert given(target) == expected


def test_an_input_transformer() -> None:
    """Source: EventBridge User Guide, "Amazon EventBridge input transformation" (read 2026-11)."""
    paths = {"n": "$.detail.n", "t": "$.detail.text", "d": "$.detail.deep", "no": "$.no"}
    template = (
        '{"n": <n>, "t": <t>, "d": <d>, "said": "n is <n>, t is <t>", "rule": <aws.events.rule-name>,'
        ' "at": <aws.events.event.ingestion-time>, "whole": <aws.events.event.json>, "no": <no>}'
    )
    found = given({"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}})
    assert found == {
        "n": 3,
        "t": 'a"b',
        "d": EVENT["detail"]["deep"],  # type: ignore[index]
        "said": 'n is 3, t is a"b',
        "rule": "r",
        "at": RULE["ingestion_time"],
        "whole": envelope(EVENT),
        # Recorded from AWS (localstack, TestInputTransformer, 2024): an absent value is empty.
        "no": "",
    }
    text = {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": '"<n> sold"'}}
    assert given(text) == "3 sold"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('"<one> single list item"', '"[HIGH] single list item"'),
        ('"<two> multiple list items"', '"[ACTIVE,INACTIVE] multiple list items"'),
        ('{"command": <none>, "text": "<none>!"}', '{"command": "", "text": "!"}'),
        ('{"list": <two>}', '{"list": ["ACTIVE","INACTIVE"]}'),
        ('{"numbers": "<numbers>"}', '{"numbers": "[1,2]"}'),
    ],
)
def test_lists_and_absent_values_in_a_template(template: str, expected: str) -> None:
    """Recorded from AWS (localstack, TestInputTransformer, 2024)."""
    event = {"detail": {"one": ["HIGH"], "two": ["ACTIVE", "INACTIVE"], "numbers": [1, 2]}}
    paths = {name: f"$.detail.{name}" for name in ("one", "two", "none", "numbers")}
    transformer = {"InputPathsMap": paths, "InputTemplate": template}
    assert target_input({"InputTransformer": transformer}, event, RULE) == expected


@pytest.mark.parametrize(
    "template", ['{"item": "<one>"}', '{"path": "users/<whole>", "body": <whole>}']
)
def test_a_result_that_is_no_json_is_not_delivered(template: str) -> None:
    """Recorded from AWS (localstack, test_input_transformer_nested_keys_replacement_not_valid)."""
    event = {"detail": {"one": ["HIGH"]}}
    paths = {"one": "$.detail.one", "whole": "$.detail"}
    transformer = {"InputPathsMap": paths, "InputTemplate": template}
    with pytest.raises(ValueError, match="delimiter"):
        target_input({"InputTransformer": transformer}, event, RULE)


def test_the_events_members_and_its_json() -> None:
    """Recorded from AWS (localstack, test_input_transformer_predefined_variables, 2024)."""
    template = '{"event": <aws.events.event>, "json": <aws.events.event.json>}'
    found = given({"InputTransformer": {"InputTemplate": template}})
    assert found["event"]["detailType"] == found["json"]["detail-type"] == "sold"
    assert not {"detail", "detail-type"} & set(found["event"])


def test_an_event_is_written_without_white_space() -> None:
    text = target_input({}, {"a": [1, 2], "b": {"c": "d e"}}, RULE)
    assert text == '{"a":[1,2],"b":{"c":"d e"}}'


def test_placeholders_that_nothing_defines() -> None:
    transformer = {"InputPathsMap": {"a": "$.a"}, "InputTemplate": '"<a> <b> <aws.events.event>"'}
    assert unknown_placeholders(transformer) == ["b"]


def times(expression: str, after: str, count: int) -> list[str]:
    at = datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp()
    found = []
    for _ in range(count):
        following = parse(expression).after(at)
        if following is None:
            break
        at = following
        found.append(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("rate(1 minute)", "2026-11-24 10:00", ["2026-11-24 10:01", "2026-11-24 10:02"]),
        ("rate(5 hours)", "2026-11-24 10:00", ["2026-11-24 15:00", "2026-11-24 20:00"]),
        ("cron(0 12 * * ? *)", "2026-11-24 12:00", ["2026-11-25 12:00", "2026-11-26 12:00"]),
        (
            "cron(0/15 8-9 ? * MON-FRI *)",
            "2026-11-27 09:30",
            ["2026-11-27 09:45", "2026-11-30 08:00"],
        ),
        ("cron(0 8 1 * ? *)", "2026-11-24 10:00", ["2026-12-01 08:00", "2027-01-01 08:00"]),
        ("cron(0 0 L * ? *)", "2027-02-01 00:00", ["2027-02-28 00:00", "2027-03-31 00:00"]),
        ("cron(0 0 15W * ? *)", "2026-11-01 00:00", ["2026-11-16 00:00", "2026-12-15 00:00"]),
        ("cron(0 10 ? * 6L *)", "2026-11-01 00:00", ["2026-11-27 10:00", "2026-12-25 10:00"]),
        ("cron(0 10 ? * TUE#2 *)", "2026-11-01 00:00", ["2026-11-10 10:00", "2026-12-08 10:00"]),
        (
            "cron(30 6 ? JAN,JUL SUN 2027-2028)",
            "2027-07-20 00:00",
            ["2027-07-25 06:30", "2028-01-02 06:30"],
        ),
        ("cron(0 0 29 2 ? *)", "2026-11-24 00:00", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 1 1 ? 2027)", "2026-11-24 00:00", ["2027-01-01 00:00"]),
    ],
)
def test_when_a_schedule_fires(expression: str, after: str, expected: list[str]) -> None:
    """Source: EventBridge User Guide, "Setting a schedule pattern" (read 2026-11)."""
    assert times(expression, after, 2) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(1 second)",
        "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)",
        "cron(60 12 * * ? *)",
        "cron(0 12 * * ?)",
        "cron(0 12 * FOO ? *)",
        "every minute",
    ],
)
def test_a_schedule_that_eventbridge_does_not_take(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is the expression
        parse(expression)


RECORD = (
    '{"level": "ERROR", "ms": 120, "user": {"id": "u-1"}, "tags": ["a"], "ok": false, "no": null}'
)


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR here", True),
        ("ERROR", "an error here", False),
        ("ERROR Timeout", "Timeout after ERROR", True),
        ("ERROR Timeout", "ERROR", False),
        ('"exit status 1"', "ended with exit status 1", True),
        ('"exit status 1"', "exit with status 1", False),
        ("?ERROR ?WARN", "a WARN", True),
        ("?ERROR ?WARN", "an INFO", False),
        ("ERROR -harmless", "ERROR harmless", False),
        ("ERROR -harmless", "ERROR bad", True),
        ('{ $.level = "ERROR" }', RECORD, True),
        ('{ $.level = "ERR*" }', RECORD, True),
        ('{ $.level != "ERROR" }', RECORD, False),
        ("{ $.ms > 100 }", RECORD, True),
        ("{ $.ms <= 100 }", RECORD, False),
        ('{ $.level = "ERROR" && $.ms > 200 }', RECORD, False),
        ('{ ($.level = "WARN") || ($.user.id = "u-1") }', RECORD, True),
        ('{ $.tags[0] = "a" }', RECORD, True),
        ("{ $.ok IS FALSE }", RECORD, True),
        ("{ $.no IS NULL }", RECORD, True),
        ("{ $.else NOT EXISTS }", RECORD, True),
        ('{ $.level = "ERROR" }', "no JSON", False),
        ("[ip, user]", "10.0.0.1 ann", True),
        ("[ip, user]", "anything", False),
    ],
)
def test_a_filter_pattern(pattern: str, message: str, matches: bool) -> None:
    """Source: CloudWatch Logs User Guide, "Filter pattern syntax" (read 2026-11)."""
    assert matcher(pattern)(message) is matches
