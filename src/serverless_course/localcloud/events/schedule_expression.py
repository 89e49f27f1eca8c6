"""Schedule expressions of EventBridge rules: ``rate(5 minutes)`` and ``cron(0 12 * * ? *)``.

Sources: Amazon EventBridge User Guide, "Setting a schedule pattern for scheduled rules";
EventBridge Scheduler User Guide, "Schedule types" (both read 2026-11). Times are to the minute:
those of rules in UTC, those of EventBridge Scheduler in a time zone.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

UNIT_S = {"minute": 60, "hour": 3600, "day": 86_400}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
LAST_YEAR = 2199
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")


@dataclass(frozen=True)
class Schedule:
    """When a rule fires: ``after(t)`` is the first time after ``t``, in seconds since the epoch.

    None: it never fires again.
    """

    after: Callable[[float], float | None]


def parse(expression: str) -> Schedule:
    """Read an expression of a rule. Raises ValueError for what EventBridge does not take."""
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        if (int(rate[1]) == 1) == bool(rate[3]):
            raise ValueError(expression)
        period_s = period_of(expression)
        return Schedule(lambda moment: moment + period_s)
    return cron(expression, UTC)


def period_of(expression: str) -> int:
    """The seconds of a rate, whose unit may be singular or plural. Raises ValueError."""
    rate = _RATE.fullmatch(expression)
    if rate is None:
        raise ValueError(expression)
    return int(rate[1]) * UNIT_S[rate[2]]


def cron(expression: str, zone: tzinfo) -> Schedule:
    """A cron expression in a time zone. Raises ValueError for what EventBridge does not take.

    A time that the zone leaves out in spring is skipped; one that comes twice in autumn counts
    once (EventBridge Scheduler User Guide, "Daylight savings time").
    """
    fields = _CRON.fullmatch(expression)
    if fields is None:
        raise ValueError(expression)
    read = _Cron(*fields.groups())

    def after(moment: float) -> float | None:
        local = datetime.fromtimestamp(moment, zone).replace(second=0, microsecond=0, tzinfo=None)
        while (found := read.following(local)) is not None:
            at = found.replace(tzinfo=zone).timestamp()
            if at > moment and datetime.fromtimestamp(at, zone).replace(tzinfo=None) == found:
                return at
            local = found
        return None

    return Schedule(after)


class _Cron:
    """The six fields of a cron expression; one of the two day fields is a ``?``."""

    def __init__(
        self, minute: str, hour: str, day: str, month: str, weekday: str, year: str
    ) -> None:
        if (day == "?") == (weekday == "?"):
            raise ValueError("one of day-of-month and day-of-week has to be ?")
        self._minutes = sorted(_values(minute, 0, 59))
        self._hours = sorted(_values(hour, 0, 23))
        self._months = _values(month, 1, 12, MONTHS)
        self._years = _values(year, 1970, LAST_YEAR)
        self._day, self._weekday = day, weekday
        self._days_of(2024, 2)

    def following(self, local: datetime) -> datetime | None:
        """The first minute after a whole one, both as a clock on the wall shows them."""
        at = local + timedelta(minutes=1)
        for year in range(at.year, LAST_YEAR + 1):
            if year not in self._years:
                continue
            for month in range(at.month if year == at.year else 1, 13):
                if month not in self._months:
                    continue
                found = self._within(year, month, at)
                if found is not None:
                    return found
        return None

    def _within(self, year: int, month: int, at: datetime) -> datetime | None:
        for day in sorted(self._days_of(year, month)):
            for hour in self._hours:
                for minute in self._minutes:
                    found = datetime(year, month, day, hour, minute)
                    if found >= at:
                        return found
        return None

    def _days_of(self, year: int, month: int) -> set[int]:
        last = calendar.monthrange(year, month)[1]
        if self._day != "?":
            return {found for found in self._days(year, month, last) if found <= last}
        return {
            day
            for part in self._weekday.split(",")
            for day in _weekdays(part, year, month, last)
            if day <= last
        }

    def _days(self, year: int, month: int, last: int) -> set[int]:
        if self._day == "L":
            return {last}
        if self._day.endswith("W"):
            text = self._day.removesuffix("W")
            return {_nearest_weekday(year, month, last if text == "L" else int(text), last)}
        return _values(self._day, 1, 31)


def _weekdays(part: str, year: int, month: int, last: int) -> set[int]:
    """Days of the month for one part of the day-of-week field; 1 is Sunday."""
    if part == "L":
        part = "7"
    if "#" in part:
        name, _, number = part.partition("#")
        found = _days_named(_values(name, 1, 7, DAYS), year, month, last)
        return {found[int(number) - 1]} if int(number) <= len(found) else set()
    if part.endswith("L"):
        return {_days_named(_values(part.removesuffix("L"), 1, 7, DAYS), year, month, last)[-1]}
    return set(_days_named(_values(part, 1, 7, DAYS), year, month, last))


def _days_named(numbers: set[int], year: int, month: int, last: int) -> list[int]:
    return [
        day
        for day in range(1, last + 1)
        if (calendar.weekday(year, month, day) + 1) % 7 + 1 in numbers
    ]


def _nearest_weekday(year: int, month: int, day: int, last: int) -> int:
    day = min(day, last)
    weekday = calendar.weekday(year, month, day)
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < last else day - 2
    return day


def _values(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> set[int]:
    """The numbers that a field stands for. Raises ValueError for one out of its range."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, until = span.partition("-")
        if first == "*":
            start, end = low, high
        else:
            start = _number(first, low, names)
            end = _number(until, low, names) if until else high if step else start
        if not low <= start <= high or not low <= end <= high:
            raise ValueError(field)
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def _number(text: str, low: int, names: tuple[str, ...]) -> int:
    return names.index(text.upper()) + low if text.upper() in names else int(text)
