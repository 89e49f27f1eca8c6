"""The label of a metric for which GetMetricData was given none.

It is the metric's name, and then what the request's metrics differ in: the statistic, the period in
seconds (recorded from AWS, localstack's test_label_generation, 2024). What AWS adds where only
dimensions differ is not known; here nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .data_queries import Query


def labelled(queries: Sequence[Query], given: Sequence[dict[str, Any]]) -> list[Query]:
    """The queries with their labels. ``given`` are the same ones as the request has them."""
    statistics = {each["MetricStat"]["Stat"] for each in given if each.get("MetricStat")}
    periods = {each.metric.period_s for each in queries if each.metric}
    found = []
    for query, request in zip(queries, given, strict=True):
        if query.metric is None or request.get("Label"):
            found.append(query)
            continue
        parts = [query.metric.metric.name]
        if len(statistics) > 1:
            parts.append(request["MetricStat"]["Stat"])
        if len(periods) > 1:
            parts.append(str(query.metric.period_s))
        found.append(replace(query, label=" ".join(parts)))
    return found
