"""The values of a query: how they are compared, sorted and written.

What is known: GetQueryResults gives every value as text, times as ``2022-05-02 20:58:14.456``,
``@memorySize`` as ``512000000`` and ``@duration`` as ``2.03`` (an answer of AWS's, recorded
2022-05-02). What the User Guide does not say, and is ours here: booleans are written 1 and 0
(it says so of ``ispresent``), a calculated number has four decimals at most, and never fewer than
four significant digits.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DECIMALS = 4
# Beyond it nothing is a number: JSON knows numbers that no float can hold.
LARGEST = 1e300
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*", re.ASCII)


class Timestamp(int):
    """Milliseconds since the epoch."""

    def __str__(self) -> str:
        try:
            moment = EPOCH + timedelta(milliseconds=int(self))
        except OverflowError:
            return str(int(self))
        return f"{moment:%Y-%m-%d %H:%M:%S}.{int(self) % 1000:03d}"


# A text, number, boolean or time; None is a field that is missing; a list or dict is JSON's.
Value = Any


def number(value: Value) -> float | int | None:
    """A value as a number, also when it is a text that reads like one; otherwise None."""
    if isinstance(value, (int, float)):
        return value if -LARGEST < value < LARGEST else None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        found = float(value)
        return found if math.isfinite(found) else None
    return None


def truth(value: Value) -> bool:
    """Whether a value counts as true."""
    if isinstance(value, str):
        return value.lower() == "true" or bool(number(value))
    return bool(value)


def text(value: Value) -> str:
    """A value as the log holds it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def calculated(value: Value) -> str:
    """A value that a query made: numbers are rounded."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        digits = DECIMALS - 1 - math.floor(math.log10(abs(value)))
        written = f"{value:.{max(DECIMALS, digits)}f}"
        return written.rstrip("0").rstrip(".")
    return text(value)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same: as numbers if both read like numbers, or else as texts."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if left is None or right is None:
        return False
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return one == other
    return _word(left) == _word(right)


def _word(value: Value) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else text(value)


def less(left: Value, right: Value) -> bool | None:
    """Whether one value is below another; None when either is missing.

    Times are numbers here: Logs Insights "doesn't support filtering logs with human readable
    timestamps" (User Guide, "Datetime functions").
    """
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return one < other
    if left is None or right is None or isinstance(left, Timestamp) or isinstance(right, Timestamp):
        return None
    return text(left) < text(right)


def order(value: Value) -> tuple[int, float, str]:
    """What to sort by: missing values, then texts, then numbers.

    "All non-number values come before all number values" (User Guide, "sort").
    """
    if value is None:
        return (0, 0.0, "")
    found = number(value)
    return (1, 0.0, text(value)) if found is None else (2, float(found), "")
