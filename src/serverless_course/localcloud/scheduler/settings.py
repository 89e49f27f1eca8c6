"""What CreateSchedule and UpdateSchedule are given, checked, with AWS's defaults.

Sources: EventBridge Scheduler API reference, CreateSchedule and Target (read 2026-11); the
defaults, `rate(2 minute)` and the words for an expression: recorded on AWS in 2025-01 and -02
(localstack/localstack, test_scheduler.snapshot.json); for a role and a StartDate: public error
reports of 2023 to 2026, and moto 5.2.5. The words of the other refusals are ours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from .refusals import invalid, not_offered
from .target_kinds import check_target
from .times import Times, times

Members = dict[str, Any]
RETRY = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
EARLIEST_START_S = 300.0
KEPT = ("Description", "ScheduleExpression")


def settings_of(given: Members) -> Members:
    """The members that a schedule keeps. Raises `ServiceError` for what is refused."""
    if given.get("KmsKeyArn"):
        raise not_offered("the member KmsKeyArn")
    window = given["FlexibleTimeWindow"]
    minutes = window.get("MaximumWindowInMinutes")
    if (window["Mode"] == "FLEXIBLE") != (minutes is not None):
        need = "needs" if minutes is None else "takes no"
        mode = window["Mode"]
        raise invalid(f"A flexible time window of mode {mode} {need} MaximumWindowInMinutes.")
    target = given["Target"]
    check_target(target)
    return {
        **{name: given[name] for name in KEPT if given.get(name) is not None},
        **{name: _date(given[name]) for name in ("StartDate", "EndDate") if name in given},
        "ScheduleExpressionTimezone": given.get("ScheduleExpressionTimezone") or "UTC",
        "State": given.get("State") or "ENABLED",
        "ActionAfterCompletion": given.get("ActionAfterCompletion") or "NONE",
        "FlexibleTimeWindow": window,
        "Target": {**target, "RetryPolicy": {**RETRY, **(target.get("RetryPolicy") or {})}},
    }


def times_of(settings: Members, now: float) -> Times:
    """When a schedule with these settings that is put now is due. Raises `ServiceError`."""
    expression, zone = settings["ScheduleExpression"], settings["ScheduleExpressionTimezone"]
    if zone not in _zones():
        raise invalid(f"Invalid ScheduleExpressionTimezone {zone}.")
    start, end = (
        settings[name].timestamp() if name in settings else None
        for name in ("StartDate", "EndDate")
    )
    try:
        found = times(expression, ZoneInfo(zone), now, start, end)
    except (ValueError, IndexError, OverflowError) as error:
        raise invalid(f"Invalid Schedule Expression {expression}.") from error
    if found.recurs:
        if start is not None and start < now - EARLIEST_START_S:
            raise invalid("The StartDate you specify cannot be earlier than 5 minutes ago.")
        if end is not None and end <= (now if start is None else max(start, now)):
            raise invalid("The EndDate you specify must come after now and after the StartDate.")
    return found


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _date(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise invalid(f"{seconds} is no date.") from error
