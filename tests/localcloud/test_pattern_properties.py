"""One matcher for all its users: properties, held against the words of the guides.

Sources: EventBridge User Guide, "Comparison operators"; Lambda Developer Guide, "Control which
events Lambda sends to your function"; SNS Developer Guide, "Subscription filter policies" (2026-11).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.events.dialects import EVENTBRIDGE, LAMBDA, SNS_BODY
from serverless_course.localcloud.events.event_patterns import compile_event_pattern

scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.text("ab*", max_size=3)
rules = scalars | st.sampled_from(
    [
        {"prefix": "a"},
        {"suffix": "b"},
        {"exists": True},
        {"exists": False},
        {"anything-but": "a"},
        {"numeric": [">", 0, "<=", 9]},
        {"numeric": ["=", 0]},
        {"equals-ignore-case": "A"},
    ]
)
patterns = st.recursive(
    st.lists(rules, min_size=1, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=3),
    max_leaves=6,
).filter(lambda found: isinstance(found, dict))
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
events = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


def holds(rule: Any, leaf: Any) -> bool:
    """Whether a rule other than exists holds for one plain value, by the guide's words."""
    if not isinstance(rule, dict):
        return type(rule) is type(leaf) and rule == leaf
    ((operator, operand),) = rule.items()
    if operator == "anything-but":
        return bool(leaf != operand)
    if operator == "numeric":
        is_number = type(leaf) is int
        return is_number and (leaf == 0 if operand[0] == "=" else 0 < leaf <= 9)
    if not isinstance(leaf, str):
        return False
    return {
        "prefix": leaf.startswith(operand),
        "suffix": leaf.endswith(operand),
        "equals-ignore-case": leaf.lower() == operand.lower(),
    }[operator]


def leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [] if isinstance(value, dict) else [value]


@given(st.lists(rules, min_size=1, max_size=3), values)
def test_a_field_is_found_by_any_rule_and_any_element(wanted: Any, value: Any) -> None:
    found = leaves(value)
    expected = any(
        bool(found) is rule["exists"]
        if isinstance(rule, dict) and "exists" in rule
        else any(holds(rule, leaf) for leaf in found)
        for rule in wanted
    )
    for dialect in (EVENTBRIDGE, LAMBDA, SNS_BODY):
        pattern = compile_event_pattern(json.dumps({"f": wanted}), dialect)
        assert pattern.matches(json.dumps({"f": value})) is expected


@given(patterns, events)
def test_users_agree_where_they_have_the_same_operators(pattern: Any, event: Any) -> None:
    text, told = json.dumps(pattern), json.dumps(event)
    users = (EVENTBRIDGE, LAMBDA, SNS_BODY)
    found = {compile_event_pattern(text, dialect).matches(told) for dialect in users}
    assert len(found) == 1
    either = compile_event_pattern(json.dumps({"$or": [pattern, {"no": ["x"]}]}))
    assert {either.matches(told)} == found


@pytest.mark.parametrize(
    ("pattern", "event", "result"),
    [
        ({"a": {"k": [2]}}, {"a": [{"k": 1}, {"k": 2}]}, True),
        ({"a": [False]}, {"a": 0}, False),
        ({"a": [0]}, {"a": False}, False),
        ({"a": [{"numeric": ["=", 1]}]}, {"a": True}, False),
        ({"a": [{"numeric": ["<", 3]}]}, {"a": ["x", None, 2]}, True),
        ({"a": [None]}, {}, False),
    ],
)
def test_types_are_kept_apart_for_every_user(pattern: Any, event: Any, result: bool) -> None:
    for dialect in (EVENTBRIDGE, LAMBDA, SNS_BODY):
        found = compile_event_pattern(json.dumps(pattern), dialect).matches(json.dumps(event))
        assert found is result


def test_six_digits_behind_the_point_are_compared() -> None:
    """EventBridge User Guide, "Comparison operators", Numeric matching (read 2026-11)."""
    pattern = compile_event_pattern('{"a": [{"numeric": ["=", 0.123456]}]}')
    assert pattern.matches('{"a": 0.1234569}')
    assert not pattern.matches('{"a": 0.123457}')
