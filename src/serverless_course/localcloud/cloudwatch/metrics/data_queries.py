"""What MetricDataQueries say, of GetMetricData and of alarms on metric math: time series by Id.

Source: Amazon CloudWatch API reference, MetricDataQuery and MetricStat (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import periods
from .expression import BadExpression, Node, calls, names
from .metric import MetricId, dimensions
from .metric_functions import FUNCTIONS, KEYWORDS
from .metric_math import evaluate
from .refusals import invalid_combination, missing, refuse, validation
from .series import Frame, Series, Value
from .statistic import Statistic
from .statistic import parse as parse_statistic

MAX_QUERIES = 500
# Of a page of GetMetricData.
MAX_DATAPOINTS = 100_800
# Of an expression: MetricDataQuery in the API reference.
MAX_EXPRESSION = 2048
_ID = re.compile("[a-z][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class MetricQuery:
    """A metric's statistic, by period."""

    metric: MetricId
    statistic: Statistic
    period_s: int
    unit: str | None


@dataclass(frozen=True)
class Query:
    """One query: a metric or an expression. ``period_s`` is an expression's own, if it has one."""

    id: str
    label: str
    returned: bool
    metric: MetricQuery | None = None
    expression: Node | None = None
    period_s: int | None = None


# Gives the series of a metric.
Read = Callable[[MetricQuery], Series]


def read_queries(given: list[dict[str, Any]], parameter: str) -> list[Query]:
    """Queries as a request has them. Raises `ServiceError` for what is wrong or not offered."""
    if not given:
        raise missing(parameter)
    if len(given) > MAX_QUERIES:
        raise validation(f"The collection {parameter} must not have a size greater than 500.")
    found = [_query(each, f"{parameter}.member.{n}") for n, each in enumerate(given, 1)]
    known = [each.id for each in found]
    for each in found:
        if known.count(each.id) > 1:
            raise validation(f"The values for parameter id in {parameter} are not unique.")
        _check(each, set(known))
    if not any(each.returned for each in found):
        raise validation("At least one of the queries must have ReturnData set to true.")
    return found


class Budget:
    """How many data points expressions may work out: ten pages of GetMetricData for a request
    (ours), one for an expression. A period that is short for its range could ask for thousands of
    millions."""

    def __init__(self) -> None:
        self._left = 10 * MAX_DATAPOINTS

    def spend(self, query: Query, count: int, series: int) -> None:
        """Refuse an expression over too many periods. Raises `ServiceError`."""
        assert query.expression is not None
        self._left -= count * max(series, 1) * max(len(list(calls(query.expression))), 1)
        if count > MAX_DATAPOINTS or self._left < 0:
            raise invalid_combination(
                f"The expression '{query.id}' asks for {count:,} periods. You may reduce the "
                "datapoints requested by increasing Period, or decreasing the time range."
            )


def work_out(queries: list[Query], start: float, end: float, read: Read) -> dict[str, Value]:
    """Each query's result by its Id. Raises `ServiceError` for expressions that have none."""
    by_id = {each.id: each for each in queries}
    results: dict[str, Value] = {}
    budget = Budget()
    metrics = tuple(each.id for each in queries if each.metric is not None)

    def result(name: str, above: tuple[str, ...]) -> None:
        if name in results or name not in by_id:
            return
        if name in above:
            raise validation(f"Error in expression '{above[0]}': it refers to itself.")
        query = by_id[name]
        if query.metric is not None:
            results[name] = read(query.metric)
            return
        assert query.expression is not None
        needed = set(names(query.expression))
        if "METRICS" in calls(query.expression):
            needed.update(metrics)
        for each in sorted(needed):
            result(each, (*above, name))
        period = query.period_s or _period(queries, needed)
        budget.spend(query, periods.count(start, end, period), len(needed))
        frame = Frame(results, periods.starts(start, end, period), period, metrics)
        try:
            results[name] = evaluate(query.expression, frame)
        except BadExpression as error:
            raise validation(f"Error in expression '{name}': {error}.") from error

    for each in queries:
        result(each.id, ())
    return results


def _query(given: dict[str, Any], parameter: str) -> Query:
    refuse(given, ("AccountId",))
    name = given.get("Id") or ""
    if not _ID.fullmatch(name):
        raise validation(
            f"The value {name} for parameter {parameter}.Id is invalid: it begins with a small "
            "letter and has letters, digits and underscores."
        )
    label = given.get("Label") or ""
    if "${" in label:
        raise validation(f"Dynamic labels are not offered by the embedded cloud: {label}")
    has_metric, text = given.get("MetricStat") is not None, given.get("Expression")
    if has_metric == bool(text):
        raise validation(
            f"Exactly one of {parameter}.MetricStat and {parameter}.Expression must be given."
        )
    returned = given.get("ReturnData")
    returned = True if returned is None else bool(returned)
    if has_metric:
        metric = _metric(given["MetricStat"], parameter)
        return Query(name, label or metric.metric.name, returned, metric)
    if len(str(text)) > MAX_EXPRESSION:
        raise validation(f"The value for parameter {parameter}.Expression is too long.")
    from .expression_grammar import parse  # noqa: PLC0415 - Lark imports slowly

    try:
        expression = parse(str(text))
    except BadExpression as error:
        raise validation(f"Error in expression '{name}': {error}.") from error
    period = given.get("Period")
    own = None if period is None else periods.check(period)
    return Query(name, label or name, returned, None, expression, own)


def _metric(given: dict[str, Any], parameter: str) -> MetricQuery:
    about = given.get("Metric") or {}
    for part, value in (
        ("Metric.MetricName", about.get("MetricName")),
        ("Metric.Namespace", about.get("Namespace")),
        ("Period", given.get("Period")),
        ("Stat", given.get("Stat")),
    ):
        if not value:
            raise missing(f"{parameter}.MetricStat.{part}")
    try:
        statistic = parse_statistic(given["Stat"])
    except ValueError as error:
        raise validation(
            f"The value {given['Stat']} for parameter {parameter}.MetricStat.Stat is not supported."
        ) from error
    metric = MetricId(about["Namespace"], about["MetricName"], dimensions(about.get("Dimensions")))
    return MetricQuery(metric, statistic, periods.check(given["Period"]), given.get("Unit"))


def _check(query: Query, known: set[str]) -> None:
    if query.expression is None:
        return
    for name in calls(query.expression):
        if name not in FUNCTIONS:
            raise validation(
                f"Error in expression '{query.id}': the function {name} is not offered by the "
                "embedded cloud."
            )
    for name in names(query.expression):
        if name not in known and name.upper() not in KEYWORDS:
            raise validation(
                f"Error in expression '{query.id}': there is no query with the Id {name}."
            )


def _period(queries: list[Query], needed: set[str]) -> int:
    """The longest period of the metrics that an expression needs; of all, when it needs none."""
    own = [each.metric.period_s for each in queries if each.metric and each.id in needed]
    every = [each.metric.period_s for each in queries if each.metric]
    return max(own or every or [60])
