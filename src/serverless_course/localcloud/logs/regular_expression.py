"""Regular expressions that users write: in queries of Logs Insights and in filter patterns. Pure.

Python's own `re` keeps all other threads waiting while it matches, and an expression that
backtracks without end would stop the server for good. `regex` lets the others run, and ends when
its time is over. On AWS that cannot happen: its engine does not backtrack.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import regex

LONGEST_S = 1.0
# What took too long once gets no more than this for a text, until a minute has passed.
IMPATIENT_S, IMPATIENT_FOR_S = 0.001, 60.0
# What a text that is no regular expression raises.
NO_EXPRESSION = (regex.error, OverflowError, RecursionError)

# What was found in a text: a match, or None.
Search = Callable[[str], Any]


class RegularExpression:
    """A compiled one. Raises one of `NO_EXPRESSION` for a text that is none.

    ``names`` are its named groups in their order, ``groups`` is the number of all.
    """

    def __init__(self, text: str, *, dot_all: bool = False) -> None:
        self._compiled = regex.compile(text, regex.DOTALL if dot_all else 0)
        self.names = list(self._compiled.groupindex)
        self.groups = int(self._compiled.groups)
        self._impatient_until = 0.0

    def search(self, text: str) -> Any:
        """The first match in a text, or None. Raises TimeoutError after `LONGEST_S`."""
        return self._compiled.search(text, timeout=LONGEST_S, concurrent=True)

    def search_patiently(self, text: str) -> Any:
        """The same; what takes longer counts as no match, and makes the next searches short: many
        texts of one kind cannot take as many seconds."""
        now = time.monotonic()
        limit = IMPATIENT_S if now < self._impatient_until else LONGEST_S
        try:
            return self._compiled.search(text, timeout=limit, concurrent=True)
        except TimeoutError:
            self._impatient_until = now + IMPATIENT_FOR_S
            return None
