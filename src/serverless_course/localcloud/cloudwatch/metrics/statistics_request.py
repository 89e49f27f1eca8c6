"""GetMetricStatistics.

Source: Amazon CloudWatch API reference, GetMetricStatistics (read 2026-11): up to 1,440 data
points; Statistics, ExtendedStatistics, or both; without a Unit each unit's data points.
"""

from __future__ import annotations

from typing import Any

from . import periods
from .metric import MetricId, dimensions
from .refusals import invalid_combination, invalid_value, missing
from .statistic import SIMPLE, Statistic, parse
from .store import MetricStore

MAX_DATAPOINTS = 1440


def get_metric_statistics(store: MetricStore, given: dict[str, Any], now: float) -> dict[str, Any]:
    """The answer, in the members of the operation's output. Raises `ServiceError`."""
    for name in ("Namespace", "MetricName", "Period"):
        if given.get(name) is None:
            raise missing(name)
    wanted = _statistics(given)
    period = periods.check(given["Period"])
    start, end = periods.time_range(given)
    asked = int((end - start) // period)
    if asked > MAX_DATAPOINTS:
        raise invalid_combination(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of "
            f"{MAX_DATAPOINTS:,}. You may reduce the datapoints requested by increasing Period, "
            "or decreasing the time range."
        )
    metric = MetricId(given["Namespace"], given["MetricName"], dimensions(given.get("Dimensions")))
    found = store.periods(
        metric, periods.aligned(start, period, now), end, period, given.get("Unit")
    )
    points = []
    for unit, by_start in found.items():
        for at, samples in by_start.items():
            values = {name: each.of(samples) for name, each in wanted.items()}
            point: dict[str, Any] = {
                name: value
                for name, value in values.items()
                if name in SIMPLE and value is not None
            }
            extended = {
                name: value
                for name, value in values.items()
                if name not in SIMPLE and value is not None
            }
            if extended:
                point["ExtendedStatistics"] = extended
            if point:
                points.append({"Timestamp": periods.moment(at), "Unit": unit, **point})
    return {"Label": given["MetricName"], "Datapoints": points}


def _statistics(given: dict[str, Any]) -> dict[str, Statistic]:
    simple, extended = given.get("Statistics") or [], given.get("ExtendedStatistics") or []
    if not simple and not extended:
        raise invalid_combination("Must specify either Statistics or ExtendedStatistics")
    found = {}
    for parameter, names in (("Statistics", simple), ("ExtendedStatistics", extended)):
        for name in names:
            if (name in SIMPLE) != (parameter == "Statistics"):
                raise invalid_value(f"The value {name} for parameter {parameter} is not supported.")
            try:
                found[name] = parse(name)
            except ValueError as error:
                raise invalid_value(
                    f"The value {name} for parameter {parameter} is not supported."
                ) from error
    return found
