"""What PutMetricAlarm says: which series an alarm watches, and when it goes off.

Source: Amazon CloudWatch API reference, PutMetricAlarm (read 2026-11); alarm periods: 10, 20, 30
seconds or a multiple of 60, no more than a day in all (seven with periods from an hour on).
An alarm evaluates a sliding window by default (User Guide, "Alarm evaluation window"): its newest
period ends now. AWS moves the window every minute (10 s for high resolution), the embedded cloud
whenever it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..metrics.data_queries import MetricQuery, Query, Read, read_queries, work_out
from ..metrics.metric import MetricId, dimensions
from ..metrics.refusals import (
    invalid_combination,
    invalid_value,
    missing,
    refuse,
    validation,
)
from ..metrics.statistic import SIMPLE, Statistic, parse
from .alarm import (
    FURTHER_POINTS,
    IGNORE,
    MISSING,
    OPERATORS,
    TREATMENTS,
    Point,
    Rule,
    too_few_samples,
)

NOT_OFFERED = (
    "ThresholdMetricId",
    "EvaluationWindow",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "ActionConfiguration",
)
DAY_S = 86_400
ACTION_LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions")
MAX_ACTIONS = 5


@dataclass(frozen=True)
class AlarmDefinition:
    """``watched``: the query whose series counts; ``queries``: it, and what it needs."""

    rule: Rule
    queries: tuple[Query, ...]
    watched: str
    period_s: int
    keeps_on_few_samples: bool = False

    @property
    def statistic(self) -> Statistic | None:
        """The statistic of an alarm on one metric; None for metric math."""
        metric = self.queries[0].metric
        return metric.statistic if len(self.queries) == 1 and metric else None

    def window(self, now: float) -> tuple[float, float]:
        """Where the evaluation range begins and ends: the newest period takes in this second."""
        end = float(int(now) + 1)
        return end - (self.rule.periods + FURTHER_POINTS) * self.period_s, end

    def points(self, now: float, read: Read) -> list[Point]:
        """The data points of the evaluation range, the oldest first."""
        start, end = self.window(now)
        series = work_out(list(self.queries), start, end, read)[self.watched]
        assert isinstance(series, dict)
        number = self.rule.periods + FURTHER_POINTS
        starts = (start + n * self.period_s for n in range(number))
        return [Point(at, series.get(at)) for at in starts]

    def lacks_samples(self, points: Sequence[Point], samples: Sequence[float]) -> bool:
        """Whether a percentile's state must stay because its data points have few samples."""
        statistic = self.statistic
        if not self.keeps_on_few_samples or statistic is None or not statistic.is_percentile:
            return False
        counted = [n for point, n in zip(points, samples, strict=True) if point.value is not None]
        fraction = statistic.upper or 0.0
        return any(too_few_samples(fraction, n) for n in counted[-self.rule.periods :])


def read_definition(given: dict[str, Any]) -> AlarmDefinition:
    """The definition in a request's parameters. Raises `ServiceError`."""
    refuse(given, NOT_OFFERED)
    check_common(given)
    for name in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if given.get(name) is None:
            raise missing(name)
    if given["ComparisonOperator"] not in OPERATORS:
        raise invalid_value(
            f"The value {given['ComparisonOperator']} for parameter ComparisonOperator is not "
            f"offered by the embedded cloud. It offers {', '.join(OPERATORS)}: anomaly detection "
            "is not there."
        )
    periods = int(given["EvaluationPeriods"])
    needed = int(given.get("DatapointsToAlarm") or periods)
    if periods < 1 or not 1 <= needed <= periods:
        raise validation("DatapointsToAlarm must be from 1 to EvaluationPeriods.")
    treated = given.get("TreatMissingData") or MISSING
    if treated not in TREATMENTS:
        raise validation(f"Option {treated} is not supported for parameter TreatMissingData.")
    few = given.get("EvaluateLowSampleCountPercentile")
    if few not in (None, "", "evaluate", "ignore"):
        raise validation(
            f"Option {few} is not supported. Supported options for parameter "
            "EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    if given.get("Namespace") == "AWS/DynamoDB":
        # "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data
        # even if you choose a different option" (API reference, PutMetricAlarm).
        treated = IGNORE
    queries, watched = _math(given) if given.get("Metrics") else _metric(given)
    period = _period(queries)
    if period * periods > (DAY_S if period < 3600 else 7 * DAY_S):
        raise validation(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be "
            "<= 86400 seconds)."
        )
    rule = Rule(
        given["ComparisonOperator"],
        float(given["Threshold"]),
        periods,
        needed,
        treated,
        says_needed=bool(given.get("DatapointsToAlarm")),
    )
    return AlarmDefinition(rule, tuple(queries), watched, period, few == "ignore")


def check_common(given: dict[str, Any]) -> None:
    """What holds for metric and composite alarms. Raises `ServiceError`."""
    if not given.get("AlarmName"):
        raise missing("AlarmName")
    for name in ACTION_LISTS:
        actions = given.get(name) or []
        if len(actions) > MAX_ACTIONS:
            raise validation(f"The collection {name} must not have a size greater than 5.")
        for arn in actions:
            parts = str(arn).split(":")
            if len(parts) < 6 or parts[0] != "arn":
                raise validation(f"Invalid arn syntax: {arn}")
            if parts[2] not in ("sns", "lambda"):
                raise validation(
                    f"The action {arn} is not offered by the embedded cloud: only SNS topics and "
                    "Lambda functions are."
                )


def _metric(given: dict[str, Any]) -> tuple[list[Query], str]:
    for name in ("MetricName", "Namespace", "Period"):
        if not given.get(name):
            raise missing(name)
    simple, extended = given.get("Statistic"), given.get("ExtendedStatistic")
    if bool(simple) == bool(extended):
        raise invalid_combination(
            "Exactly one of Statistic and ExtendedStatistic must be specified."
        )
    try:
        statistic = parse(str(simple or extended))
    except ValueError as error:
        raise invalid_value(f"The value {extended or simple} is no statistic.") from error
    if bool(simple) != (str(simple or extended) in SIMPLE):
        raise invalid_value(
            f"The value {simple or extended} for parameter "
            f"{'Statistic' if simple else 'ExtendedStatistic'} is not supported."
        )
    metric = MetricId(given["Namespace"], given["MetricName"], dimensions(given.get("Dimensions")))
    query = MetricQuery(metric, statistic, int(given["Period"]), given.get("Unit") or None)
    return [Query("m1", metric.name, True, query)], "m1"


def _math(given: dict[str, Any]) -> tuple[list[Query], str]:
    for name in ("MetricName", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"):
        if given.get(name):
            raise invalid_combination(f"Metrics and {name} are mutually exclusive.")
    queries = read_queries(given["Metrics"], "Metrics")
    watched = [each.id for each in queries if each.returned]
    if len(watched) != 1:
        raise validation("Exactly one element of the metrics list should return data.")
    if not isinstance(work_out(queries, 0.0, 60.0, lambda _: {})[watched[0]], dict):
        raise validation("The metrics list must yield a single time series.")
    return queries, watched[0]


def _period(queries: list[Query]) -> int:
    found = {each.metric.period_s for each in queries if each.metric}
    found |= {each.period_s for each in queries if each.period_s}
    if len(found) != 1:
        raise validation("Period must be the same for all metrics of an alarm.")
    (period,) = found
    if period not in (10, 20, 30) and (period < 60 or period % 60):
        raise validation("Period must be 10, 20, 30, or a multiple of 60.")
    return period
