"""Time series, and what an expression over them stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .expression import BadExpression

# Values by the start of their periods, in seconds since the epoch.
Series = dict[float, float]
Value = float | Series | list[Series]


@dataclass(frozen=True)
class Frame:
    """What an expression stands in: the other queries' results by their Id, and the periods.

    ``times`` are the starts of all periods asked for, in order; ``period_s`` their length;
    ``metrics`` the Ids of queries that are metrics and no expressions, as METRICS() gives them.
    """

    results: Mapping[str, Value]
    times: tuple[float, ...]
    period_s: float
    metrics: tuple[str, ...] = ()


def value_at(value: float | Series, at: float) -> float:
    """A series' value at a time; a number is the same at all times."""
    return value[at] if isinstance(value, dict) else value


def no_list(value: Value) -> float | Series:
    """A value that is no array. Raises `BadExpression`."""
    if isinstance(value, list):
        raise BadExpression("an operator does not take two arrays of time series")
    return value


def as_list(value: Value, frame: Frame) -> list[Series]:
    """A value as an array of series; a number stands at all times."""
    if isinstance(value, list):
        return value
    return [value if isinstance(value, dict) else dict.fromkeys(frame.times, value)]
