"""Patterns of terms: ``ERROR "two words" -none``, or ``?any ?of``, or ``%regular expression%``."""

from __future__ import annotations

import re
from collections.abc import Callable

from .invalid import InvalidPattern, invalid_character
from .pattern import regex_of

_TERM = re.compile(
    r'(?P<sign>[?-]?)(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<plain>\w+))(?=\s|$)'
)
_BLANK = re.compile(r"\s*")
_ESCAPED = re.compile(r"\\(.)")


class Terms:
    """All plain terms have to be there, and none with a minus.

    Terms with a question mark mean any of them, and only when there is no other kind of term:
    "If you combine ? with other filter patterns, the question mark will be ignored".
    """

    def __init__(self, text: str) -> None:
        found: dict[str, list[Callable[[str], bool]]] = {"": [], "?": [], "-": []}
        position = 0
        while position < len(text):
            term = _TERM.match(text, position)
            if term is None:
                raise _problem(text, position)
            found[term["sign"]].append(_test(term))
            blank = _BLANK.match(text, term.end())
            position = blank.end() if blank else term.end()
        self._needed, self._optional, self._excluded = found.values()
        if self._needed or self._excluded:
            self._optional = []

    def values(self, message: str) -> dict[str, str] | None:
        matches = (
            all(test(message) for test in self._needed)
            and not any(test(message) for test in self._excluded)
            and (not self._optional or any(test(message) for test in self._optional))
        )
        return {} if matches else None


def _test(term: re.Match[str]) -> Callable[[str], bool]:
    if term["regex"] is not None:
        search = regex_of(term["regex"])
        return lambda message: search(message) is not None
    wanted = term["plain"] or _ESCAPED.sub(r"\1", term["quoted"] or "")
    return lambda message: wanted in message


def _problem(text: str, position: int) -> InvalidPattern:
    """Names the first character that is not allowed outside quotation marks."""
    start = position + (text[position] in "?-")
    odd = re.compile(r"[^\w\s]").search(text, start)
    return invalid_character(odd[0] if odd else text[position])
