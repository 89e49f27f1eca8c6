"""When a schedule of EventBridge Scheduler is due: rates, cron in time zones, one time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from serverless_course.localcloud.scheduler.times import times

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def following(expression: str, zone: ZoneInfo, begin: str, count: int, **dates: str) -> list[str]:
    """The first times from ``begin`` on, in UTC."""
    limits = {name: at(text) for name, text in dates.items()}
    found = times(expression, zone, at(begin), limits.get("start"), limits.get("end"))
    moment, listed = found.first(at(begin)), []
    while moment is not None and len(listed) < count:
        listed.append(datetime.fromtimestamp(moment, ZoneInfo("UTC")).strftime("%m-%d %H:%M"))
        moment = found.after(moment)
    return listed


def test_a_cron_keeps_its_local_time_over_both_changes_of_the_clock() -> None:
    spring = following("cron(0 9 * * ? *)", BERLIN, "2026-03-28T00:00:00Z", 3)
    assert spring == ["03-28 08:00", "03-29 07:00", "03-30 07:00"]
    autumn = following("cron(0 9 * * ? *)", BERLIN, "2026-10-24T00:00:00Z", 3)
    assert autumn == ["10-24 07:00", "10-25 08:00", "10-26 08:00"]


def test_a_local_time_that_spring_leaves_out_is_skipped() -> None:
    found = following("cron(30 2 * * ? *)", BERLIN, "2026-03-28T00:00:00Z", 3)
    assert found == ["03-28 01:30", "03-30 00:30", "03-31 00:30"]


def test_a_local_time_that_autumn_repeats_counts_once() -> None:
    found = following("cron(30 1 * * ? *)", NEW_YORK, "2026-10-31T12:00:00Z", 2)
    assert found == ["11-01 05:30", "11-02 06:30"]
    every = following("cron(0/30 * * * ? *)", NEW_YORK, "2026-11-01T05:15:00Z", 3)
    assert every == ["11-01 05:30", "11-01 07:00", "11-01 07:30"]


def test_a_rate_begins_at_once_or_at_its_start_and_ends() -> None:
    assert following("rate(5 minutes)", BERLIN, "2026-05-01T10:02:00Z", 2) == [
        "05-01 10:02",
        "05-01 10:07",
    ]
    dates = {"start": "2026-05-01T11:00:00Z", "end": "2026-05-01T12:30:00Z"}
    assert following("rate(1 hours)", BERLIN, "2026-05-01T10:02:00Z", 9, **dates) == [
        "05-01 11:00",
        "05-01 12:00",
    ]


def test_a_day_of_a_rate_has_24_hours_when_the_clock_changes() -> None:
    found = following("rate(1 day)", BERLIN, "2026-03-28T12:00:00Z", 3)
    assert found == ["03-28 12:00", "03-29 12:00", "03-30 12:00"]


def test_a_cron_that_begins_at_its_start_date() -> None:
    dates = {"start": "2026-05-02T09:00:00Z", "end": "2026-05-03T09:00:00Z"}
    found = following("cron(0 9 * * ? *)", ZoneInfo("UTC"), "2026-05-01T00:00:00Z", 9, **dates)
    assert found == ["05-02 09:00", "05-03 09:00"]


def test_one_time_runs_once_in_its_zone_and_not_in_the_past() -> None:
    assert following("at(2026-07-01T09:30:00)", NEW_YORK, "2026-06-01T00:00:00Z", 5) == [
        "07-01 13:30"
    ]
    assert following("at(2026-07-01T09:30:00)", NEW_YORK, "2026-08-01T00:00:00Z", 5) == []


# Recorded as refused on AWS in 2025-01 (localstack/localstack, test_scheduler.snapshot.json).
@pytest.mark.parametrize(
    "expression",
    [
        *("cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(71 8 1 * ? *)"),
        *("cron(0 dummy ? * MON-FRI *)", "cron()", "rate(10 seconds)", "rate(10 years)", "rate()"),
        *("rate(10)", "rate(10 minutess)", "rate(foo minutes)", "rate(-10 minutes)"),
        *("rate( 10 minutes )", " rate(10 minutes)", "at(2021-12-31T23:59:59Z)", "at(2021-12-31)"),
        *("at(2021-02-30T00:00:00)", "rate(0 minutes)", "cron(0 9 ? * 8 *)", "every day"),
    ],
)
def test_what_is_no_schedule_expression(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a date's own has words of its own
        times(expression, BERLIN, 0.0, None, None)
