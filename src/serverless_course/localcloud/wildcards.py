"""Patterns with ``*`` (any text) and ``?`` (any one character), matched in linear time. Pure.

A pattern becomes pieces between its stars. The first and the last stand at the ends; each other is
looked for where the one before it ended, and the first place found is the best: nothing is ever
tried again, so no pattern and no text can take long. Used for policies and their conditions, for
sampling rules, for patterns of events and of logs.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache, partial

# Stand in a pattern for the characters themselves, where they are no wildcards.
STAR, QUESTION = "\ue000", "\ue001"
_LITERAL = str.maketrans({STAR: "*", QUESTION: "?"})
_WRITTEN = str.maketrans({"*": STAR, "?": QUESTION})


class Wildcard:
    """A pattern, ready to be matched. ``one``: the character that stands for any one, or none."""

    __slots__ = ("_first", "_last", "_middle", "_only", "_shortest")

    def __init__(self, pattern: str, one: str = "?") -> None:
        pieces = [_Piece(piece, one) for piece in pattern.split("*")]
        self._only = pieces[0] if len(pieces) == 1 else None
        self._first, *middle, self._last = pieces if len(pieces) > 1 else pieces * 2
        self._middle = [piece for piece in middle if piece.length]
        self._shortest = sum(piece.length for piece in pieces)

    def matches(self, text: str) -> bool:
        """Whether the whole text is of this pattern."""
        if self._only is not None:
            return len(text) == self._only.length and self._only.at(text, 0)
        end = len(text) - self._last.length
        if len(text) < self._shortest or not self._first.at(text, 0):
            return False
        if not self._last.at(text, end):
            return False
        position = self._first.length
        for piece in self._middle:
            position = piece.find(text, position, end)
            if position < 0:
                return False
            position += piece.length
        return True


class _Piece:
    """A text without stars; ``one`` in it stands for any character."""

    __slots__ = ("_masks", "_others", "_text", "length")

    def __init__(self, text: str, one: str) -> None:
        self._text = text.translate(_LITERAL)
        self.length = len(text)
        self._masks: dict[str, int] = {}
        self._others = 0
        if not one or one not in text:
            return
        for place, character in enumerate(text):
            if character == one:
                self._others |= 1 << place
        for place, character in enumerate(self._text):
            if not self._others >> place & 1:
                known = self._masks.get(character, self._others)
                self._masks[character] = known | 1 << place

    def at(self, text: str, start: int) -> bool:
        """Whether it stands there."""
        if not self._others:
            return text.startswith(self._text, start)
        return self.find(text, start, start + self.length) == start

    def find(self, text: str, start: int, end: int) -> int:
        """Where it stands first between two places; -1 for nowhere.

        With wildcards in it by the shift-and method: a bit for each beginning that fits so far.
        """
        if not self._others:
            return text.find(self._text, start, end)
        fitting, whole = 0, 1 << (self.length - 1)
        for place in range(start, min(end, len(text))):
            fitting = (fitting << 1 | 1) & self._masks.get(text[place], self._others)
            if fitting & whole:
                return place - self.length + 1
        return -1


@lru_cache(maxsize=4096)
def wildcard(pattern: str) -> Callable[[str], bool]:
    """What tells whether a text is of a pattern with ``*`` and ``?``."""
    start, star, rest = pattern.partition("*")
    if rest or "?" in pattern or STAR in pattern or QUESTION in pattern:
        return Wildcard(pattern).matches
    # Most patterns are a text, or the beginning of one.
    return partial(_begins, start) if star else partial(operator.eq, pattern)


def _begins(start: str, text: str) -> bool:
    return text.startswith(start)


@lru_cache(maxsize=1024)
def starred(pattern: str) -> Callable[[str], bool]:
    """The same where only ``*`` is a wildcard."""
    return Wildcard(pattern, one="").matches


def arn_like(pattern: str, arn: str) -> bool:
    """Whether an ARN is of a pattern: each of its six parts alone."""
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(given) and all(
        wildcard(part)(text) for part, text in zip(wanted, given, strict=True)
    )


def literal(text: str) -> str:
    """A text as a pattern that matches nothing but it."""
    return text.translate(_WRITTEN)


def unescaped(pattern: str) -> str:
    """A pattern in which a backslash before ``*`` or a backslash takes the next as it is."""
    found, escaped = [], False
    for place, character in enumerate(pattern):
        if escaped:
            found.append(literal(character))
            escaped = False
        elif character == "\\" and pattern[place + 1 : place + 2] in ("*", "\\"):
            escaped = True
        else:
            found.append(character)
    return "".join(found)


def as_text(pattern: str) -> str:
    """A pattern from `literal` as the text again."""
    return pattern.translate(_LITERAL)
