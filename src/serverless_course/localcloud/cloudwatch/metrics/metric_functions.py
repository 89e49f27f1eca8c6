"""The functions of metric math.

Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics" (read
2026-11): a function such as AVG gives a number for one series, and a series for an array of them.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable

from .expression import BadExpression
from .series import Frame, Series, Value, as_list, no_list, value_at

# What FILL takes in place of a value.
KEYWORDS = ("REPEAT", "LINEAR")
Given = list[Value | str]
Work = Callable[[Given, Frame], Value]


def _each(work: Callable[[Series, Frame], Series]) -> Work:
    """A function that makes a series of a series, and an array of an array."""

    def apply(given: Given, frame: Frame) -> Value:
        value = _value(given[0])
        found = [work(each, frame) for each in as_list(value, frame)]
        return found if isinstance(value, list) else found[0]

    return apply


def _pointwise(work: Callable[[float], float]) -> Work:
    def of_series(series: Series, _: Frame) -> Series:
        pairs = ((at, work(value)) for at, value in series.items())
        return {at: value for at, value in pairs if math.isfinite(value)}

    series_of = _each(of_series)

    def apply(given: Given, frame: Frame) -> Value:
        value = _value(given[0])
        return work(value) if isinstance(value, float) else series_of(given, frame)

    return apply


def _reducing(work: Callable[[list[float]], float]) -> Work:
    """AVG and its kind: a number for a series, a series for an array of series."""

    def apply(given: Given, frame: Frame) -> Value:
        value = _value(given[0])
        if isinstance(value, float):
            return value
        if isinstance(value, dict):
            return work(list(value.values())) if value else math.nan
        times = sorted({at for series in value for at in series})
        return {at: work([series[at] for series in value if at in series]) for at in times}

    return apply


def _value(given: Value | str) -> Value:
    if isinstance(given, str):
        raise BadExpression(f"'{given}' is not expected here")
    return given


def _fill(given: Given, frame: Frame) -> Value:
    word = given[1] if isinstance(given[1], str) else ""
    how = None if isinstance(given[1], str) else no_list(given[1])

    def filled(series: Series, _: Frame) -> Series:
        if how is not None:
            other = how
            known = {
                at: value_at(other, at)
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
    condition = no_list(_value(given[0]))
    when_true = no_list(_value(given[1]))
    when_false = no_list(_value(given[2])) if len(given) > 2 else {}
    parts = (condition, when_true, when_false)
    if all(isinstance(each, float) for each in parts):
        return when_true if condition else when_false
    found: Series = {}
    for at in sorted({at for each in parts if isinstance(each, dict) for at in each}):
        if isinstance(condition, dict) and at not in condition:
            continue
        chosen = when_true if value_at(condition, at) else when_false
        if not isinstance(chosen, dict) or at in chosen:
            found[at] = value_at(chosen, at)
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
    wanted = given[0] if given else ""
    if not isinstance(wanted, str):
        raise BadExpression("METRICS takes a text in quotation marks")
    found = [frame.results[name] for name in frame.metrics if wanted in name]
    return [each for each in found if isinstance(each, dict)]


def _time_series(given: Given, frame: Frame) -> Value:
    value = _value(given[0])
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
