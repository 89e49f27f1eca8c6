"""Metric math, worked out over time series.

Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics" (read
2026-11): an operation on two series has a value where both have one; a function such as AVG
gives a number for one series, and a series for an array of them; comparisons give 1 or 0;
division by zero gives no value. Functions that are not in ``FUNCTIONS`` are refused by their name.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from .expression import Array, BadExpression, Binary, Call, Name, Node, Number, Text

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


def evaluate(node: Node, frame: Frame) -> Value:
    """What an expression is worth. Raises `BadExpression`."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        if node.value not in frame.results:
            raise BadExpression(f"there is no query with the Id {node.value}")
        return frame.results[node.value]
    if isinstance(node, Array):
        return [each for item in node.items for each in _as_list(evaluate(item, frame), frame)]
    if isinstance(node, Binary):
        return _binary(node.operator, evaluate(node.left, frame), evaluate(node.right, frame))
    if isinstance(node, Call):
        found = FUNCTIONS.get(node.function)
        if found is None:
            raise BadExpression(f"the function {node.function} is not offered here")
        least, most, work = found
        if not least <= len(node.given) <= most:
            raise BadExpression(f"{node.function} does not take {len(node.given)} arguments")
        return work(node.given, frame)
    raise BadExpression(f"'{node.value}' is not expected here")


# operators


def _divided(a: float, b: float) -> float:
    return a / b if b else math.nan


def _power(a: float, b: float) -> float:
    try:
        found = a**b
    except (ZeroDivisionError, OverflowError):
        return math.nan
    return math.nan if isinstance(found, complex) else float(found)


_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "^": _power,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b),
    ">=": lambda a, b: float(a >= b),
    "AND": lambda a, b: float(bool(a) and bool(b)),
    "OR": lambda a, b: float(bool(a) or bool(b)),
}


def _binary(operator: str, left: Value, right: Value) -> Value:
    work = _OPERATORS[operator]
    if isinstance(left, list):
        return [_combined(work, each, _no_list(right)) for each in left]
    if isinstance(right, list):
        return [_combined(work, left, each) for each in right]
    if isinstance(left, float) and isinstance(right, float):
        return work(left, right)
    return _combined(work, left, right)


def _combined(
    work: Callable[[float, float], float], left: float | Series, right: float | Series
) -> Series:
    if isinstance(left, dict):
        times = [at for at in left if not isinstance(right, dict) or at in right]
    else:
        times = list(cast(Series, right))
    pairs = ((at, work(_at(left, at), _at(right, at))) for at in times)
    return {at: value for at, value in pairs if math.isfinite(value)}


def _at(value: float | Series, at: float) -> float:
    return value[at] if isinstance(value, dict) else value


def _no_list(value: Value) -> float | Series:
    if isinstance(value, list):
        raise BadExpression("an operator does not take two arrays of time series")
    return value


def _as_list(value: Value, frame: Frame) -> list[Series]:
    if isinstance(value, list):
        return value
    return [value if isinstance(value, dict) else dict.fromkeys(frame.times, value)]


# functions

Given = tuple[Node, ...]
Work = Callable[[Given, Frame], Value]


def _each(work: Callable[[Series, Frame], Series]) -> Work:
    """A function that makes a series of a series, and an array of an array."""

    def apply(given: Given, frame: Frame) -> Value:
        value = evaluate(given[0], frame)
        found = [work(each, frame) for each in _as_list(value, frame)]
        return found if isinstance(value, list) else found[0]

    return apply


def _pointwise(work: Callable[[float], float]) -> Work:
    def of_series(series: Series, _: Frame) -> Series:
        pairs = ((at, work(value)) for at, value in series.items())
        return {at: value for at, value in pairs if math.isfinite(value)}

    series_of = _each(of_series)

    def apply(given: Given, frame: Frame) -> Value:
        value = evaluate(given[0], frame)
        return work(value) if isinstance(value, float) else series_of(given, frame)

    return apply


def _reducing(work: Callable[[list[float]], float]) -> Work:
    """AVG and its kind: a number for a series, a series for an array of series."""

    def apply(given: Given, frame: Frame) -> Value:
        value = evaluate(given[0], frame)
        if isinstance(value, float):
            return value
        if isinstance(value, dict):
            return work(list(value.values())) if value else math.nan
        times = sorted({at for series in value for at in series})
        return {at: work([series[at] for series in value if at in series]) for at in times}

    return apply


def _fill(given: Given, frame: Frame) -> Value:
    word = given[1].value.upper() if isinstance(given[1], Name) else ""
    how: float | Series | None = None
    if word not in ("REPEAT", "LINEAR"):
        how = _no_list(evaluate(given[1], frame))

    def filled(series: Series, _: Frame) -> Series:
        if how is not None:
            other = how
            known = {
                at: _at(other, at)
                for at in frame.times
                if not isinstance(other, dict) or at in other
            }
            return dict(sorted({**known, **series}.items()))
        return _repeated(series, frame.times) if word == "REPEAT" else _linear(series, frame.times)

    return _each(filled)(given, frame)


def _repeated(series: Series, times: tuple[float, ...]) -> Series:
    found: Series = {}
    last: float | None = None
    for at in times:
        last = series.get(at, last)
        if last is not None:
            found[at] = last
    return found


def _linear(series: Series, times: tuple[float, ...]) -> Series:
    known = sorted(series)
    found: Series = {}
    for at in times:
        before = max((each for each in known if each <= at), default=None)
        after = min((each for each in known if each >= at), default=None)
        if before is None or after is None:
            continue
        part = (at - before) / (after - before) if after > before else 0.0
        found[at] = series[before] + part * (series[after] - series[before])
    return found


def _if(given: Given, frame: Frame) -> Value:
    condition = _no_list(evaluate(given[0], frame))
    when_true = _no_list(evaluate(given[1], frame))
    when_false = _no_list(evaluate(given[2], frame)) if len(given) > 2 else {}
    parts = (condition, when_true, when_false)
    if all(isinstance(each, float) for each in parts):
        return when_true if condition else when_false
    found: Series = {}
    for at in sorted({at for each in parts if isinstance(each, dict) for at in each}):
        if isinstance(condition, dict) and at not in condition:
            continue
        chosen = when_true if _at(condition, at) else when_false
        if not isinstance(chosen, dict) or at in chosen:
            found[at] = _at(chosen, at)
    return found


def _changes(per_second: bool, time_only: bool = False) -> Work:
    def work(series: Series, _: Frame) -> Series:
        times = sorted(series)
        pairs = list(itertools.pairwise(times))
        if time_only:
            return {b: b - a for a, b in pairs}
        return {b: (series[b] - series[a]) / ((b - a) if per_second else 1.0) for a, b in pairs}

    return _each(work)


def _running_sum(series: Series, _: Frame) -> Series:
    total = 0.0
    found: Series = {}
    for at in sorted(series):
        total += series[at]
        found[at] = total
    return found


def _metrics(given: Given, frame: Frame) -> Value:
    if given and not isinstance(given[0], Text):
        raise BadExpression("METRICS takes a text in quotation marks")
    wanted = given[0].value if given and isinstance(given[0], Text) else ""
    found = [frame.results[name] for name in frame.metrics if wanted in name]
    return [each for each in found if isinstance(each, dict)]


def _time_series(given: Given, frame: Frame) -> Value:
    value = evaluate(given[0], frame)
    return dict.fromkeys(frame.times, value) if isinstance(value, float) else value


def _deviation(values: list[float]) -> float:
    return statistics.stdev(values) if len(values) > 1 else 0.0


def _log(work: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: work(value) if value > 0 else math.nan


# By name: the fewest and the most arguments, and what it does.
FUNCTIONS: dict[str, tuple[int, int, Work]] = {
    "ABS": (1, 1, _pointwise(abs)),
    "AVG": (1, 1, _reducing(statistics.fmean)),
    "CEIL": (1, 1, _pointwise(lambda value: float(math.ceil(value)))),
    "DATAPOINT_COUNT": (1, 1, _reducing(lambda values: float(len(values)))),
    "DIFF": (1, 1, _changes(per_second=False)),
    "DIFF_TIME": (1, 1, _changes(per_second=False, time_only=True)),
    "FILL": (2, 2, _fill),
    "FLOOR": (1, 1, _pointwise(lambda value: float(math.floor(value)))),
    "IF": (2, 3, _if),
    "LOG": (1, 1, _pointwise(_log(math.log))),
    "LOG10": (1, 1, _pointwise(_log(math.log10))),
    "MAX": (1, 1, _reducing(max)),
    "METRICS": (0, 1, _metrics),
    "MIN": (1, 1, _reducing(min)),
    "PERIOD": (1, 1, lambda given, frame: float(frame.period_s)),
    "RATE": (1, 1, _changes(per_second=True)),
    "RUNNING_SUM": (1, 1, _each(_running_sum)),
    "STDDEV": (1, 1, _reducing(_deviation)),
    "SUM": (1, 1, _reducing(math.fsum)),
    "TIME_SERIES": (1, 1, _time_series),
}
