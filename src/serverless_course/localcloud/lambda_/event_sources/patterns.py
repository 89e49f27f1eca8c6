"""Event patterns: the rules of Amazon EventBridge, as far as Lambda's event filtering has them.

Source: Lambda Developer Guide, "Control which events Lambda sends to your function" (table of
comparison operators), and EventBridge User Guide, "Comparison operators" (read 2026-11).
Everything here is pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

OR = "$or"
# EventBridge compares numbers within this range.
LARGEST_NUMBER = Decimal("5e9")
_BOUNDS = {"<": "upper", "<=": "upper", ">": "lower", ">=": "lower"}


class InvalidPattern(ValueError):
    """The text is no event pattern."""


@dataclass(frozen=True)
class Number:
    """A JSON number as it was written: Lambda does not take 300, 300.0 and 3.0e2 as equal."""

    text: str

    @property
    def value(self) -> Decimal:
        """What it amounts to."""
        return Decimal(self.text)


class _Missing:
    """Stands for a field that is not there."""


MISSING = _Missing()


def read_json(text: str | bytes) -> Any:
    """JSON in which every number is a `Number`. Raises ValueError for anything else."""
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_no_constant)


def compile_pattern(text: str) -> dict[str, Any]:
    """The pattern in a JSON text. Raises `InvalidPattern`."""
    try:
        pattern = read_json(text)
    except (ValueError, RecursionError) as error:
        raise InvalidPattern("The pattern is no JSON.") from error
    _check_fields(pattern)
    return dict(pattern)


def alternatives(pattern: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The pattern without ``$or`` at its top: an event must match all parts of one of these."""
    plain = {key: wanted for key, wanted in pattern.items() if not _is_or(key, wanted)}
    if len(plain) == len(pattern):
        return [[plain]]
    return [[plain, *rest] for choice in pattern[OR] for rest in alternatives(choice)]


def matches(pattern: dict[str, Any], value: Any) -> bool:
    """Whether a value, read by `read_json`, has what a compiled pattern asks for.

    An array matches when one of its elements does.
    """
    if isinstance(value, list):
        return any(matches(pattern, each) for each in _flat(value))
    fields = value if isinstance(value, dict) else {}
    return all(_field_matches(key, wanted, fields) for key, wanted in pattern.items())


def _field_matches(key: str, wanted: Any, fields: dict[str, Any]) -> bool:
    if _is_or(key, wanted):
        return any(matches(choice, fields) for choice in wanted)
    value = fields.get(key, MISSING)
    if isinstance(wanted, dict):
        return matches(wanted, value)
    leaves = _leaves(value)
    return any(_rule_matches(rule, leaves) for rule in wanted)


def _leaves(value: Any) -> list[Any]:
    """The plain values at a field. Only leaf nodes can be compared: an object has none."""
    each = _flat(value) if isinstance(value, list) else [value]
    return [leaf for leaf in each if leaf is not MISSING and not isinstance(leaf, dict)]


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


def _rule_matches(rule: Any, leaves: list[Any]) -> bool:
    if not isinstance(rule, dict):
        return any(_same(rule, leaf) for leaf in leaves)
    ((operator, operand),) = rule.items()
    if operator == "exists":
        return bool(leaves) is operand
    return any(_compare(operator, operand, leaf) for leaf in leaves)


def _compare(operator: str, operand: Any, leaf: Any) -> bool:
    if operator == "anything-but":
        refused = operand if isinstance(operand, list) else [operand]
        return not any(_same(each, leaf) for each in refused)
    if operator == "numeric":
        return isinstance(leaf, Number) and _in_range(operand, leaf)
    if not isinstance(leaf, str):
        return False
    text, wanted = leaf, operand
    if operator == "equals-ignore-case" or isinstance(operand, dict):
        wanted = operand["equals-ignore-case"] if isinstance(operand, dict) else operand
        text, wanted = leaf.casefold(), wanted.casefold()
    compare = {"prefix": str.startswith, "suffix": str.endswith}.get(operator, str.__eq__)
    return bool(compare(text, wanted))


def _same(wanted: Any, leaf: Any) -> bool:
    return type(wanted) is type(leaf) and bool(wanted == leaf)


def _in_range(comparisons: list[Any], leaf: Number) -> bool:
    value = leaf.value
    for operator, bound in zip(comparisons[::2], comparisons[1::2], strict=True):
        holds = {
            "=": value == bound.value,
            "<": value < bound.value,
            "<=": value <= bound.value,
            ">": value > bound.value,
            ">=": value >= bound.value,
        }[operator]
        if not holds:
            return False
    return True


def _is_or(key: str, wanted: Any) -> bool:
    return (
        key == OR
        and isinstance(wanted, list)
        and len(wanted) > 1
        and all(isinstance(each, dict) for each in wanted)
    )


# checking


def _check_fields(pattern: Any) -> None:
    if not isinstance(pattern, dict) or not pattern:
        raise InvalidPattern("A pattern is an object with at least one field.")
    for key, wanted in pattern.items():
        if _is_or(key, wanted):
            for choice in wanted:
                _check_fields(choice)
        elif isinstance(wanted, dict):
            _check_fields(wanted)
        elif isinstance(wanted, list) and wanted:
            for rule in wanted:
                _check_rule(rule)
        else:
            raise InvalidPattern(f"The value of '{key}' must be an object or a filled array.")


def _check_rule(rule: Any) -> None:
    if isinstance(rule, list):
        raise InvalidPattern("A rule is a value or an object, not an array.")
    if not isinstance(rule, dict):
        return
    if len(rule) != 1:
        raise InvalidPattern("A rule has exactly one operator.")
    ((operator, operand),) = rule.items()
    if not _is_operand(operator, operand):
        raise InvalidPattern(f"'{operator}' is no operator, or its value does not fit.")


def _is_operand(operator: str, operand: Any) -> bool:
    if operator == "exists":
        return isinstance(operand, bool)
    if operator == "equals-ignore-case":
        return isinstance(operand, str)
    if operator in ("prefix", "suffix"):
        return isinstance(operand, str) or (
            isinstance(operand, dict)
            and list(operand) == ["equals-ignore-case"]
            and isinstance(operand["equals-ignore-case"], str)
        )
    if operator == "anything-but":
        values = operand if isinstance(operand, list) else [operand]
        kinds = {type(each) for each in values}
        return bool(values) and len(kinds) == 1 and kinds <= {str, Number}
    return operator == "numeric" and _is_range(operand)


def _is_range(operand: Any) -> bool:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    operators, bounds = operand[::2], operand[1::2]
    try:
        small = all(abs(bound.value) <= LARGEST_NUMBER for bound in bounds)
    except (AttributeError, InvalidOperation):
        return False
    if operators == ["="]:
        return small
    sides = [_BOUNDS.get(each) if isinstance(each, str) else None for each in operators]
    ordered = all(low.value < high.value for low, high in pairwise(bounds))
    between = sides == ["lower", "upper"] and ordered
    return small and None not in sides and (len(sides) == 1 or between)


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON.")
