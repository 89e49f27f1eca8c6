"""Event patterns of Amazon EventBridge: compiled, refused, and held against events.

Sources: EventBridge User Guide, "Event patterns" and "Comparison operators" (read 2026-11); AWS's
own matcher, Event Ruler, whose README says how fields, arrays and numbers are taken. A dot in a
name stands for a nested field. An array matches when one element does, and all fields of an array
of objects have to match in the same element. Matching takes time in proportion to the pattern and
the event, wildcards too.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..wildcards import starred, unescaped
from .rule_checks import InvalidEventPattern, Number, check_pattern, is_or


@dataclass(frozen=True)
class EventPattern:
    """A compiled pattern."""

    fields: dict[str, Any]

    def matches(self, event: str | bytes) -> bool:
        """Whether an event, as JSON, has what the pattern asks for. Raises ValueError."""
        return _matches(self.fields, _nested(read_json(event)))


def read_json(text: str | bytes) -> Any:
    """JSON in which every number is a `Number`. Raises ValueError."""
    return json.loads(text, parse_int=Number, parse_float=Number)


def compile_event_pattern(text: str) -> EventPattern:
    """The pattern in a JSON text. Raises `InvalidEventPattern`."""
    try:
        pattern = read_json(text)
    except (ValueError, RecursionError) as error:
        raise InvalidEventPattern("Invalid JSON") from error
    check_pattern(pattern)
    return EventPattern(_nested(pattern))


def _nested(value: Any) -> Any:
    """The value with its dotted names taken apart."""
    if isinstance(value, list):
        return [_nested(each) for each in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, each in value.items():
        _put(found, name.split("."), _nested(each))
    return found


def _put(where: dict[str, Any], path: list[str], value: Any) -> None:
    *parents, name = path
    for parent in parents:
        inner = where.setdefault(parent, {})
        if not isinstance(inner, dict):
            return
        where = inner
    before = where.get(name)
    if isinstance(before, dict) and isinstance(value, dict):
        for key, each in value.items():
            _put(before, [key], each)
    else:
        where[name] = value


def _matches(pattern: dict[str, Any], value: Any) -> bool:
    if isinstance(value, list):
        return any(_matches(pattern, each) for each in value) or (not value and _absent(pattern))
    fields = value if isinstance(value, dict) else {}
    return all(_field_matches(name, wanted, fields) for name, wanted in pattern.items())


def _absent(pattern: dict[str, Any]) -> bool:
    """Whether a pattern is satisfied where there is nothing."""
    return _matches(pattern, {})


def _field_matches(name: str, wanted: Any, fields: dict[str, Any]) -> bool:
    if is_or(name, wanted):
        return any(_matches(choice, fields) for choice in wanted)
    if isinstance(wanted, dict):
        return _matches(wanted, fields.get(name, {}))
    leaves = list(_leaves(fields[name])) if name in fields else []
    return any(_rule_matches(rule, leaves) for rule in wanted)


def _leaves(value: Any) -> Any:
    """The plain values at a field; an object is none."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif not isinstance(each, dict):
            yield each


def _rule_matches(rule: Any, leaves: list[Any]) -> bool:
    if not isinstance(rule, dict):
        return any(_same(rule, leaf) for leaf in leaves)
    ((operator, operand),) = rule.items()
    if operator == "exists":
        return bool(leaves) is operand
    test = OPERATORS[operator]
    return any(test(operand, leaf) for leaf in leaves)


def _same(wanted: Any, leaf: Any) -> bool:
    if isinstance(wanted, Number):
        return isinstance(leaf, Number) and wanted.value == leaf.value
    return type(wanted) is type(leaf) and bool(wanted == leaf)


def _anything_but(operand: Any, leaf: Any) -> bool:
    if isinstance(operand, dict):
        ((operator, refused),) = operand.items()
        test = OPERATORS[operator]
    else:
        refused, test = operand, _same
    return not any(test(each, leaf) for each in _listed(refused))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _prefix(operand: Any, leaf: Any) -> bool:
    text, wanted = _folded(operand, leaf)
    return text is not None and text.startswith(wanted)


def _suffix(operand: Any, leaf: Any) -> bool:
    text, wanted = _folded(operand, leaf)
    return text is not None and text.endswith(wanted)


def _folded(operand: Any, leaf: Any) -> tuple[str | None, str]:
    """The value and what is asked of it, both in small letters where case does not count."""
    if not isinstance(leaf, str):
        return None, ""
    if isinstance(operand, dict):
        return leaf.casefold(), str(operand["equals-ignore-case"]).casefold()
    return leaf, operand


def _ignore_case(operand: Any, leaf: Any) -> bool:
    return isinstance(leaf, str) and leaf.casefold() == operand.casefold()


def _wildcard(operand: Any, leaf: Any) -> bool:
    return isinstance(leaf, str) and starred(unescaped(operand))(leaf)


def _numeric(operand: Any, leaf: Any) -> bool:
    return isinstance(leaf, Number) and all(
        COMPARISONS[sign](leaf.value, bound.value)
        for sign, bound in zip(operand[::2], operand[1::2], strict=True)
    )


def _cidr(operand: Any, leaf: Any) -> bool:
    try:
        return ipaddress.ip_address(leaf) in ipaddress.ip_network(operand, strict=False)
    except (ValueError, TypeError):
        return False


COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": _ignore_case,
    "exists": lambda *_: False,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
