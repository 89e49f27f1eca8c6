"""A query as a whole: compiled once, run over events.

Ours, because AWS does not say: without ``sort`` the newest event comes first (an answer of AWS's
recorded 2022-05-02 has that order), and groups of ``stats`` come in the order of their first event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .commands import Dedup, Filter, Limit, Stats
from .events import Event, Row
from .parser import MOST_ROWS, QueryParser
from .values import calculated, text

Result = list[tuple[str, str]]


class Stopped(Exception):
    """The query was stopped while it ran."""


@dataclass(frozen=True)
class Statistics:
    """``matched``: events that every ``filter`` let through; ``scanned`` and ``bytes``: all."""

    matched: int
    scanned: int
    bytes: int


@dataclass(frozen=True)
class Answer:
    """``rows``: of each row its fields and their values as texts, missing ones left out."""

    rows: list[Result]
    statistics: Statistics


class Query:
    """A compiled query.

    Raises:
        MalformedQuery: the text is no query, or asks for what is not offered.
    """

    def __init__(self, query: str) -> None:
        parser = QueryParser(query)
        self._commands = parser.commands
        self._columns = parser.columns
        self._grouped = any(isinstance(each, Stats) for each in self._commands)
        ends = [i for i, each in enumerate(self._commands) if isinstance(each, _CUTS)]
        first_end = min(ends, default=len(self._commands))
        filters = [i for i, each in enumerate(self._commands) if isinstance(each, Filter)]
        self._matching = max((i for i in filters if i < first_end), default=-1)

    def run(
        self,
        events: Iterable[Event],
        limit: int = MOST_ROWS,
        stopped: Callable[[], bool] = lambda: False,
        pointer: Callable[[Event], str] = lambda event: str(event.number),
    ) -> Answer:
        """Run the query over events, in any order.

        ``limit``: how many rows at most. ``stopped`` is asked between the steps. ``pointer`` gives
        the ``@ptr`` of an event, what GetLogRecord takes. Raises `Stopped`.
        """
        chosen = sorted(events, key=_newest, reverse=True)
        rows = [Row(event) for event in chosen]
        matched = len(rows)
        for index, command in enumerate(self._commands):
            if stopped():
                raise Stopped
            rows = command.apply(rows)
            if index == self._matching:
                matched = len(rows)
        size = sum(len(event.message.encode()) for event in chosen)
        return Answer(
            [self._result(row, pointer) for row in rows[:limit]],
            Statistics(matched, len(chosen), size),
        )

    def _result(self, row: Row, pointer: Callable[[Event], str]) -> Result:
        found = [
            (column.name, calculated(value) if column.made else text(value))
            for column in self._columns
            if (value := row.get(column.name)) is not None
        ]
        if not self._grouped and row.event is not None:
            found.append(("@ptr", pointer(row.event)))
        return found


_CUTS = (Stats, Dedup, Limit)


def _newest(event: Event) -> tuple[int, int]:
    return event.timestamp, event.number
