"""The words of a query: one at a time, because a slash begins a regular expression in one place
and divides in another.

Source: CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax" (read
2026-11): field names hold letters, digits, ``@``, ``_`` and periods, any other name stands in
backticks; ``#`` begins a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import MalformedQuery

_SKIPPED = re.compile(r"(?:\s+|#[^\n]*)*")
_TOKEN = re.compile(
    r"""
      (?P<period>\d+[A-Za-z]+\b)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[@A-Za-z_][\w@.]*)
    | `(?P<quoted>[^`]+)`
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | '(?P<single>(?:[^'\\]|\\.)*)'
    | (?P<symbol>!=|<=|>=|=~|[-+*/%^=<>(),|\[\].])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)*)/")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """``kind``: name, quoted, number, period, text, symbol, or end."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, word: str) -> bool:
        """Whether this is a keyword; keywords are written in any case."""
        return self.kind == "name" and self.text.lower() == word

    def is_symbol(self, *symbols: str) -> bool:
        """Whether this is one of some symbols."""
        return self.kind == "symbol" and self.text in symbols


class Tokens:
    """Reads a query from left to right. ``next`` is the token that comes next."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.behind = 0
        self.next = self._read(0)

    def take(self) -> Token:
        """Take the next token."""
        taken = self.next
        self.behind = taken.end
        self.next = self._read(taken.end)
        return taken

    def take_word(self, word: str) -> bool:
        """Take a keyword if it comes next."""
        return self.next.is_word(word) and bool(self.take())

    def take_symbol(self, *symbols: str) -> bool:
        """Take one of some symbols if it comes next."""
        return self.next.is_symbol(*symbols) and bool(self.take())

    def expect_symbol(self, symbol: str) -> Token:
        """Take a symbol that must come next."""
        if not self.next.is_symbol(symbol):
            raise self.unexpected(f"'{symbol}'")
        return self.take()

    def expect_name(self, what: str = "a field") -> str:
        """Take a name that must come next."""
        if self.next.kind not in ("name", "quoted"):
            raise self.unexpected(what)
        return self.take().text

    def take_regex(self) -> Token | None:
        """Take a regular expression between slashes if one comes next; its text lacks them."""
        if not self.next.is_symbol("/"):
            return None
        found = _REGEX.match(self.query, self.next.start)
        if found is None:
            raise MalformedQuery(
                "The regular expression has no closing '/'.", self.next.start, len(self.query)
            )
        self.next = Token("regex", found[1], found.start(), found.end())
        return self.take()

    def unexpected(self, wanted: str) -> MalformedQuery:
        """The error for a token that should not be there."""
        token = self.next
        if token.kind == "end":
            return MalformedQuery(
                f"unexpected end of the query, expected {wanted}", token.start, token.end
            )
        line = self.query.count("\n", 0, token.start) + 1
        position = token.start - self.query.rfind("\n", 0, token.start)
        shown = self.query[token.start : token.end]
        return MalformedQuery(
            f"unexpected symbol found {shown} at line {line} and position {position}, "
            f"expected {wanted}",
            token.start,
            token.end,
        )

    def _read(self, position: int) -> Token:
        skipped = _SKIPPED.match(self.query, position)
        start = skipped.end() if skipped else position
        if start >= len(self.query):
            return Token("end", "", len(self.query), len(self.query))
        found = _TOKEN.match(self.query, start)
        if found is None:
            # It is an error only when it is taken: it may stand within a regular expression.
            return Token("other", self.query[start], start, start + 1)
        kind = found.lastgroup or "symbol"
        text = found[kind]
        if kind in ("double", "single"):
            kind, text = "text", _ESCAPED.sub(_unescaped, text)
        return Token(kind, text, start, found.end())


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(match[1], match[1])
