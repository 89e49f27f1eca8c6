"""Event patterns: compiled, refused, and held against events, for all who match with them.

Mappings' filters, EventBridge's rules and TestEventPattern, and SNS's filter policies use this one
matcher; `dialects` says what each of them takes. Sources: EventBridge User Guide, "Event patterns"
and "Comparison operators" (read 2026-11); AWS's own matcher, Event Ruler, whose README says how
fields, arrays and numbers are taken. An array matches when one element does, and all fields of an
array of objects have to match in the same element. Matching takes time in proportion to the pattern
and the event, wildcards too.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from ..wildcards import starred, unescaped
from .dialects import EVENTBRIDGE, Dialect
from .pattern_text import InvalidEventPattern, Number
from .rule_checks import OR, is_or, read_pattern
from .wildcard_complexity import TOO_COMPLEX, too_complex

__all__ = ["EventPattern", "InvalidEventPattern", "Number", "compile_event_pattern", "read_json"]
# EventBridge compares six digits behind the point, of numbers within this range.
PLACES = Decimal("0.000001")
LARGEST = Decimal("5e9")


@dataclass(frozen=True)
class EventPattern:
    """A compiled pattern of one user."""

    fields: dict[str, Any]
    dialect: Dialect = EVENTBRIDGE

    def matches(self, event: str | bytes) -> bool:
        """Whether an event, as JSON, has what the pattern asks for. Raises ValueError."""
        return self.finds(read_json(event))

    def finds(self, event: Any) -> bool:
        """The same of an event that `read_json` read; one nested too deeply matches nothing."""
        try:
            value = nested(event) if self.dialect.dots else event
            return _Matching(self.dialect).matches(self.fields, value)
        except RecursionError:
            return False

    def alternatives(self) -> list[list[dict[str, Any]]]:
        """The fields without ``$or`` at the top: an event must match all of one of these lists."""
        return _alternatives(self.fields)


def read_json(text: str | bytes) -> Any:
    """JSON in which every number is a `Number`. Raises ValueError for anything else."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_no_constant)


def compile_event_pattern(text: str, dialect: Dialect = EVENTBRIDGE) -> EventPattern:
    """The pattern in a JSON text. Raises `InvalidEventPattern`."""
    fields = read_pattern(text, dialect)
    if "wildcard" in dialect.operators and too_complex(fields):
        raise InvalidEventPattern(TOO_COMPLEX)
    return EventPattern(nested(fields) if dialect.dots else fields, dialect)


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON.")


def _alternatives(pattern: dict[str, Any]) -> list[list[dict[str, Any]]]:
    plain = {key: wanted for key, wanted in pattern.items() if not is_or(key, wanted)}
    if len(plain) == len(pattern):
        return [[plain]]
    return [[plain, *rest] for choice in pattern[OR] for rest in _alternatives(choice)]


def nested(value: Any) -> Any:
    """The value with its dotted names taken apart."""
    if isinstance(value, list):
        return [nested(each) for each in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, each in value.items():
        _put(found, name.split("."), nested(each))
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


class _Matching:
    """Holds a pattern of one dialect against a value."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def matches(self, pattern: dict[str, Any], value: Any) -> bool:
        if isinstance(value, list):
            # Of an empty array every field is absent.
            elements = _flat(value) or [{}]
            return any(self.matches(pattern, each) for each in elements)
        fields = value if isinstance(value, dict) else {}
        return all(self._field_matches(name, wanted, fields) for name, wanted in pattern.items())

    def _field_matches(self, name: str, wanted: Any, fields: dict[str, Any]) -> bool:
        if is_or(name, wanted):
            return any(self.matches(choice, fields) for choice in wanted)
        if isinstance(wanted, dict):
            return self.matches(wanted, fields.get(name, {}))
        leaves = _leaves(fields[name]) if name in fields else []
        return any(self._rule_matches(rule, leaves) for rule in wanted)

    def _rule_matches(self, rule: Any, leaves: list[Any]) -> bool:
        if rule is None and self._dialect.null_is_absent and not leaves:
            return True
        if not isinstance(rule, dict):
            return any(self._same(rule, leaf) for leaf in leaves)
        ((operator, operand),) = rule.items()
        if operator == "exists":
            return bool(leaves) is operand
        if operator == "anything-but":
            return any(self._anything_but(operand, leaf) for leaf in leaves)
        test = OPERATORS[operator]
        return any(test(operand, leaf) for leaf in leaves)

    def _anything_but(self, operand: Any, leaf: Any) -> bool:
        test: Callable[[Any, Any], bool] = self._same
        if isinstance(operand, dict):
            ((operator, operand),) = operand.items()
            test = OPERATORS[operator]
        refused = operand if isinstance(operand, list) else [operand]
        return not any(test(each, leaf) for each in refused)

    def _same(self, wanted: Any, leaf: Any) -> bool:
        if type(wanted) is not type(leaf):
            return False
        if not isinstance(wanted, Number) or wanted.text == leaf.text:
            return bool(wanted == leaf)
        if self._dialect.by_writing:
            return False
        ours, theirs = _compared(wanted), _compared(leaf)
        return ours is not None and ours == theirs


def _leaves(value: Any) -> list[Any]:
    """The plain values at a field; an object is none."""
    each = _flat(value) if isinstance(value, list) else [value]
    return [leaf for leaf in each if not isinstance(leaf, dict)]


def _flat(values: list[Any]) -> list[Any]:
    """The elements of an array and of the arrays in it, however deep."""
    waiting, found = [*values], []
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        else:
            found.append(value)
    return found


def _compared(number: Number) -> Decimal | None:
    """What a number counts for in comparisons; None where it is out of their range."""
    value = number.value
    return value.quantize(PLACES, ROUND_DOWN) if abs(value) <= LARGEST else None


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
    value = _compared(leaf) if isinstance(leaf, Number) else None
    return value is not None and all(
        COMPARISONS[sign](value, bound.value.quantize(PLACES, ROUND_DOWN))
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
    "cidr": _cidr,
    "equals-ignore-case": _ignore_case,
    "numeric": _numeric,
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}
