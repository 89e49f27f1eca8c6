"""Reads a pattern, and refuses what is none, in the words of AWS's own matcher, Event Ruler.

Sources: EventBridge User Guide, "Comparison operators" (read 2026-11); reasons and places as
recorded from AWS (localstack's test_events_patterns and test_sns_filter_policy, 2024); reasons
that were not recorded as Event Ruler's public source gives them (read 2026-11).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NoReturn

from .dialects import Dialect
from .operands import check_cidr, wildcard_problem
from .pattern_text import NAME, NUMBER, TEXT, WORD, InvalidEventPattern, Number, PatternText

__all__ = ["InvalidEventPattern", "Number", "is_or", "read_pattern"]
OR = "$or"
SIGNS = ("=", "<", "<=", ">", ">=")
OPERATORS = frozenset(
    {"anything-but", "cidr", "equals-ignore-case", "exists"}
    | {"numeric", "prefix", "suffix", "wildcard"}
)
ONE_KEY = "Only one key allowed in match expression"
TOO_MANY = "Too many elements in numeric expression"
NO_CASE = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
NOT_A_VALUE = "Inside anything but list, start|null|boolean is not supported."
MIXED = (
    "Inside anything but list, either all values are number or string, mixed type is not supported"
)


def read_pattern(text: str, dialect: Dialect) -> dict[str, Any]:
    """The pattern in a JSON text, every number a `Number`. Raises `InvalidEventPattern`."""
    reader = _Reader(PatternText(text), dialect)
    try:
        return reader.pattern()
    except RecursionError as error:
        raise InvalidEventPattern("The pattern is nested too deeply.") from error


def is_or(name: str, wanted: Any) -> bool:
    """Whether a field of a pattern is ``$or`` with its choices, and not a field of that name."""
    return (
        name == OR
        and isinstance(wanted, list)
        and len(wanted) > 1
        and all(isinstance(each, dict) for each in wanted)
        and not any(len(each) == 1 and next(iter(each)) in OPERATORS for each in wanted)
    )


class _Reader:
    def __init__(self, text: PatternText, dialect: Dialect) -> None:
        self._text = text
        self._dialect = dialect

    def pattern(self) -> dict[str, Any]:
        if self._text.next().kind != "{":
            self._refuse("Filter is not an object")
        return self._fields()

    def _refuse(self, reason: str, *, read: bool = False) -> NoReturn:
        raise InvalidEventPattern(reason, self._text.place(read=read))

    def _fields(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._text.next().kind == NAME:
            name = self._text.token.value
            value = self._text.next().kind
            if value == "{":
                found[name] = self._fields()
            elif value == "[":
                found[name] = self._choices() if name == OR else self._rules()
            else:
                self._refuse(f'"{name}" must be an object or an array')
        if not found:
            self._refuse("Empty objects are not allowed")
        return found

    def _choices(self) -> list[Any]:
        """``$or`` joins patterns; with one element, a value or an operator it is a field's name."""
        before = self._text.token
        opening = self._text.next()
        if opening.kind != "{":
            self._text.back(before)
            return self._rules()
        name = self._text.next()
        as_field = InvalidEventPattern(f"Unrecognized match type {name.value}", self._text.place())
        self._text.back(opening)
        self._text.back(before)
        if name.kind != NAME or name.value in OPERATORS:
            return self._rules()
        choices: list[Any] = []
        while self._text.next().kind == "{":
            choices.append(self._fields())
        if self._text.token.kind != "]" or not is_or(OR, choices):
            raise as_field
        return choices

    def _rules(self) -> list[Any]:
        rules: list[Any] = []
        while self._text.next().kind != "]":
            token = self._text.token
            if token.kind == "{":
                rules.append(self._expression())
            elif token.kind in (TEXT, NUMBER, WORD):
                rules.append(token.value)
            else:
                self._refuse("Match value must be String, number, true, false, or null")
        if not rules:
            self._refuse("Empty arrays are not allowed")
        return rules

    def _expression(self) -> dict[str, Any]:
        if self._text.next().kind != NAME:
            self._refuse("Match expression name not found")
        name = self._text.token.value
        if name not in self._dialect.operators:
            self._refuse(f"Unrecognized match type {name}")
        if name == "numeric":
            operand: Any = self._numeric()
        elif name == "anything-but":
            operand = self._anything_but()
        elif name == "exists":
            operand = self._text.next().value
            if not isinstance(operand, bool):
                self._refuse("exists match pattern must be either true or false.")
        else:
            operand = self._operand(name)
        if self._text.next().kind != "}":
            self._refuse(TOO_MANY if name in ("numeric", "anything-but") else ONE_KEY)
        return {name: operand}

    def _operand(self, name: str) -> Any:
        token = self._text.next()
        if token.kind == "{" and name in ("prefix", "suffix") and self._dialect.affix_ignores_case:
            inner = self._text.next()
            if inner.kind != NAME or inner.value != "equals-ignore-case":
                self._refuse(f"Unsupported {name} pattern: {inner.value or ''}")
            self._string("equals-ignore-case", self._text.next().kind)
            text = self._text.token.value
            if self._text.next().kind != "}":
                self._refuse(ONE_KEY)
            return {"equals-ignore-case": text}
        # Event Ruler speaks of a prefix here (recorded: content_ip_address_type_EXC).
        self._string("prefix" if name == "cidr" else name, token.kind)
        if name == "cidr":
            check_cidr(token.value)
        if name == "wildcard":
            self._check_wildcard(token.value)
        return token.value

    def _string(self, name: str, kind: str) -> None:
        if kind != TEXT:
            self._refuse(f"{name} match pattern must be a string")

    def _check_wildcard(self, text: str) -> None:
        reason = wildcard_problem(text)
        if reason:
            self._refuse(reason, read=True)

    def _anything_but(self) -> Any:
        if self._text.next().kind == "{":
            return self._anything_but_object()
        if self._text.token.kind not in ("[", TEXT, NUMBER):
            self._refuse("Value of anything-but must be an array or single string/number value.")
        if self._text.token.kind != "[":
            return self._text.token.value
        values = self._list(lambda kind: None if kind in (TEXT, NUMBER) else NOT_A_VALUE)
        if len({type(value) for value in values}) != 1:
            self._refuse(MIXED)
        return values

    def _anything_but_object(self) -> dict[str, Any]:
        if self._text.next().kind != NAME:
            self._refuse("Anything-But expression name not found")
        inner = self._text.token.value
        if inner not in self._dialect.in_anything_but:
            self._refuse(f"Unsupported anything-but pattern: {inner}")
        lists = self._dialect.lists_there
        kind = self._text.next().kind
        if kind == "{" and lists:
            self._refuse("Value of anything-but must be an array or single string/number value.")
        said = f"{inner} match pattern must be a string"
        if inner in ("prefix", "suffix") and lists:
            said = "prefix/suffix match pattern must be a string"
        if inner == "equals-ignore-case":
            said = NO_CASE
        if kind == "[" and lists:
            operand: Any = self._list(lambda kind: None if kind == TEXT else said, inner)
        elif kind == TEXT:
            operand = self._text.token.value
            self._check_inner(inner, operand)
        else:
            self._refuse(said)
        if self._text.next().kind != "}":
            self._refuse(ONE_KEY)
        return {inner: operand}

    def _check_inner(self, inner: str, text: str) -> None:
        if inner in ("prefix", "suffix") and not text:
            self._refuse("Null prefix/suffix not allowed", read=True)
        if inner == "wildcard":
            self._check_wildcard(text)

    def _list(self, problem: Any, inner: str = "") -> list[Any]:
        """The values of a list. What is wrong in it tells its place twice, as recorded."""
        values = []
        try:
            while self._text.next().kind != "]":
                reason = problem(self._text.token.kind)
                if reason:
                    self._refuse(reason)
                values.append(self._text.token.value)
                self._check_inner(inner, self._text.token.value)
        except InvalidEventPattern as error:
            raise InvalidEventPattern(
                error.reason, str(error).removeprefix(error.reason) + self._text.place()
            ) from error
        return values

    def _numeric(self) -> list[Any]:
        if self._text.next().kind != "[":
            self._refuse("Value of numeric must be an array.")
        first = self._text.next()
        if first.kind != TEXT:
            shown = first.value.text if isinstance(first.value, Number) else first.kind
            self._refuse(f"Invalid member in numeric match: {shown}")
        sign, bound = first.value, self._text.next()
        if sign not in SIGNS:
            self._refuse(f"Unrecognized numeric range operator: {sign}")
        if bound.kind != NUMBER:
            self._refuse(f"Value of {'equals' if sign == '=' else sign} must be numeric")
        more = self._text.next()
        if more.kind == "]":
            self._within(bound.value)
            return [sign, bound.value]
        if sign not in (">", ">="):
            self._refuse(TOO_MANY)
        return [sign, bound.value, *self._top(more.kind, more.value, bound.value)]

    def _top(self, kind: str, sign: Any, bottom: Number) -> list[Any]:
        if kind != TEXT:
            self._refuse(f"Bad value in numeric range: {getattr(sign, 'text', kind)}")
        if sign not in ("<", "<="):
            self._refuse(f"Bad numeric range operator: {sign}", read=True)
        top = self._text.next()
        if top.kind != NUMBER:
            self._refuse(f"Value of {sign} must be numeric")
        if self._text.next().kind != "]":
            self._refuse("Too many terms in numeric range expression")
        self._within(bottom)
        self._within(top.value)
        if bottom.value >= top.value.value:
            self._refuse("Bottom must be less than top")
        return [sign, top.value]

    def _within(self, bound: Number) -> None:
        largest = self._dialect.largest
        if abs(bound.value) > largest:
            shown = _scientific(largest)
            self._refuse(f"Value must be between -{shown} and {shown}, inclusive")


def _scientific(number: Decimal) -> str:
    return f"{number:.1E}".replace("E+", "E")
