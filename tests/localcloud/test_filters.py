"""Event filtering, held against the Lambda Developer Guide.

Sources (read 2026-11): "Control which events Lambda sends to your function" (operators, numbers
by their writing), "Using event filtering with an Amazon SQS / Kinesis / DynamoDB event source"
(the tables of formats), EventBridge User Guide, "Comparison operators".
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.events.dialects import LAMBDA
from serverless_course.localcloud.events.event_patterns import (
    InvalidEventPattern,
    compile_event_pattern,
)
from serverless_course.localcloud.lambda_.event_sources.filters import Filters


def holds(pattern: Any, event: Any) -> bool:
    return compile_event_pattern(json.dumps(pattern), LAMBDA).matches(json.dumps(event))


# The guide's own table, "Comparison operators": pattern, an event that matches, one that does not.
TABLE = {
    "null": ({"UserID": [None]}, {"UserID": None}, {"UserID": "null"}),
    "empty": ({"LastName": [""]}, {"LastName": ""}, {"LastName": "a"}),
    "equals": ({"Name": ["Alice"]}, {"Name": "Alice"}, {"Name": "alice"}),
    "equals (ignore case)": (
        {"Name": [{"equals-ignore-case": "alice"}]},
        {"Name": "ALICE"},
        {"Name": "Alicia"},
    ),
    "and": (
        {"Location": ["New York"], "Day": ["Monday"]},
        {"Location": "New York", "Day": "Monday"},
        {"Location": "New York", "Day": "Friday"},
    ),
    "or": (
        {"PaymentType": ["Credit", "Debit"]},
        {"PaymentType": "Debit"},
        {"PaymentType": "Cash"},
    ),
    "or (multiple fields)": (
        {"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]},
        {"Location": "Rome", "Day": "Monday"},
        {"Location": "Rome", "Day": "Friday"},
    ),
    "not": (
        {"Weather": [{"anything-but": ["Raining"]}]},
        {"Weather": "Sunny"},
        {"Weather": "Raining"},
    ),
    "numeric (equals)": ({"Price": [{"numeric": ["=", 100]}]}, {"Price": 100}, {"Price": 101}),
    "numeric (range)": (
        {"Price": [{"numeric": [">", 10, "<=", 20]}]},
        {"Price": 20},
        {"Price": 10},
    ),
    "exists": ({"ProductName": [{"exists": True}]}, {"ProductName": None}, {"Product": 1}),
    "does not exist": ({"ProductName": [{"exists": False}]}, {"Product": 1}, {"ProductName": 1}),
    "begins with": ({"Region": [{"prefix": "us-"}]}, {"Region": "us-east-1"}, {"Region": "eu"}),
    "ends with": ({"File": [{"suffix": ".png"}]}, {"File": "a.png"}, {"File": "a.jpg"}),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_guides_table_of_comparison_operators(name: str) -> None:
    pattern, matching, other = TABLE[name]
    assert holds(pattern, matching)
    assert not holds(pattern, other)


# EventBridge User Guide, "Comparison operators", unless it says otherwise.
CASES: list[tuple[Any, Any, bool]] = [
    ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
    ({"a": {"b": ["x"]}}, {"a": "x"}, False),
    # Arrays: the intersection of the two must not be empty.
    ({"a": ["x", "y"]}, {"a": ["z", "y"]}, True),
    ({"a": ["x"]}, {"a": []}, False),
    ({"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x", "c": "y"}, {"b": "z"}]}, True),
    ({"a": {"b": ["x"], "c": ["y"]}}, {"a": [{"b": "x"}, {"c": "y"}]}, False),
    # Only leaf nodes exist.
    ({"a": [{"exists": True}]}, {"a": {"b": 1}}, False),
    ({"a": {"b": [{"exists": False}]}}, {}, True),
    # Lambda guide: 300, 300.0 and 3.0e2 are not considered equal.
    ({"a": [300]}, {"a": 300}, True),
    ({"a": [300]}, {"a": 300.0}, False),
    ({"a": [{"numeric": ["=", 300]}]}, {"a": 300.0}, True),
    ({"a": [{"numeric": ["<", 1]}]}, {"a": "0"}, False),
    ({"a": [1]}, {"a": True}, False),
    ({"a": ["1"]}, {"a": 1}, False),
    ({"a": [True]}, {"a": True}, True),
    ({"a": [{"anything-but": [1, 2]}]}, {"a": 3}, True),
    ({"a": [{"anything-but": [1, 2]}]}, {"a": 2}, False),
    ({"a": [{"anything-but": "x"}]}, {}, False),
    ({"a": [{"prefix": {"equals-ignore-case": "eventb"}}]}, {"a": "EventBridge"}, True),
    ({"a": [{"suffix": {"equals-ignore-case": ".PNG"}}]}, {"a": "b.png"}, True),
    ({"a": [{"prefix": "1"}]}, {"a": 1}, False),
    ({"b": [1], "$or": [{"a": [1]}, {"a": [2]}]}, {"a": 2, "b": 1}, True),
    ({"b": [1], "$or": [{"a": [1]}, {"a": [2]}]}, {"a": 2, "b": 2}, False),
    ({"a": {"$or": [{"b": [1]}, {"c": [2]}]}}, {"a": {"c": 2}}, True),
]


@pytest.mark.parametrize(("pattern", "event", "expected"), CASES)
def test_how_a_pattern_meets_an_event(pattern: Any, event: Any, expected: bool) -> None:
    assert holds(pattern, event) is expected


# The first four were recorded from AWS: "Invalid filter pattern definition."
@pytest.mark.parametrize(
    "text",
    [
        "",
        "simple string",
        '{"eventSource": "aws:sqs"}',
        '{"eventSource": []}',
        "[]",
        "{}",
        '{"a": {}}',
        '{"a": [["x"]]}',
        '{"a": [{"unknown": "x"}]}',
        '{"a": [{"prefix": "x", "suffix": "y"}]}',
        '{"a": [{"prefix": 1}]}',
        '{"a": [{"exists": "yes"}]}',
        '{"a": [{"anything-but": []}]}',
        '{"a": [{"anything-but": ["x", 1]}]}',
        '{"a": [{"numeric": ["<", "1"]}]}',
        '{"a": [{"numeric": ["~", 1]}]}',
        '{"a": [{"numeric": [">", 2, "<", 1]}]}',
        '{"a": [{"numeric": ["<", 2, ">", 1]}]}',
        '{"a": [{"numeric": ["=", 6e9]}]}',
        '{"a": [NaN]}',
        '{"$or": [{"a": "x"}, {"b": [1]}]}',
    ],
)
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(InvalidEventPattern):
        compile_event_pattern(text, LAMBDA)


def sqs(body: str) -> dict[str, Any]:
    return {"messageId": "1", "body": body, "awsRegion": "us-east-1", "eventSource": "aws:sqs"}


def keeps(service: str, pattern: Any, record: dict[str, Any]) -> bool:
    return Filters.of(service, {"Filters": [{"Pattern": json.dumps(pattern)}]}).keep(record)


# The table in "Using event filtering with an Amazon SQS event source".
PLAIN, JSON_BODY, METADATA = {"body": ["hello"]}, {"body": {"a": [1]}}, {"eventSource": ["aws:sqs"]}


@pytest.mark.parametrize(
    ("body", "pattern", "kept"),
    [
        ("hello", PLAIN, True),
        ("bye", PLAIN, False),
        ("hello", METADATA, True),
        ("hello", JSON_BODY, False),
        ('{"a": 1}', PLAIN, False),
        ('{"a": 1}', METADATA, True),
        ('{"a": 1}', JSON_BODY, True),
        ('{"a": 2}', JSON_BODY, False),
        # A mismatch drops the message even where the rule alone would hold.
        ("hello", {"body": {"a": [{"exists": False}]}}, False),
        ('{"a": 1}', {"body": [{"exists": False}]}, False),
        ("hello", {"$or": [JSON_BODY, PLAIN]}, True),
        ('{"a": 1}', {"$or": [PLAIN, JSON_BODY]}, True),
        ('{"a": 2}', {"$or": [PLAIN, JSON_BODY]}, False),
        # Not in the table: one JSON value that is no object is taken as plain.
        ("12", {"body": ["12"]}, True),
    ],
)
def test_sqs_bodies_and_patterns_of_either_format(body: str, pattern: Any, kept: bool) -> None:
    assert keeps("sqs", pattern, sqs(body)) is kept


def kinesis(data: bytes) -> dict[str, Any]:
    return {
        "eventSource": "aws:kinesis",
        "kinesis": {
            "partitionKey": "1",
            "sequenceNumber": "49590338271490256608559692538361571095921575989136588898",
            "data": base64.b64encode(data).decode(),
            "approximateArrivalTimestamp": 1545084650.987,
        },
    }


@pytest.mark.parametrize(
    ("data", "pattern", "kept"),
    [
        (b'{"Location": "Los Angeles"}', {"data": {"Location": ["Los Angeles"]}}, True),
        # The guide's example: partitionKey stands beside data.
        (
            b'{"Location": "Los Angeles"}',
            {"partitionKey": ["1"], "data": {"Location": ["Los Angeles"]}},
            True,
        ),
        (b'{"Location": "Rome"}', {"data": {"Location": ["Los Angeles"]}}, False),
        (b"\xff\x00", {"data": {"Location": ["Los Angeles"]}}, False),
        (b"\xff\x00", {"data": {"Location": [{"exists": False}]}}, False),
        (b"\xff\x00", {"partitionKey": ["1"]}, True),
        (b"{}", {"eventSource": ["aws:kinesis"]}, True),
    ],
)
def test_kinesis_data_must_be_json_where_the_pattern_looks_at_it(
    data: bytes, pattern: Any, kept: bool
) -> None:
    assert keeps("kinesis", pattern, kinesis(data)) is kept


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["REMOVE"]}, False),
        ({"dynamodb": {"Keys": {"Id": {"N": ["101"]}}}}, True),
        ({"dynamodb": {"Keys": {"Id": {"N": [101]}}}}, False),
        # "The exists operator works on leaf nodes only" (the guide's page on DynamoDB).
        ({"dynamodb": {"NewImage": {"Message": [{"exists": True}]}}}, False),
        ({"dynamodb": {"NewImage": {"Message": {"S": [{"exists": True}]}}}}, True),
    ],
)
def test_dynamodb_records(pattern: Any, kept: bool) -> None:
    record = {
        "eventName": "INSERT",
        "dynamodb": {"Keys": {"Id": {"N": "101"}}, "NewImage": {"Message": {"S": "New item!"}}},
    }
    assert keeps("dynamodb", pattern, record) is kept


@pytest.mark.parametrize("service", ["kinesis", "dynamodb"])
def test_a_stream_pattern_for_plain_data_is_refused(service: str) -> None:
    """The guide: Lambda throws an exception when the mapping is created."""
    key = {"kinesis": "data", "dynamodb": "dynamodb"}[service]
    for pattern in ({key: ["x"]}, {"$or": [{key: ["x"]}, {"eventName": ["INSERT"]}]}):
        with pytest.raises(InvalidEventPattern):
            Filters.of(service, {"Filters": [{"Pattern": json.dumps(pattern)}]})


def test_any_of_several_filters_is_enough_and_none_lets_all_pass() -> None:
    criteria = {"Filters": [{"Pattern": '{"body": ["a"]}'}, {"Pattern": '{"body": {"b": [1]}}'}]}
    filters = Filters.of("sqs", criteria)
    assert [filters.keep(sqs(body)) for body in ("a", '{"b": 1}', "c")] == [True, True, False]
    for empty in (None, {}, {"Filters": []}):
        assert Filters.of("sqs", empty).keep(sqs("anything"))


def test_a_body_nested_deeper_than_python_recurses_is_no_trouble() -> None:
    for depth in (900, 100_000):
        body = f'{{"a": {"[" * depth}1{"]" * depth}}}'
        assert keeps("sqs", {"body": {"a": [2]}}, sqs(body)) is False


scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=3)
events = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), events, min_size=1), scalars)
def test_a_rule_and_its_opposite_never_both_hold_on_one_value(
    event: dict[str, Any], value: Any
) -> None:
    present = holds({"a": [{"exists": True}]}, event)
    assert present is not holds({"a": [{"exists": False}]}, event)
    if isinstance(value, str):
        one = {"a": value}
        assert holds({"a": [value]}, one)
        assert not holds({"a": [{"anything-but": [value]}]}, one)
        assert holds({"a": [{"prefix": value}]}, one)


@given(st.text(), events)
def test_no_body_makes_a_filter_fail(text: str, event: Any) -> None:
    for body in (text, json.dumps(event)):
        kept = keeps("sqs", {"body": {"a": [1]}}, sqs(body))
        assert kept is (keeps("sqs", {"$or": [{"body": {"a": [1]}}, {"x": [1]}]}, sqs(body)))
