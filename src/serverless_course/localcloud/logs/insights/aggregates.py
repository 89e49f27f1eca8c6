"""The functions of ``stats``: what a group of events comes to.

Source: CloudWatch Logs User Guide, "stats" (read 2026-11). Ours, because AWS does not say:
``pct`` is the value of the nearest rank, ``stddev`` that of a population, ``count_distinct`` is
exact, and what has nothing to calculate with is a missing value.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...cloudwatch.metrics.nearest_rank import nearest_rank
from .events import Row
from .values import Value, number, order, text

Evaluate = Callable[[Row], Value]


@dataclass(frozen=True)
class Aggregate:
    """One call within ``stats``: its function, its argument, and where its result is put."""

    function: str
    argument: Evaluate | None
    slot: str
    percent: float = 0.0

    def of(self, rows: Sequence[Row]) -> Value:
        """The result for a group."""
        if self.argument is None:
            return len(rows)
        if self.function in TIMED:
            return TIMED[self.function](rows, self.argument)
        values = [value for row in rows if (value := self.argument(row)) is not None]
        if self.function == "pct":
            return percentile(_numbers(values), self.percent)
        return SIMPLE[self.function](values)


def percentile(numbers: Sequence[float], percent: float) -> Value:
    """The value that at least so many percent of the numbers do not exceed (nearest rank)."""
    counted = [(value, 1) for value in sorted(numbers)]
    return nearest_rank(counted, percent / 100) if counted else None


def _numbers(values: Sequence[Value]) -> list[float]:
    return [found for each in values if (found := number(each)) is not None]


def _sum(values: Sequence[Value]) -> Value:
    return _finite(math.fsum(_numbers(values))) if _numbers(values) else None


def _average(values: Sequence[Value]) -> Value:
    numbers = _numbers(values)
    return _finite(math.fsum(numbers) / len(numbers)) if numbers else None


def _deviation(values: Sequence[Value]) -> Value:
    numbers = _numbers(values)
    try:
        return _finite(statistics.pstdev(map(float, numbers))) if numbers else None
    except OverflowError:
        return None


def _finite(value: float) -> Value:
    return value if math.isfinite(value) else None


def _first(values: Sequence[Value]) -> Value:
    return min(values, key=order, default=None)


def _last(values: Sequence[Value]) -> Value:
    return max(values, key=order, default=None)


def _earliest(rows: Sequence[Row], argument: Evaluate) -> Value:
    return argument(min(rows, key=_time))


def _latest(rows: Sequence[Row], argument: Evaluate) -> Value:
    return argument(max(rows, key=_time))


def _time(row: Row) -> int:
    return row.event.timestamp if row.event is not None else 0


SIMPLE: dict[str, Callable[[Sequence[Value]], Value]] = {
    "count": len,
    "count_distinct": lambda values: len({text(each) for each in values}),
    "sum": _sum,
    "avg": _average,
    "min": _first,
    "max": _last,
    "stddev": _deviation,
    "sortsfirst": _first,
    "sortslast": _last,
}
TIMED: dict[str, Callable[[Sequence[Row], Evaluate], Value]] = {
    "earliest": _earliest,
    "latest": _latest,
}
AGGREGATES = frozenset({*SIMPLE, *TIMED, "pct"})
