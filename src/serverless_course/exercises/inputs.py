"""Answers as learners write them, read kindly: numpy's numbers, sets, words in capitals."""

import math
import re
from collections.abc import Iterable
from typing import Any, SupportsFloat

# 128, 0.25, .5, 1,024, 1e-6, with a sign or without.
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+|(?=\.\d))(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)


def whole(value: Any) -> int | None:
    """A whole number such as a memory size in MB, or None when `value` is not one.

    What counts as a number: see :func:`real`.
    """
    number = real(value)
    return int(number) if number is not None and number == int(number) else None


def real(value: Any) -> float | None:
    """A finite number, or None when `value` is not one.

    One rule for every task and every prediction: numpy's numbers, decimals, and text that holds
    a number and nothing else ("128", "1,024", " 4.6 ") count. True does not, and text with a
    unit does not: :func:`number_wanted` says so.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        value = text.replace(",", "") if _NUMBER.fullmatch(text) else "nan"
    try:
        number = float(value) if isinstance(value, SupportsFloat | str) else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def number_wanted(what: str, value: Any) -> str:
    """The sentence for an answer that is no number: `what` names the number that is wanted."""
    text = " Yours is text that holds more than a number: write the number alone."
    return f"The answer is {what}.{text if isinstance(value, str) else ''}"


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
