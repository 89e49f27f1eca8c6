"""What makes an event pattern invalid, in the words of AWS's own matcher, Event Ruler.

Sources: EventBridge User Guide, "Comparison operators" (read 2026-11); the reasons as Event Ruler's
public source gives them, without the place in the text that AWS adds.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

# EventBridge compares numbers within this range.
LARGEST_NUMBER = Decimal("5e9")
OR = "$or"
SIGNS = ("=", "<", "<=", ">", ">=")
# What may stand inside anything-but, with a text or a list of texts.
INSIDE_ANYTHING_BUT = ("prefix", "suffix", "equals-ignore-case", "wildcard")


class InvalidEventPattern(ValueError):
    """The text is no event pattern; the message is AWS's reason."""


@dataclass(frozen=True)
class Number:
    """A JSON number as it was written."""

    text: str

    @property
    def value(self) -> Decimal:
        """What it amounts to; endless beyond what a decimal number can be."""
        try:
            return Decimal(self.text)
        except InvalidOperation:
            return Decimal("-Infinity" if self.text.startswith("-") else "Infinity")


def check_pattern(pattern: Any) -> None:
    """Refuse what is no pattern. Raises `InvalidEventPattern`."""
    if not isinstance(pattern, dict):
        raise InvalidEventPattern("Filter is not an object")
    if not pattern:
        raise InvalidEventPattern("Empty objects are not allowed")
    for name, wanted in pattern.items():
        if is_or(name, wanted):
            for choice in wanted:
                check_pattern(choice)
        elif isinstance(wanted, dict):
            check_pattern(wanted)
        elif isinstance(wanted, list):
            _check_rules(wanted)
        else:
            raise InvalidEventPattern(f'"{name}" must be an object or an array')


def is_or(name: str, wanted: Any) -> bool:
    """Whether a field of a pattern is ``$or`` with its choices, and not a field of that name."""
    return (
        name == OR
        and isinstance(wanted, list)
        and len(wanted) > 1
        and all(isinstance(each, dict) for each in wanted)
        and not any(len(each) == 1 and next(iter(each)) in _CHECKS for each in wanted)
    )


def _check_rules(rules: list[Any]) -> None:
    if not rules:
        raise InvalidEventPattern("Empty arrays are not allowed")
    for rule in rules:
        if isinstance(rule, list):
            raise InvalidEventPattern("Match value must be String, number, true, false, or null")
        if isinstance(rule, dict):
            _check_rule(rule)


def _check_rule(rule: dict[str, Any]) -> None:
    if not rule:
        raise InvalidEventPattern("Empty objects are not allowed")
    if len(rule) > 1:
        raise InvalidEventPattern("Only one key allowed in match expression")
    ((operator, operand),) = rule.items()
    check = _CHECKS.get(operator)
    if check is None:
        raise InvalidEventPattern(f"Unrecognized match type {operator}")
    check(operator, operand)


def _check_affix(operator: str, operand: Any) -> None:
    if isinstance(operand, dict):
        if list(operand) != ["equals-ignore-case"]:
            raise InvalidEventPattern(f"Unsupported {operator} pattern: {next(iter(operand), '')}")
        operand = operand["equals-ignore-case"]
    _check_text(operator, operand)


def _check_text(operator: str, operand: Any) -> None:
    if not isinstance(operand, str):
        raise InvalidEventPattern(f"{operator} match pattern must be a string")


def _check_wildcard(operator: str, operand: Any) -> None:
    _check_text(operator, operand)
    escaped, star_before = False, False
    for place, character in enumerate(operand):
        if escaped and character not in "*\\":
            raise InvalidEventPattern(f"Invalid escape character at pos {place - 1}")
        star = character == "*" and not escaped
        if star and star_before:
            raise InvalidEventPattern(f"Consecutive wildcard characters at pos {place - 1}")
        escaped, star_before = character == "\\" and not escaped, star
    if escaped:
        raise InvalidEventPattern(f"Invalid escape character at pos {len(operand) - 1}")


def _check_exists(operator: str, operand: Any) -> None:
    if not isinstance(operand, bool):
        raise InvalidEventPattern(f"{operator} match pattern must be either true or false.")


def _check_cidr(operator: str, operand: Any) -> None:
    _check_text(operator, operand)
    try:
        ipaddress.ip_network(operand, strict=False)
    except ValueError as error:
        raise InvalidEventPattern(f"Malformed CIDR: {operand}") from error
    if "/" not in operand:
        raise InvalidEventPattern("Malformed CIDR, one '/' required")


def _check_anything_but(operator: str, operand: Any) -> None:
    test: Callable[[str, Any], None] = _check_plain
    if isinstance(operand, dict):
        if len(operand) != 1:
            raise InvalidEventPattern("Only one key allowed in match expression")
        ((inner, operand),) = operand.items()
        if inner not in INSIDE_ANYTHING_BUT:
            raise InvalidEventPattern(f"Unsupported anything-but pattern: {inner}")
        operator = f"anything-but[{inner}]"
        test = _check_wildcard if inner == "wildcard" else _check_text
    values = operand if isinstance(operand, list) else [operand]
    if not values:
        raise InvalidEventPattern("Empty arrays are not allowed")
    for value in values:
        test(operator, value)
    if len({type(value) for value in values}) > 1:
        raise InvalidEventPattern(
            "Inside anything but list, either all values are number or string, mixed type is not "
            "supported"
        )


def _check_plain(_: str, operand: Any) -> None:
    if not isinstance(operand, (str, Number)):
        raise InvalidEventPattern("Inside anything but list, start|null|boolean is not supported.")


def _check_numeric(_: str, operand: Any) -> None:
    if not isinstance(operand, list):
        raise InvalidEventPattern("Value of numeric must be an array.")
    if len(operand) not in (2, 4):
        raise InvalidEventPattern("Too many or too few terms in numeric range expression")
    signs, bounds = operand[::2], operand[1::2]
    for sign, bound in zip(signs, bounds, strict=True):
        if sign not in SIGNS:
            raise InvalidEventPattern(f"Unrecognized numeric range operator: {_told(sign)}")
        if not isinstance(bound, Number):
            raise InvalidEventPattern(f"Value of {sign} must be numeric")
        if abs(bound.value) > LARGEST_NUMBER:
            raise InvalidEventPattern(f"Value of {sign} must be between -5.0E9 and 5.0E9")
    if len(signs) == 2:
        if signs[0] not in (">", ">=") or signs[1] not in ("<", "<="):
            raise InvalidEventPattern(f"Bad numeric range operator: {_told(signs[1])}")
        if bounds[0].value >= bounds[1].value:
            raise InvalidEventPattern("Bottom must be less than top")


def _told(sign: Any) -> str:
    return sign.text if isinstance(sign, Number) else str(sign)


_CHECKS = {
    "anything-but": _check_anything_but,
    "cidr": _check_cidr,
    "equals-ignore-case": _check_text,
    "exists": _check_exists,
    "numeric": _check_numeric,
    "prefix": _check_affix,
    "suffix": _check_affix,
    "wildcard": _check_wildcard,
}
