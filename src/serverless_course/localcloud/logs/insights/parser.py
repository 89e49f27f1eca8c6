"""Reads a query: commands between ``|``.

What is offered is what the course needs and a curious learner tries; what AWS has beyond that is
refused by name. Source: CloudWatch Logs User Guide, "CloudWatch Logs Insights language query
syntax" (read 2026-11).
"""

from __future__ import annotations

import re

from ..regular_expression import RegularExpression
from .aggregates import Aggregate
from .commands import (
    Column,
    Command,
    Dedup,
    Fields,
    Filter,
    Limit,
    Named,
    Parse,
    Sort,
    Stats,
)
from .errors import MalformedQuery
from .expressions import ExpressionParser, regular_expression
from .operations import Evaluate, field_of
from .tokens import Token, Tokens

MOST_ROWS = 10_000
OFFERED = ("fields", "display", "filter", "stats", "sort", "limit", "parse", "dedup")
# Commands that AWS has (User Guide, 2026-11) and this is not.
NOT_OFFERED = (
    *("addtotals", "anomaly", "diff", "expand", "filterindex", "join", "lookup", "pattern"),
    *("relevantfields", "source", "unmask", "unnest"),
)
# What a query shows that names no field: "the @timestamp field and all log data in the @message
# field" (User Guide, "filter").
SHOWN = (Column("@timestamp"), Column("@message"))


class QueryParser:
    """Reads one query into its commands and the columns it shows."""

    def __init__(self, query: str) -> None:
        self._tokens = Tokens(query)
        self._expressions = ExpressionParser(self._tokens)
        self.commands: list[Command] = []
        self._fields: list[Column] = []
        self._display: list[Column] = []
        self._read()

    @property
    def columns(self) -> list[Column]:
        """What is shown: the last ``display``, or every ``fields``, or time and message."""
        return list(dict.fromkeys(self._display or self._fields or SHOWN))

    def _read(self) -> None:
        self._tokens.take_symbol("|")
        while True:
            self._command(self._tokens.next)
            if self._tokens.next.kind == "end":
                return
            if not self._tokens.take_symbol("|"):
                raise self._tokens.unexpected("'|' or the end")
            if self._tokens.next.kind == "end":
                raise self._tokens.unexpected("a command")

    def _command(self, token: Token) -> None:
        name = token.text.lower() if token.kind == "name" else ""
        if name not in OFFERED:
            raise self._refused(token, name)
        self._tokens.take()
        getattr(self, f"_{name}_command")()

    def _refused(self, token: Token, name: str) -> MalformedQuery:
        offered = ", ".join(OFFERED)
        if name in NOT_OFFERED:
            message = f"The command {token.text} is not offered here; offered are: {offered}."
            return MalformedQuery(message, token.start, token.end)
        return self._tokens.unexpected(f"a command; offered are: {offered}")

    def _fields_command(self) -> None:
        items = self._named_list()
        self.commands.append(Fields(items))
        self._fields += [item.column for item in items]

    def _display_command(self) -> None:
        items = self._named_list()
        self.commands.append(Fields(items))
        self._display = [item.column for item in items]

    def _filter_command(self) -> None:
        self.commands.append(Filter(self._expressions.expression().evaluate))

    def _stats_command(self) -> None:
        aggregates: list[Aggregate] = []
        self._expressions.aggregates = aggregates
        start = self._tokens.next
        items = self._named_list()
        self._expressions.aggregates = None
        if not aggregates:
            raise MalformedQuery(
                "stats needs a function such as count(*) or avg(@duration).",
                start.start,
                self._tokens.behind,
            )
        groups = self._named_list() if self._tokens.take_word("by") else []
        self.commands.append(Stats(items, aggregates, groups))
        grouped = [Column(group.name, made=not group.expression.field) for group in groups]
        self._fields = [*grouped, *(Column(item.name, made=True) for item in items)]
        self._display = []

    def _sort_command(self) -> None:
        keys = []
        while True:
            key = self._reference()
            descending = self._tokens.take_word("desc")
            if not descending:
                self._tokens.take_word("asc")
            keys.append((key, descending))
            if not self._tokens.take_symbol(","):
                break
        self.commands.append(Sort(keys))

    def _reference(self) -> Evaluate:
        """An expression, or the name of a column that ``stats`` has made of its own text."""
        expressions, start = self._expressions, self._tokens.next
        stats = any(isinstance(command, Stats) for command in self.commands)
        called: list[Aggregate] = []
        expressions.aggregates = called if stats else None
        found = expressions.expression()
        expressions.aggregates = None
        if stats and any(column.name == found.text for column in self._fields):
            return field_of(found.text)
        if called:
            raise MalformedQuery(
                f"stats has not calculated {found.text}.", start.start, self._tokens.behind
            )
        return found.evaluate

    def _limit_command(self) -> None:
        token = self._tokens.next
        if token.kind != "number" or not token.text.isdecimal():
            raise self._tokens.unexpected("a number of rows")
        count = int(token.text[:12])
        if not 0 < count <= MOST_ROWS:
            raise MalformedQuery(
                f"limit takes a number from 1 to {MOST_ROWS}.", token.start, token.end
            )
        self._tokens.take()
        self.commands.append(Limit(count))

    def _dedup_command(self) -> None:
        keys = [self._expressions.expression().evaluate]
        while self._tokens.take_symbol(","):
            keys.append(self._expressions.expression().evaluate)
        self.commands.append(Dedup(keys))

    def _parse_command(self) -> None:
        source = field_of("@message")
        if self._tokens.next.kind in ("name", "quoted"):
            source = field_of(self._tokens.take().text)
        token = self._tokens.take_regex()
        if token is not None:
            pattern = regular_expression(token)
            names = pattern.names
            if not names or pattern.groups != len(names):
                raise MalformedQuery(
                    "parse needs named groups such as (?<user>...), and no others.",
                    token.start,
                    token.end,
                )
            self.commands.append(Parse(source, pattern.search, names))
            return
        if self._tokens.next.kind != "text":
            raise self._tokens.unexpected("a text with * or a regular expression between slashes")
        self.commands.append(self._glob(source, self._tokens.take()))

    def _glob(self, source: Evaluate, token: Token) -> Parse:
        """``*`` stands for any text, as short as possible; the last one takes what is left."""
        if not self._tokens.take_word("as"):
            raise self._tokens.unexpected("'as' and a name for each *")
        names = [self._tokens.expect_name("a name")]
        while self._tokens.take_symbol(","):
            names.append(self._tokens.expect_name("a name"))
        parts = token.text.split("*")
        if len(parts) != len(names) + 1 or len(set(names)) != len(names):
            raise MalformedQuery(
                f"parse has {len(parts) - 1} '*' and {len(names)} name(s) for them.",
                token.start,
                self._tokens.behind,
            )
        groups = ["(.*?)"] * len(names)
        if not parts[-1]:
            groups[-1] = "(.*)"
        pattern = re.escape(parts[0]) + "".join(
            group + re.escape(after) for group, after in zip(groups, parts[1:], strict=True)
        )
        return Parse(source, RegularExpression(pattern, dot_all=True).search, names)

    def _named_list(self) -> list[Named]:
        found = [self._named()]
        while self._tokens.take_symbol(","):
            found.append(self._named())
        return found

    def _named(self) -> Named:
        expression = self._expressions.expression()
        alias = self._tokens.expect_name("a name") if self._tokens.take_word("as") else ""
        return Named(expression, alias)
