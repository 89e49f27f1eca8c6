"""Filter policies of SNS subscriptions, matched by the one matcher of event patterns.

Sources: SNS Developer Guide, "Subscription filter policies" and "Filter policy constraints" (read
2026-11); words, the counting of combinations, and that a nested or dotted name finds either form,
as recorded from AWS (localstack, test_sns_filter_policy, 2024-05).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..events.dialects import SNS_ATTRIBUTES, SNS_BODY
from ..events.event_patterns import (
    EventPattern,
    InvalidEventPattern,
    compile_event_pattern,
    read_json,
)
from ..events.rule_checks import is_or

BODY, ATTRIBUTES = "MessageBody", "MessageAttributes"
MAX_KEYS = 5
MAX_COMBINATIONS = 150
NESTED = "Filter policy scope MessageAttributes does not support nested filter policy"
HIDDEN = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"


class InvalidFilterPolicy(ValueError):
    """The text is no filter policy; the message is AWS's, behind *Invalid parameter:*."""


def filter_policy(text: str, scope: str) -> EventPattern:
    """The policy in a JSON text, for a scope. Raises `InvalidFilterPolicy`."""
    dialect = SNS_BODY if scope == BODY else SNS_ATTRIBUTES
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if read == {}:
        return EventPattern({}, dialect)
    try:
        found = compile_event_pattern(text, dialect)
    except InvalidEventPattern as error:
        if read is None:
            raise InvalidFilterPolicy(f"FilterPolicy: {_without_source(error)}") from error
        raise InvalidFilterPolicy(f"FilterPolicy: {error}") from error
    if scope != BODY and any(isinstance(wanted, dict) for wanted in found.fields.values()):
        raise InvalidFilterPolicy(NESTED)
    if len(read) > MAX_KEYS:
        raise InvalidFilterPolicy(
            f"FilterPolicy: Filter policy can not have more than {MAX_KEYS} keys"
        )
    if combinations(found.fields) > MAX_COMBINATIONS:
        raise InvalidFilterPolicy("FilterPolicy: Filter policy is too complex")
    return found


def json_problem(text: str) -> str:
    """Why a text is no JSON, in AWS's words; empty when it is."""
    try:
        json.loads(text)
    except RecursionError:
        return "failed to parse JSON."
    except ValueError:
        try:
            compile_event_pattern(text, SNS_BODY)
        except InvalidEventPattern as error:
            return _without_source(error)
        return "failed to parse JSON."
    return ""


def _without_source(error: InvalidEventPattern) -> str:
    """The reason for what is no JSON: the place without the text (recorded 2025-10)."""
    line = str(error).rpartition("; line:")[2]
    return f"failed to parse JSON. {error.reason}\n at {HIDDEN} line:{line}"


def combinations(fields: dict[str, Any], depth: int = 1) -> int:
    """How many combinations of values a policy has; a nested value counts as often as it is deep.

    The alternatives of ``$or`` are added, with all that stands beside them.
    """
    found = 1
    for name, wanted in fields.items():
        if is_or(name, wanted):
            found *= sum(combinations(choice, depth) for choice in wanted)
        elif isinstance(wanted, dict):
            found *= combinations(wanted, depth + 1)
        else:
            found *= len(wanted) * depth
    return found


def accepts(policy: EventPattern, message: str, attributes: dict[str, Any] | None) -> bool:
    """Whether a subscription with this policy gets a message. ``attributes``: moto's.

    A message whose attributes or body are not of the form that is needed is filtered out.
    """
    if not policy.fields:
        return True
    try:
        if policy.dialect is SNS_ATTRIBUTES:
            return policy.finds(dict(_values(attributes or {})))
        event = read_json(message)
    except (ValueError, RecursionError):
        return False
    return isinstance(event, dict) and policy.finds(event)


def _values(attributes: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Attributes as values of JSON; a Binary one is not compared. Raises ValueError."""
    for name, attribute in attributes.items():
        kind, value = str(attribute["Type"]), attribute["Value"]
        if kind == "String.Array" or kind.startswith("Number"):
            yield name, read_json(str(value))
        elif kind.startswith("String"):
            yield name, str(value)
