"""Answers as learners write them, read kindly: numpy's numbers, sets, words in capitals."""

import math
from collections.abc import Iterable
from typing import Any, SupportsFloat


def whole(value: Any) -> int | None:
    """A whole number such as a memory size in MB, or None when `value` is not one.

    numpy's numbers, 128.0 and "128" count; True does not.
    """
    if isinstance(value, str):
        return int(value) if value.strip().isdecimal() else None
    number = real(value)
    return int(number) if number is not None and number == int(number) else None


def real(value: Any) -> float | None:
    """A finite number, or None when `value` is not one. Text is not read."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value) if isinstance(value, SupportsFloat) else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def several(value: Any) -> list[Any]:
    """The items of a list, tuple or set; any other value as a list of one."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return list(value)
    return [value]


def word(value: Any) -> str:
    """A word in small letters, without blanks around it; "" for what is not text."""
    return value.strip().lower() if isinstance(value, str) else ""


def yes_or_no(value: Any) -> bool | None:
    """True or False, numpy's included; None for anything else."""
    return bool(value) if type(value).__name__ in ("bool", "bool_") else None
