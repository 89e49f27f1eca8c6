"""GetTimeSeriesServiceStatistics: statistics of nodes or edges, period by period.

Source: API reference (read 2026-11): a selector names a service or an edge; without one the
statistics of all edges are answered. Which periods AWS takes is not documented there; here it is
any whole number of seconds from 1 on.
"""

from __future__ import annotations

from typing import Any

from .call import Call
from .filter_match import selected
from .filter_parser import parse_selector
from .filter_tree import Edge, Service, Target
from .pages import page
from .queries import traces_of_group
from .refusals import invalid, not_offered
from .tally import Tally

PERIOD_S = 60
MAX_PERIODS = 10_000
PER_PAGE = 500


def get_time_series_service_statistics(call: Call) -> dict[str, Any]:
    """Periods in which nothing happened are left out."""
    if call.get("ForecastStatistics"):
        raise not_offered("ForecastStatistics", "forecasts of X-Ray Insights")
    start, end = call.range()
    period = call.get("Period") or PERIOD_S
    if period < 1 or (end - start) / period > MAX_PERIODS:
        raise invalid(f"Period must be 1 or more, with at most {MAX_PERIODS} periods.")
    expression = call.get("EntitySelectorExpression")
    selector = parse_selector(expression) if expression else Edge(Target(), Target(), None)
    tallies: dict[int, Tally] = {}
    for trace in traces_of_group(call, start, end):
        for document in selected(selector, trace, call.region.account):
            if start <= document["start_time"] < end:
                number = int((document["start_time"] - start) // period)
                tallies.setdefault(number, Tally()).add(document)
    member = (
        "ServiceSummaryStatistics" if isinstance(selector, Service) else "EdgeSummaryStatistics"
    )
    series = [
        {
            "Timestamp": start + number * period,
            member: tally.statistics(),
            "ResponseTimeHistogram": tally.histogram(),
        }
        for number, tally in sorted(tallies.items())
    ]
    part, token = page(series, call, PER_PAGE, lambda item: (item["Timestamp"],))
    return {
        "TimeSeriesServiceStatistics": part,
        "ContainsOldGroupVersions": False,
        "NextToken": token,
    }
