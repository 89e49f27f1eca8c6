"""Refused patterns: the whole reason, with its place in the text.

Recorded from AWS: localstack's test_events_patterns (EventBridge, 2024-11 and 2024-12) and
test_sns_filter_policy (SNS, 2024-05); the names are those of the cases.
"""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.events.dialects import (
    EVENTBRIDGE,
    LAMBDA,
    SNS_ATTRIBUTES,
    SNS_BODY,
)
from serverless_course.localcloud.events.event_patterns import (
    InvalidEventPattern,
    compile_event_pattern,
)

UNKNOWN = (
    "Unrecognized token '{}': was expecting (JSON String, Number, Array, Object or token 'null', "
    "'true' or 'false')"
)
NO_CASE = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
EVENT_PATTERNS = [
    ("int_nolist", '{"int": 42}', '"int" must be an object or an array', 11),
    ("string_nolist", '{"string": "my-value"}', '"string" must be an object or an array', 13),
    (
        "content_numeric_operatorcasing",
        '{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}',
        "Unrecognized match type NUMERIC",
        36,
    ),
    ("arrays_empty", '{"resources": []}', "Empty arrays are not allowed", 17),
    (
        "content_numeric",
        '{"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}}',
        "Bad numeric range operator: >",
        49,
    ),
    (
        "content_numeric_syntax",
        '{"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}}',
        "Value of < must be numeric",
        50,
    ),
    (
        "content_wildcard_repeating_star",
        '{"EventBusArn": [{"wildcard": "arn:aws:events:us-east-1:**:event-bus/*"}]}',
        "Consecutive wildcard characters at pos 26",
        72,
    ),
    (
        "content_ignorecase",
        '{"detail-type": [{"equals-ignore-case": ["ec2 instance state-change notification"]}]}',
        "equals-ignore-case match pattern must be a string",
        42,
    ),
    (
        "content_anything_but_ignorecase",
        '{"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}}',
        NO_CASE,
        66,
    ),
    (
        "content_anything_suffix_int",
        '{"detail": {"FileName": [{"anything-but": {"suffix": 123}}]}}',
        "prefix/suffix match pattern must be a string",
        57,
    ),
    (
        "content_anything_prefix_ignorecase",
        '{"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}}',
        "Value of anything-but must be an array or single string/number value.",
        55,
    ),
    (
        "content_ip_address_type",
        '{"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}}',
        "prefix match pattern must be a string",
        43,
    ),
    ("not a dict", '["not", "a", "dict", "but valid json"]', "Filter is not an object", 2),
    ("no json", "this is valid json but not a dict", UNKNOWN.format("this"), 5),
    (
        "bad quotation",
        "{'bad': 'quotation'}",
        "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
        2,
    ),
    ("not closed", '{"not": closed mark"', UNKNOWN.format("closed"), 15),
]
FILTER_POLICIES = [
    (
        "condition-list",
        '{"key":[["value"]]}',
        "Match value must be String, number, true, false, or null",
        10,
    ),
    (
        "condition-operator",
        '{"key":[{"wrong-operator":true}]}',
        "Unrecognized match type wrong-operator",
        31,
    ),
    (
        "condition-two-operators",
        '{"key":[{"suffix":"value","prefix":"value2"}]}',
        "Only one key allowed in match expression",
        37,
    ),
    (
        "condition-is-numeric",
        '{"key":[{"suffix":100}]}',
        "suffix match pattern must be a string",
        22,
    ),
    (
        "condition-is-not-list-and-operator",
        '{"key":{"suffix":"value"}}',
        '"suffix" must be an object or an array',
        19,
    ),
    ("numeric-empty", '{"key":[{"numeric":[]}]}', "Invalid member in numeric match: ]", 22),
    (
        "numeric-wrong-operator",
        '{"key":[{"numeric":["operator"]}]}',
        "Unrecognized numeric range operator: operator",
        32,
    ),
    (
        "numeric-operator-order",
        '{"key":[{"numeric":[1,"<="]}]}',
        "Invalid member in numeric match: 1",
        22,
    ),
    ("numeric-type", '{"key":[{"numeric":["=","000"]}]}', "Value of equals must be numeric", 26),
    (
        "numeric-wrong-range-order",
        '{"key":[{"numeric":["<",100,">",10]}]}',
        "Too many elements in numeric expression",
        30,
    ),
    (
        "numeric-wrong-value-order",
        '{"key":[{"numeric":[">",3,"<",1]}]}',
        "Bottom must be less than top",
        33,
    ),
    (
        "numeric-missing-range-operator",
        '{"key":[{"numeric":[">",20,30]}]}',
        "Bad value in numeric range: 30",
        30,
    ),
    (
        "numeric-too-many-range",
        '{"key":[{"numeric":[">",20,"<",30,"<",50]}]}',
        "Too many terms in numeric range expression",
        36,
    ),
    (
        "condition-none",
        '{"key":[{"exists":null}]}',
        "exists match pattern must be either true or false.",
        23,
    ),
    (
        "condition-wrong-operator",
        '{"key":[{"anything-but":{"wrong-operator":null}}]}',
        "Unsupported anything-but pattern: wrong-operator",
        47,
    ),
    (
        "condition-anything-but-suffix",
        '{"key":[{"anything-but":{"suffix":"test"}}]}',
        "Unsupported anything-but pattern: suffix",
        36,
    ),
    (
        "condition-anything-but-prefix-wrong-type",
        '{"key":[{"anything-but":{"prefix":false}}]}',
        "prefix match pattern must be a string",
        40,
    ),
]
CASES = {
    name: (dialect, *case)
    for dialect, cases in ((EVENTBRIDGE, EVENT_PATTERNS), (SNS_ATTRIBUTES, FILTER_POLICIES))
    for name, *case in cases
}


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_and_its_place_are_as_recorded(name: str) -> None:
    dialect, text, reason, column = CASES[name]
    with pytest.raises(InvalidEventPattern) as refused:
        compile_event_pattern(text, dialect)
    place = f'\n at [Source: (String)"{text}"; line: 1, column: {column}]'
    assert str(refused.value) == reason + place


def test_in_a_list_the_place_is_told_twice_and_a_cidr_has_none() -> None:
    """Recorded: content_anything_prefix_list_type, content_ip_address_bad_* (2024-12)."""
    text = '{"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}}'
    place = f'\n at [Source: (String)"{text}"; line: 1, column: 55]'
    for pattern, said in (
        (text, f"prefix/suffix match pattern must be a string{place}{place}"),
        ('{"a": [{"cidr": "bad"}]}', "Malformed CIDR, one '/' required"),
        ('{"a": [{"cidr": "10.0.0.0/xx"}]}', "Malformed CIDR, mask bits must be an integer"),
        ('{"a": [{"cidr": "xx.11.xx/8"}]}', "Nonstandard IP address: xx.11.xx"),
    ):
        with pytest.raises(InvalidEventPattern) as refused:
            compile_event_pattern(pattern)
        assert str(refused.value) == said


@pytest.mark.parametrize(
    ("texts", "complex"),
    [
        # Recorded: content_wildcard_complex_EXC, content_wildcard_repeating (2024-12).
        (["*:*:*:*:*:event-bus/*"], True),
        (["kept/*/dir/dir/dir/dir/dir/doc.txt"], False),
        # A public error report of S3 keys (2023): four of these refused, two taken.
        ([f"*/datasync/*.{end}" for end in ("bif", "tif", "tiff", "svs")], True),
        ([f"*/datasync/*.{end}" for end in ("bif", "tif")], False),
        ([f"*.{end}" for end in ("bif", "tiff", "tif", "svs")], False),
        (["*" + "ab" * 2000], True),
        (["*", "a*", "ab*"], False),
        ([r"\*\*\*\*\*\*\*\*\*\*\*\*"], False),
    ],
)
def test_wildcards_of_one_field_that_are_too_complex(texts: list[str], complex: bool) -> None:
    reason = "Rule is too complex - try using fewer wildcard characters or fewer repeating"
    for rules in (
        [{"wildcard": text} for text in texts],
        [{"anything-but": {"wildcard": texts}}],
    ):
        nested = json.dumps({"a": {"$or": [{"b": [1]}, {"c": rules}]}})
        apart = json.dumps({str(number): [rule] for number, rule in enumerate(rules)})
        for pattern in (json.dumps({"a": rules}), nested):
            if complex:
                with pytest.raises(InvalidEventPattern, match=reason):
                    compile_event_pattern(pattern)
            else:
                compile_event_pattern(pattern)
        if len(rules) > 1:
            compile_event_pattern(apart)


def test_or_with_one_choice_an_operator_or_a_value_is_a_field_of_that_name() -> None:
    """Event Ruler's README, "$or": so that older rules keep their meaning (read 2026-11)."""
    assert compile_event_pattern('{"$or": ["x", {"prefix": "y"}]}').matches('{"$or": "yes"}')
    assert compile_event_pattern('{"$or": [{"prefix": "y"}]}').matches('{"$or": "yes"}')
    for pattern in ('{"$or": [{"a": [1]}]}', '{"$or": [{"a": [1]}, {"prefix": [1]}]}'):
        with pytest.raises(InvalidEventPattern, match="Unrecognized match type a"):
            compile_event_pattern(pattern)


def test_what_only_some_users_have() -> None:
    wildcard, inner = '{"a": [{"wildcard": "x*"}]}', '{"a": [{"anything-but": {"suffix": "x"}}]}'
    cidr = '{"a": [{"cidr": "10.0.0.0/8"}]}'
    for text, dialects in (
        (wildcard, {EVENTBRIDGE}),
        (inner, {EVENTBRIDGE}),
        (cidr, {EVENTBRIDGE, SNS_BODY, SNS_ATTRIBUTES}),
    ):
        for dialect in (EVENTBRIDGE, LAMBDA, SNS_BODY, SNS_ATTRIBUTES):
            if dialect in dialects:
                compile_event_pattern(text, dialect)
            else:
                with pytest.raises(InvalidEventPattern, match=r"Unrecognized|Unsupported"):
                    compile_event_pattern(text, dialect)


@given(st.text(max_size=40) | st.text('{}[]:,"a1 ', max_size=40))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    for dialect in (EVENTBRIDGE, LAMBDA, SNS_BODY, SNS_ATTRIBUTES):
        with contextlib.suppress(InvalidEventPattern):
            compile_event_pattern(text, dialect)
