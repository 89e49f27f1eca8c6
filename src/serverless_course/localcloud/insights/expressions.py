"""Expressions: fields, texts, numbers, operators and functions, made into Python functions.

Source: CloudWatch Logs User Guide, "filter" and "Boolean, comparison, numeric, datetime, and other
functions" (read 2026-11). Binding, from loose to tight: or, and, not, comparisons, ``+ -``,
``* / %``, ``^``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .aggregates import AGGREGATES, Aggregate
from .errors import MalformedQuery
from .events import Row
from .functions import FUNCTIONS, NOT_OFFERED, PERIODIC, negative
from .operations import (
    Evaluate,
    calculation,
    comparison,
    conjunction,
    constant,
    disjunction,
    field_of,
    negation,
    part_of,
)
from .periods import Period, period
from .tokens import Token, Tokens
from .values import Timestamp, Value, equal, number, text

DEEPEST = 40
_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")


@dataclass(frozen=True)
class Expression:
    """``text`` is how the query writes it, ``field`` the name when it is a plain field."""

    evaluate: Evaluate
    text: str
    field: str = ""


def regular_expression(token: Token) -> re.Pattern[str]:
    """A regular expression of a query. Raises `MalformedQuery` for one that is none."""
    try:
        return re.compile(_NAMED_GROUP.sub("(?P<", token.text))
    except (re.error, OverflowError, RecursionError) as error:
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
        evaluate = self._either()
        written = self.tokens.query[start.start : self.tokens.behind]
        is_field = start.kind in ("name", "quoted") and start.end == self.tokens.behind
        return Expression(evaluate, written, start.text if is_field else "")

    def _either(self) -> Evaluate:
        self._depth += 1
        if self._depth > DEEPEST:
            token = self.tokens.next
            raise MalformedQuery("The query is nested too deeply.", token.start, token.end)
        found = self._both()
        while self.tokens.take_word("or"):
            found = disjunction(found, self._both())
        self._depth -= 1
        return found

    def _both(self) -> Evaluate:
        found = self._negated()
        while self.tokens.take_word("and"):
            found = conjunction(found, self._negated())
        return found

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
            search = regular_expression(token).search
            return lambda row: search(text(left(row))) is not None
        if only_regex or self.tokens.next.kind != "text":
            wanted = "a regular expression between slashes"
            raise self.tokens.unexpected(wanted if only_regex else f"a text or {wanted}")
        wanted_part = self.tokens.take().text
        return lambda row: wanted_part in text(left(row))

    def _member(self, left: Evaluate) -> Evaluate:
        self.tokens.expect_symbol("[")
        members = [self._either()]
        while self.tokens.take_symbol(","):
            members.append(self._either())
        self.tokens.expect_symbol("]")

        def holds(row: Row) -> bool:
            value = left(row)
            return any(equal(value, each(row)) for each in members)

        return holds

    def _sum(self) -> Evaluate:
        found = self._product()
        while self.tokens.next.is_symbol("+", "-"):
            sign = self.tokens.take().text
            found = calculation(sign, found, self._product())
        return found

    def _product(self) -> Evaluate:
        found = self._power()
        while self.tokens.next.is_symbol("*", "/", "%"):
            sign = self.tokens.take().text
            found = calculation(sign, found, self._power())
        return found

    def _power(self) -> Evaluate:
        found = self._signed()
        while self.tokens.take_symbol("^"):
            found = calculation("^", found, self._signed())
        return found

    def _signed(self) -> Evaluate:
        signs = 0
        while self.tokens.take_symbol("-"):
            signs += 1
        found = self._part()
        return (lambda row: negative(found(row))) if signs % 2 else found

    def _part(self) -> Evaluate:
        found = self._value()
        while self.tokens.take_symbol("."):
            path = self.tokens.expect_name("a name")
            found = part_of(found, path)
        return found

    def _value(self) -> Evaluate:
        token = self.tokens.next
        if token.kind == "text":
            return constant(self.tokens.take().text)
        if token.kind == "number":
            return constant(number(self.tokens.take().text))
        if token.is_symbol("("):
            self.tokens.take()
            found = self._either()
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
            return self._call(name)
        if name.text.lower() in ("true", "false"):
            return constant(name.text.lower() == "true")
        return field_of(name.text)

    def _call(self, name: Token) -> Evaluate:
        function = name.text.lower()
        if function in AGGREGATES:
            return self._aggregate(name, function)
        if function in PERIODIC:
            return self._periodic(function)
        if function not in FUNCTIONS:
            offered = ", ".join(sorted({*FUNCTIONS, *PERIODIC, *AGGREGATES}))
            what = "is not offered here" if function in NOT_OFFERED else "is not a known function"
            raise MalformedQuery(
                f"{name.text} {what}; offered are: {offered}.", name.start, name.end
            )
        arguments = []
        if not self.tokens.next.is_symbol(")"):
            arguments.append(self._either())
            while self.tokens.take_symbol(","):
                arguments.append(self._either())
        end = self.tokens.expect_symbol(")").end
        offered_function = FUNCTIONS[function]
        if not offered_function.least <= len(arguments) <= offered_function.most:
            raise MalformedQuery(
                f"{name.text} does not take {len(arguments)} argument(s).", name.start, end
            )
        call = offered_function.call
        return lambda row: call(*[each(row) for each in arguments])

    def _periodic(self, function: str) -> Evaluate:
        at = field_of("@timestamp")
        if function != "bin":
            at = self._either()
            self.tokens.expect_symbol(",")
        step = self._period()
        self.tokens.expect_symbol(")")
        cut = step.ceil if function == "dateceil" else step.floor

        def evaluate(row: Row) -> Value:
            value = at(row)
            return cut(value) if isinstance(value, Timestamp) else None

        return evaluate

    def _period(self) -> Period:
        token = self.tokens.next
        found = period(token.text) if token.kind == "period" else None
        if found is None:
            raise self.tokens.unexpected("a period such as 5m")
        self.tokens.take()
        return found

    def _aggregate(self, name: Token, function: str) -> Evaluate:
        if self.aggregates is None:
            raise MalformedQuery(
                f"{name.text} can be used in stats only, and not within another such function.",
                name.start,
                name.end,
            )
        outer, self.aggregates = self.aggregates, None
        argument: Evaluate | None = None
        percent = 0.0
        if function == "count" and (
            self.tokens.take_symbol("*") or self.tokens.next.is_symbol(")")
        ):
            pass
        else:
            argument = self._either()
        if function == "pct":
            self.tokens.expect_symbol(",")
            percent = self._percent()
        self.tokens.expect_symbol(")")
        self.aggregates = outer
        slot = f"{name.text} {name.start}"
        outer.append(Aggregate(function, argument, slot, percent))
        return field_of(slot)

    def _counts_all(self) -> bool:
        return self.tokens.take_symbol("*") or self.tokens.next.is_symbol(")")

    def _percent(self) -> float:
        token = self.tokens.next
        found = number(token.text) if token.kind == "number" else None
        if found is None or not 0 <= found <= 100:
            raise self.tokens.unexpected("a percentage from 0 to 100")
        self.tokens.take()
        return float(found)
