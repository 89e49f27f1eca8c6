"""GetMetricData: series of metrics and of metric math, page by page.

Source: Amazon CloudWatch API reference, GetMetricData (read 2026-11): up to 100,800 data points a
page; the newest first unless asked for otherwise; the result of an expression must be a time
series or an array of them. Of data in several units only those in the first unit count, and a
message says so (recorded, localstack's test_get_metric_data_different_units_no_unit_in_query, 2023;
that the first is the alphabet's is what the recordings fit). Here a token names where the next page
begins; AWS's are opaque.
"""

from __future__ import annotations

import math
from typing import Any

from . import periods
from .data_queries import MAX_DATAPOINTS, MetricQuery, Query, read_queries, work_out
from .labels import labelled
from .metric import Samples
from .refusals import invalid_value, validation
from .series import Series, Value
from .store import MetricStore

ASCENDING, DESCENDING = "TimestampAscending", "TimestampDescending"


def get_metric_data(store: MetricStore, given: dict[str, Any], now: float) -> dict[str, Any]:
    """The answer, in the members of the operation's output. Raises `ServiceError`."""
    start, end = periods.time_range(given)
    order = given.get("ScanBy") or DESCENDING
    if order not in (ASCENDING, DESCENDING):
        raise validation(f"The value {order} for parameter ScanBy is invalid.")
    most = given.get("MaxDatapoints") or MAX_DATAPOINTS
    if not 1 <= most <= MAX_DATAPOINTS:
        raise invalid_value(f"The parameter MaxDatapoints must be from 1 to {MAX_DATAPOINTS}.")
    asked = given.get("MetricDataQueries") or []
    queries = labelled(read_queries(asked, "MetricDataQueries"), asked)
    first = periods.aligned(start, 60, now)

    units: dict[MetricQuery, list[str]] = {}

    def read(query: MetricQuery) -> Series:
        found = store.periods(
            query.metric,
            periods.aligned(start, query.period_s, now),
            end,
            query.period_s,
            query.unit,
        )
        units[query] = sorted(found)
        return _values(found[units[query][0]], query) if found else {}

    results = work_out(queries, first, end, read)
    lines = [
        line for query in queries if query.returned for line in _lines(query, results[query.id])
    ]
    answer = _page(lines, order, most, given.get("NextToken"))
    for (query, _, _), told in zip(lines, answer["MetricDataResults"], strict=True):
        if query.metric is not None and len(found := units[query.metric]) > 1:
            text = f"Multiple units returned: '[{', '.join(found)}]'"
            told["Messages"] = [{"Code": "MultipleUnits", "Value": text}]
    return answer


def series_of(store: MetricStore, query: MetricQuery, start: float, end: float) -> Series:
    """A metric's statistic by the start of each period from ``start`` on; units together."""
    together: dict[float, Samples] = {}
    found = store.periods(query.metric, start, end, query.period_s, query.unit)
    for by_start in found.values():
        for at, samples in by_start.items():
            together.setdefault(at, Samples()).merge(samples)
    return _values(together, query)


def _values(by_start: dict[float, Samples], query: MetricQuery) -> Series:
    values = ((at, query.statistic.of(samples)) for at, samples in sorted(by_start.items()))
    return {at: value for at, value in values if value is not None}


def _lines(query: Query, value: Value) -> list[tuple[Query, str, Series]]:
    if isinstance(value, float):
        raise validation(
            f"Error in expression '{query.id}': the result must be a time series, and it is a "
            "single number."
        )
    if isinstance(value, dict):
        return [(query, query.label, value)]
    return [(query, f"{query.label} {number}", each) for number, each in enumerate(value, 1)]


def _page(
    lines: list[tuple[Query, str, Series]], order: str, most: int, token: str | None
) -> dict[str, Any]:
    skipped = _skipped(token)
    left = most
    results = []
    before = 0
    for query, label, series in lines:
        points = sorted(
            ((at, value) for at, value in series.items() if math.isfinite(value)),
            reverse=order == DESCENDING,
        )
        begin = min(max(skipped - before, 0), len(points))
        shown = points[begin : begin + left]
        left -= len(shown)
        before += len(points)
        results.append(
            {
                "Id": query.id,
                "Label": label,
                "Timestamps": [periods.moment(at) for at, _ in shown],
                "Values": [value for _, value in shown],
                "StatusCode": "Complete" if begin + len(shown) == len(points) else "PartialData",
            }
        )
    answer: dict[str, Any] = {"MetricDataResults": results, "Messages": []}
    if skipped + most < before:
        answer["NextToken"] = f"from-{skipped + most}"
    return answer


def _skipped(token: str | None) -> int:
    if not token:
        return 0
    number = token.removeprefix("from-")
    if number == token or not number.isdecimal():
        raise invalid_value("Request parameter NextToken is invalid")
    return int(number)
