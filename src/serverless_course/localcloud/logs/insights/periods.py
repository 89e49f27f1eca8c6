"""Periods of time, and the steps that timestamps are cut to.

Source: CloudWatch Logs User Guide, "Datetime functions" (read 2026-11): ms, s, m, h, d, w, mo, q,
y, and longer words for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .values import EPOCH, Timestamp

_PERIOD = re.compile(r"(\d+)([A-Za-z]+)")
_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_MONTHS = {"mo": 1, "q": 3, "y": 12}
_WORDS = {
    "ms": ("ms", "msec", "millisecond", "milliseconds"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
    "mo": ("mo", "mon", "mos", "month", "months"),
    "q": ("q", "qtr", "quarter", "quarters"),
    "y": ("y", "yr", "yrs", "year", "years"),
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words}
# A week begins on a Sunday; 1970-01-01 was a Thursday. The User Guide does not say which day.
_WEEK_OFFSET_MS = 3 * 86_400_000
# The calendar's end: beyond it nothing is cut.
MOST = 10_000_000


@dataclass(frozen=True)
class Period:
    """So many milliseconds, or so many months."""

    ms: int = 0
    months: int = 0

    def floor(self, at: int) -> Timestamp:
        """The beginning of the period that a time lies in."""
        if self.months:
            try:
                moment = EPOCH + timedelta(milliseconds=at)
            except OverflowError:
                return Timestamp(at)
            month = moment.year * 12 + moment.month - 1
            return _month(month - month % self.months)
        offset = _WEEK_OFFSET_MS if self.ms % _MS["w"] == 0 else 0
        return Timestamp(at - (at - offset) % self.ms)

    def ceil(self, at: int) -> Timestamp:
        """The end of the period that a time lies in, or the time itself when it begins one."""
        start = self.floor(at)
        if start == at:
            return start
        if self.ms:
            return Timestamp(start + self.ms)
        moment = EPOCH + timedelta(milliseconds=int(start))
        return _month(moment.year * 12 + moment.month - 1 + self.months)


def period(text: str) -> Period | None:
    """A period such as ``5m``; None when it is none."""
    match = _PERIOD.fullmatch(text)
    unit = match and (_UNITS.get(match[2]) or _UNITS.get(match[2].lower()))
    if match is None or unit is None or not 0 < int(match[1][:9]) < MOST:
        return None
    count = int(match[1][:9])
    if unit in _MONTHS:
        return Period(months=count * _MONTHS[unit])
    return Period(ms=count * _MS[unit])


def _month(number: int) -> Timestamp:
    year = min(max(number // 12, 1), 9999)
    start = datetime(year, number % 12 + 1, 1, tzinfo=UTC)
    return Timestamp((start - EPOCH) // timedelta(milliseconds=1))
