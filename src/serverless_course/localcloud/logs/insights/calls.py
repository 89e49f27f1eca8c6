"""Calls of functions within expressions: their arguments, as each function takes them."""

from __future__ import annotations

from typing import Protocol

from .aggregates import AGGREGATES, Aggregate
from .errors import MalformedQuery
from .events import Row
from .functions import FUNCTIONS, NOT_OFFERED, PERIODIC
from .operations import Evaluate, field_of
from .periods import Period, period
from .tokens import Token, Tokens
from .values import Timestamp, Value, number


class Parser(Protocol):
    """Who reads the arguments. ``aggregates`` is there within ``stats``."""

    tokens: Tokens
    aggregates: list[Aggregate] | None

    def condition(self) -> Evaluate:
        """Read an expression."""


class CallParser:
    """Reads one call."""

    def __init__(self, parser: Parser) -> None:
        self.parser = parser
        self._tokens = parser.tokens

    def call(self, name: Token) -> Evaluate:
        """What a call comes to; its name and its opening bracket are taken."""
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
        if not self._tokens.next.is_symbol(")"):
            arguments.append(self.parser.condition())
            while self._tokens.take_symbol(","):
                arguments.append(self.parser.condition())
        end = self._tokens.expect_symbol(")").end
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
            at = self.parser.condition()
            self._tokens.expect_symbol(",")
        step = self._period()
        self._tokens.expect_symbol(")")
        cut = step.ceil if function == "dateceil" else step.floor

        def evaluate(row: Row) -> Value:
            value = at(row)
            return cut(value) if isinstance(value, Timestamp) else None

        return evaluate

    def _period(self) -> Period:
        token = self._tokens.next
        found = period(token.text) if token.kind == "period" else None
        if found is None:
            raise self._tokens.unexpected("a period such as 5m")
        self._tokens.take()
        return found

    def _aggregate(self, name: Token, function: str) -> Evaluate:
        if self.parser.aggregates is None:
            raise MalformedQuery(
                f"{name.text} can be used in stats only, and not within another such function.",
                name.start,
                name.end,
            )
        outer, self.parser.aggregates = self.parser.aggregates, None
        percent = 0.0
        argument = None if function == "count" and self._counts_all() else self.parser.condition()
        if function == "pct":
            self._tokens.expect_symbol(",")
            percent = self._percent()
        self._tokens.expect_symbol(")")
        self.parser.aggregates = outer
        slot = f"{name.text} {name.start}"
        outer.append(Aggregate(function, argument, slot, percent))
        return field_of(slot)

    def _counts_all(self) -> bool:
        return self._tokens.take_symbol("*") or self._tokens.next.is_symbol(")")

    def _percent(self) -> float:
        token = self._tokens.next
        found = number(token.text) if token.kind == "number" else None
        if found is None or not 0 <= found <= 100:
            raise self._tokens.unexpected("a percentage from 0 to 100")
        self._tokens.take()
        return float(found)
