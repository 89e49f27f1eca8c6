"""Periods: which lengths there are, where the first begins, and how many a call may ask for.

Source: Amazon CloudWatch API reference, GetMetricStatistics and GetMetricData (read 2026-11): 1,
5, 10, 20, 30 seconds or a multiple of 60; a start time is rounded down to its minute within 15
days, to 5 minutes within 63, else to the hour; with a period under a minute to that period.
Periods begin at the start time that came of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .refusals import invalid_value, missing, validation

SUB_MINUTE = (1, 5, 10, 20, 30)
DAY_S = 86_400


def check(period_s: Any) -> int:
    """A period in seconds. Raises `ServiceError` for one that there is not."""
    period = int(period_s)
    if period <= 0 or (period not in SUB_MINUTE and period % 60):
        raise invalid_value(
            "The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60 seconds."
        )
    return period


def seconds(moment: Any) -> float:
    """A moment as moto reads it from a request, in seconds since the epoch; naive ones are UTC."""
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(moment)


def moment(at: float) -> datetime:
    """Seconds since the epoch, as moto writes moments: UTC, naive."""
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


def time_range(given: dict[str, Any]) -> tuple[float, float]:
    """StartTime and EndTime of a request, in seconds. Raises `ServiceError`."""
    for name in ("StartTime", "EndTime"):
        if given.get(name) is None:
            raise missing(name)
    start, end = seconds(given["StartTime"]), seconds(given["EndTime"])
    if start >= end:
        raise validation("The parameter StartTime must be less than the parameter EndTime.")
    return start, end


def aligned(start: float, period_s: int, now: float) -> float:
    """Where the first period begins."""
    age = now - start
    step = 60 if age <= 15 * DAY_S else 300 if age <= 63 * DAY_S else 3600
    if period_s < 60 and step == 60:
        step = period_s
    return start // step * step


def count(start: float, end: float, period_s: int) -> int:
    """How many periods begin before the end."""
    return max(int((end - start + period_s - 1e-6) // period_s), 0)


def starts(start: float, end: float, period_s: int) -> tuple[float, ...]:
    """The starts of all periods that begin before the end."""
    number_of = count(start, end, period_s)
    return tuple(start + number * period_s for number in range(number_of))
