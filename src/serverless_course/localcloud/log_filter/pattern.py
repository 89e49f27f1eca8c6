"""What all filter patterns can do, and the regular expressions that they may hold."""

from __future__ import annotations

import re
from typing import Protocol

from .invalid import InvalidPattern

# "Alphanumeric characters", these symbols, these operators, and no brackets for groups.
_REGEX = re.compile(r"[\w:#=@/;,\- ^$?\[\]{}|\\*+.]+", re.ASCII)


class FilterPattern(Protocol):
    """A filter pattern that was read."""

    def values(self, message: str) -> dict[str, str] | None:
        """What the pattern takes out of a message, by name; None when it does not match.

        TestMetricFilter's ``extractedValues``: ``$.user`` of JSON, ``$ip`` of fields.
        """


def regex_of(text: str) -> re.Pattern[str]:
    """A regular expression as a pattern holds it between ``%``."""
    if not _REGEX.fullmatch(text):
        raise InvalidPattern(f"Invalid regular expression in the filter pattern: {text}")
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidPattern(
            f"Invalid regular expression in the filter pattern: {text}: {error}"
        ) from error
