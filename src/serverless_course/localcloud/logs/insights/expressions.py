"""Expressions: fields, texts, numbers, operators and functions, made into Python functions.

Source: CloudWatch Logs User Guide, "filter" and "Boolean, comparison, numeric, datetime, and other
functions" (read 2026-11). Binding, from loose to tight: or, and, not, comparisons, ``+ -``,
``* / %``, ``^``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..regular_expression import NO_EXPRESSION, RegularExpression
from .aggregates import Aggregate
from .calls import CallParser
from .errors import MalformedQuery
from .events import Row
from .functions import negative
from .operations import (
    Evaluate,
    calculation,
    comparison,
    conjunction,
    constant,
    disjunction,
    field_of,
    holds_text,
    negation,
    part_of,
)
from .tokens import Token, Tokens
from .values import equal, number

DEEPEST = 40


@dataclass(frozen=True)
class Expression:
    """``text`` is how the query writes it, ``field`` the name when it is a plain field."""

    evaluate: Evaluate
    text: str
    field: str = ""


def regular_expression(token: Token) -> RegularExpression:
    """A regular expression of a query. Raises `MalformedQuery` for one that is none."""
    try:
        return RegularExpression(token.text)
    except NO_EXPRESSION as error:
        raise MalformedQuery(
            f"The regular expression is not valid: {error}.", token.start, token.end
        ) from error


@dataclass
class ExpressionParser:
    """Reads expressions. Within ``stats``, aggregates are collected in ``aggregates``."""

    tokens: Tokens
    aggregates: list[Aggregate] | None = None
    _depth: int = field(default=0, init=False)

    def expression(self) -> Expression:
        """An expression, with its text."""
        start = self.tokens.next
        evaluate = self.condition()
        written = self.tokens.query[start.start : self.tokens.behind]
        is_field = start.kind in ("name", "quoted") and start.end == self.tokens.behind
        return Expression(evaluate, written, start.text if is_field else "")

    def condition(self) -> Evaluate:
        """What an expression comes to, without its text."""
        self._depth += 1
        if self._depth > DEEPEST:
            token = self.tokens.next
            raise MalformedQuery("The query is nested too deeply.", token.start, token.end)
        parts = [self._both()]
        while self.tokens.take_word("or"):
            parts.append(self._both())
        self._depth -= 1
        return disjunction(parts) if len(parts) > 1 else parts[0]

    def _both(self) -> Evaluate:
        parts = [self._negated()]
        while self.tokens.take_word("and"):
            parts.append(self._negated())
        return conjunction(parts) if len(parts) > 1 else parts[0]

    def _negated(self) -> Evaluate:
        negations = 0
        while self.tokens.take_word("not"):
            negations += 1
        found = self._compared()
        return negation(found) if negations % 2 else found

    def _compared(self) -> Evaluate:
        left = self._sum()
        token = self.tokens.next
        if token.is_symbol("=", "!=", "<", "<=", ">", ">="):
            self.tokens.take()
            return comparison(token.text, left, self._sum())
        if token.is_symbol("=~"):
            self.tokens.take()
            return self._alike(left, only_regex=True)
        inverted = self.tokens.take_word("not")
        if self.tokens.take_word("like"):
            found = self._alike(left)
        elif self.tokens.take_word("in"):
            found = self._member(left)
        elif inverted:
            raise self.tokens.unexpected("'like' or 'in'")
        else:
            return left
        return negation(found) if inverted else found

    def _alike(self, left: Evaluate, *, only_regex: bool = False) -> Evaluate:
        token = self.tokens.take_regex()
        if token is not None:
            return holds_text(left, regular_expression(token).search)
        if only_regex or self.tokens.next.kind != "text":
            wanted = "a regular expression between slashes"
            raise self.tokens.unexpected(wanted if only_regex else f"a text or {wanted}")
        wanted_part = self.tokens.take().text
        return holds_text(left, lambda given: wanted_part in given or None)

    def _member(self, left: Evaluate) -> Evaluate:
        self.tokens.expect_symbol("[")
        members = [self.condition()]
        while self.tokens.take_symbol(","):
            members.append(self.condition())
        self.tokens.expect_symbol("]")

        def holds(row: Row) -> bool:
            value = left(row)
            return any(equal(value, each(row)) for each in members)

        return holds

    def _sum(self) -> Evaluate:
        return self._calculated(self._product, "+", "-")

    def _product(self) -> Evaluate:
        return self._calculated(self._power, "*", "/", "%")

    def _power(self) -> Evaluate:
        return self._calculated(self._signed, "^")

    def _calculated(self, operand: Callable[[], Evaluate], *signs: str) -> Evaluate:
        first = operand()
        rest = []
        while self.tokens.next.is_symbol(*signs):
            rest.append((self.tokens.take().text, operand()))
        return calculation(first, rest) if rest else first

    def _signed(self) -> Evaluate:
        signs = 0
        while self.tokens.take_symbol("-"):
            signs += 1
        found = self._part()
        return (lambda row: negative(found(row))) if signs % 2 else found

    def _part(self) -> Evaluate:
        found = self._value()
        paths = []
        while self.tokens.take_symbol("."):
            paths.append(self.tokens.expect_name("a name"))
        return part_of(found, paths) if paths else found

    def _value(self) -> Evaluate:
        token = self.tokens.next
        if token.kind == "text":
            return constant(self.tokens.take().text)
        if token.kind == "number":
            return constant(number(self.tokens.take().text))
        if token.is_symbol("("):
            self.tokens.take()
            found = self.condition()
            self.tokens.expect_symbol(")")
            return found
        if token.kind == "quoted":
            return field_of(self.tokens.take().text)
        return self._word()

    def _word(self) -> Evaluate:
        name = self.tokens.next
        if name.kind != "name":
            raise self.tokens.unexpected("a field, a value or a function")
        self.tokens.take()
        if self.tokens.take_symbol("("):
            return CallParser(self).call(name)
        if name.text.lower() in ("true", "false"):
            return constant(name.text.lower() == "true")
        return field_of(name.text)
