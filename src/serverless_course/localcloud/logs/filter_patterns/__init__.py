"""Filter patterns of CloudWatch Logs: which log events FilterLogEvents, a subscription or a metric
filter lets through.

Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail" (read 2026-11); the refusal's words from public error
reports of 2024 to 2026.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .invalid import InvalidPattern
from .json_pattern import JsonPattern
from .pattern import FilterPattern
from .space_delimited import SpaceDelimited
from .terms import Terms

__all__ = ["FilterPattern", "InvalidPattern", "filter_pattern", "matcher"]


@lru_cache(maxsize=256)
def filter_pattern(pattern: str) -> FilterPattern:
    """A filter pattern, read; an empty one matches everything.

    Raises:
        InvalidPattern: it is no filter pattern; the text is AWS's InvalidParameterException's.
    """
    text = pattern.strip()
    if text.startswith("{"):
        return JsonPattern(text)
    if text.startswith("["):
        return SpaceDelimited(text)
    return Terms(text)


def matcher(pattern: str) -> Callable[[str], bool]:
    """What tells whether a message matches a pattern. Raises `InvalidPattern`."""
    values = filter_pattern(pattern).values
    return lambda message: values(message) is not None
