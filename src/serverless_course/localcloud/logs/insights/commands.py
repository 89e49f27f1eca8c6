"""The commands of a query, each a step from rows to rows.

Source: CloudWatch Logs User Guide, pages of the commands (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..regular_expression import Search
from .aggregates import Aggregate
from .events import Row
from .expressions import Expression
from .operations import Evaluate
from .values import Timestamp, Value, order, text, truth


class Command(Protocol):
    """A step of a query."""

    def apply(self, rows: list[Row]) -> list[Row]:
        """The rows after this step."""


@dataclass(frozen=True)
class Column:
    """A column that the query shows. ``made``: its values were calculated."""

    name: str
    made: bool = False


@dataclass(frozen=True)
class Named:
    """An expression and what its result is called."""

    expression: Expression
    alias: str = ""

    @property
    def name(self) -> str:
        return self.alias or self.expression.field or self.expression.text

    @property
    def is_field(self) -> bool:
        """Whether there is nothing to calculate: a field under its own name."""
        return self.name == self.expression.field

    @property
    def column(self) -> Column:
        return Column(self.name, made=not self.expression.field)


@dataclass(frozen=True)
class Fields:
    """``fields`` and ``display``: new fields; what is shown the query itself knows."""

    items: Sequence[Named]

    def apply(self, rows: list[Row]) -> list[Row]:
        made = [(item.name, item.expression.evaluate) for item in self.items if not item.is_field]
        if made:
            for row in rows:
                for name, evaluate in made:
                    row.own[name] = evaluate(row)
        return rows


@dataclass(frozen=True)
class Filter:
    """``filter``: the rows for which a condition holds."""

    condition: Evaluate

    def apply(self, rows: list[Row]) -> list[Row]:
        condition = self.condition
        return [row for row in rows if truth(condition(row))]


@dataclass(frozen=True)
class Parse:
    """``parse``: new fields from the groups of a pattern; who does not match stays as it is."""

    source: Evaluate
    search: Search
    names: Sequence[str]

    def apply(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            value = self.source(row)
            found = None if value is None else self.search(text(value))
            if found is not None:
                row.own.update(zip(self.names, found.groups(), strict=True))
        return rows


@dataclass(frozen=True)
class Sort:
    """``sort``: by several keys, each ascending or descending; equal rows keep their order."""

    keys: Sequence[tuple[Evaluate, bool]]

    def apply(self, rows: list[Row]) -> list[Row]:
        for evaluate, descending in reversed(self.keys):
            rows = sorted(rows, key=_Key(evaluate), reverse=descending)
        return rows


@dataclass(frozen=True)
class _Key:
    evaluate: Evaluate

    def __call__(self, row: Row) -> tuple[int, float, str]:
        return order(self.evaluate(row))


@dataclass(frozen=True)
class Limit:
    """``limit``: the first so many rows."""

    count: int

    def apply(self, rows: list[Row]) -> list[Row]:
        return rows[: self.count]


@dataclass(frozen=True)
class Dedup:
    """``dedup``: of rows with the same values the first; a missing value is never the same."""

    keys: Sequence[Evaluate]

    def apply(self, rows: list[Row]) -> list[Row]:
        seen = set()
        kept = []
        for row in rows:
            values = [key(row) for key in self.keys]
            mark = tuple(map(text, values))
            if None in values or mark not in seen:
                seen.add(mark)
                kept.append(row)
        return kept


@dataclass(frozen=True)
class Stats:
    """``stats``: a row for each group, with what its events come to."""

    items: Sequence[Named]
    aggregates: Sequence[Aggregate]
    groups: Sequence[Named]

    def apply(self, rows: list[Row]) -> list[Row]:
        found: dict[tuple[str | int | None, ...], tuple[Row, list[Row]]] = {}
        for row in rows:
            values = [group.expression.evaluate(row) for group in self.groups]
            mark = tuple(map(_mark, values))
            if mark not in found:
                names = [group.name for group in self.groups]
                found[mark] = (Row(own=dict(zip(names, values, strict=True))), [])
            found[mark][1].append(row)
        return [self._row(made, members) for made, members in found.values()]

    def _row(self, made: Row, members: Sequence[Row]) -> Row:
        for aggregate in self.aggregates:
            made.own[aggregate.slot] = aggregate.of(members)
        for item in self.items:
            made.own[item.name] = item.expression.evaluate(made)
        return made


def _mark(value: Value) -> str | int | None:
    """What tells groups apart: 5 and "5" are one, and a time is its own."""
    return value if value is None or isinstance(value, Timestamp) else text(value)
