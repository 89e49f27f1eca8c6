"""When a schedule invokes its target.

Source: EventBridge Scheduler User Guide, "Schedule types" (read 2026-11): a rate begins at its
StartDate, or at once, and a day of it has 24 hours, whatever a time zone does; a one-time schedule
does not look at StartDate and EndDate. What is not known: AWS takes a one-time schedule in the
past; here it never runs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..events.schedule_expression import cron, period_of

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", re.ASCII)


@dataclass(frozen=True)
class Times:
    """``first(t)`` is the first time at or after ``t``, ``after(t)`` the one that follows ``t``, in
    seconds since the epoch; None: there is none any more."""

    first: Callable[[float], float | None]
    after: Callable[[float], float | None]
    recurs: bool = True


def times(
    expression: str, zone: ZoneInfo, begin: float, start: float | None, end: float | None
) -> Times:
    """The times of an expression. Raises ValueError for what Scheduler does not take.

    Parameters: ``begin`` is when the schedule is put, ``start`` and ``end`` its StartDate and
    EndDate, all in seconds since the epoch.
    """
    if expression.startswith("at("):
        at = _at(expression, zone)
        return Times(
            lambda moment: at if at >= moment else None,
            lambda moment: at if at > moment else None,
            recurs=False,
        )
    last = math.inf if end is None else end

    def until_end(found: float | None) -> float | None:
        return found if found is not None and found <= last else None

    if expression.startswith("rate("):
        period_s, origin = period_of(expression), begin if start is None else start

        def reached(moment: float, *, itself: bool) -> float | None:
            steps = (moment - origin) / period_s
            count = math.ceil(steps) if itself else math.floor(steps) + 1
            return until_end(origin + max(0, count) * period_s)

        return Times(
            lambda moment: reached(moment, itself=True),
            lambda moment: reached(moment, itself=False),
        )
    read = cron(expression, zone)
    earliest = -math.inf if start is None else start

    def following(moment: float) -> float | None:
        # The minute in which a StartDate lies at its very beginning counts.
        return until_end(read.after(max(moment, earliest - 1)))

    return Times(lambda moment: following(moment - 1), following)


def _at(expression: str, zone: ZoneInfo) -> float:
    found = _AT.fullmatch(expression)
    if found is None:
        raise ValueError(expression)
    return datetime.fromisoformat(found[1]).replace(tzinfo=zone).timestamp()
