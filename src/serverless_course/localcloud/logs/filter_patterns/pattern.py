"""What all filter patterns can do, and the regular expressions that they may hold."""

from __future__ import annotations

import re
from typing import Protocol

from ..regular_expression import NO_EXPRESSION, RegularExpression, Search
from .invalid import InvalidPattern

# "Alphanumeric characters", these symbols, these operators, and no brackets for groups.
_REGEX = re.compile(r"[\w:#=@/;,\- ^$?\[\]{}|\\*+.]+", re.ASCII)


class FilterPattern(Protocol):
    """A filter pattern that was read."""

    def values(self, message: str) -> dict[str, str] | None:
        """What the pattern takes out of a message, by name; None when it does not match.

        TestMetricFilter's ``extractedValues``: ``$.user`` of JSON, ``$ip`` of fields.
        """


def regex_of(text: str) -> Search:
    """What searches for a regular expression as a pattern holds it between ``%``.

    On what takes it more than a second it does not match (ours).
    """
    if not _REGEX.fullmatch(text):
        raise InvalidPattern(f"Invalid regular expression in the filter pattern: {text}")
    try:
        return RegularExpression(text).search_patiently
    except NO_EXPRESSION as error:
        raise InvalidPattern(
            f"Invalid regular expression in the filter pattern: {text}: {error}"
        ) from error
