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


LONGEST_SHOWN = 60


def shown(value: Any) -> str:
    """An answer as it is told back: text in quotes, the rest short and without addresses."""
    if isinstance(value, str):
        text = f'"{value}"'
    elif real(value) is not None:
        text = str(value)
    else:
        try:
            text = repr(value)
        except Exception:
            # Told back is an answer of a learner's own class, too.
            text = "<"
        if text.startswith("<"):
            text = f"an object of type {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


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
