"""The JSON text of a pattern, token by token, each with the place that AWS's refusals name.

AWS's matcher, Event Ruler, reads patterns with Jackson, and a refusal ends with the place that
Jackson has come to: behind a token, but behind the opening quotation mark of a text that was not
read yet, and behind the beginning of its value where a name was read (recorded from AWS:
localstack's test_sns_filter_policy and test_events_patterns, 2024).
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
# Jackson shows this many characters of a text.
SHOWN = 500
NAME, TEXT, NUMBER, WORD = "name", "text", "number", "word"
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"[\w$]+")
WORDS = {"true": True, "false": False, "null": None}


class InvalidEventPattern(ValueError):
    """The text is no event pattern; ``reason`` is AWS's, without the place that the text has."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason + place)
        self.reason = reason


@dataclass(frozen=True)
class Number:
    """A JSON number as it was written."""

    text: str

    @property
    def value(self) -> Decimal:
        """What it amounts to; endless beyond what a decimal number can be."""
        try:
            return Decimal(self.text)
        except InvalidOperation:
            return Decimal("-Infinity" if self.text.startswith("-") else "Infinity")


@dataclass(frozen=True)
class Token:
    """A part of a JSON text. ``kind`` is a bracket, or one of the names above.

    ``seen`` and ``read``: where a reader is that has met it, and one that has read its text.
    """

    kind: str
    value: Any
    seen: int
    read: int


class PatternText:
    """Reads a JSON text token by token. Raises `InvalidEventPattern` where it is no JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._values()
        self._ahead: list[Token] = []
        self.token = Token("", None, 0, 0)

    def next(self) -> Token:
        """The next token; its kind is empty at the end of the text."""
        self.token = self._ahead.pop() if self._ahead else self._one()
        if self.token.kind == NAME and not self._ahead:
            self._ahead.append(self._one())
        return self.token

    def back(self, token: Token) -> None:
        """Read the current token again next; ``token`` was the one before it."""
        self._ahead.append(self.token)
        self.token = token

    def place(self, *, read: bool = False) -> str:
        """Where the reader is, as Jackson tells it. ``read``: it has read the token's text."""
        at = self.token.read if read else self.token.seen
        if self.token.kind == NAME:
            at = self._ahead[-1].seen
        return self._told(at)

    def _told(self, at: int) -> str:
        line = self._text.count("\n", 0, at)
        column = at - (self._text.rfind("\n", 0, at) + 1) + 1
        more = len(self._text) - SHOWN
        cut = f"[truncated {more} chars]" if more > 0 else ""
        shown = f'"{self._text[:SHOWN]}"{cut}'
        return f"\n at [Source: (String){shown}; line: {line + 1}, column: {column}]"

    def _one(self) -> Token:
        return next(self._tokens, Token("", None, len(self._text), len(self._text)))

    def _values(self) -> Iterator[Token]:
        """All tokens. ``open`` has the brackets that are open, with where they were opened."""
        opened: list[tuple[str, int]] = []
        at = self._skip(0)
        if at == len(self._text):
            return
        while True:
            if opened and opened[-1][0] == "{":
                name = self._match(_STRING, at, "was expecting double-quote to start field name")
                colon = self._skip(name.read)
                self._expect(":", colon, "was expecting a colon to separate field name and value")
                yield Token(NAME, name.value, name.seen, name.read)
                at = self._skip(colon + 1)
            token = self._value(at)
            yield token
            at = self._skip(token.read)
            if token.kind in ("{", "["):
                opened.append((token.kind, token.seen))
                closing = "}" if token.kind == "{" else "]"
                if self._text[at : at + 1] != closing:
                    self._not_ended(at, opened)
                    continue
            at = yield from self._closed(at, opened)
            if not opened:
                return

    def _closed(self, at: int, opened: list[tuple[str, int]]) -> Generator[Token, None, int]:
        """The closing brackets from here on; gives where the next value begins."""
        while opened:
            self._not_ended(at, opened)
            kind, _ = opened[-1]
            found = self._text[at]
            if found == ("}" if kind == "{" else "]"):
                opened.pop()
                yield Token(found, None, at + 1, at + 1)
                at = self._skip(at + 1)
                continue
            what = "Object" if kind == "{" else "Array"
            self._expect(",", at, f"was expecting comma to separate {what} entries")
            return self._skip(at + 1)
        return at

    def _value(self, at: int) -> Token:
        found = self._text[at : at + 1]
        if found in ("{", "["):
            return Token(found, None, at + 1, at + 1)
        if found == '"':
            return self._match(_STRING, at, "was expecting closing quote for a string value")
        number = _NUMBER.match(self._text, at)
        if number:
            return Token(NUMBER, Number(number[0]), number.end(), number.end())
        word = _WORD.match(self._text, at)
        if word and word[0] in WORDS:
            return Token(WORD, WORDS[word[0]], word.end(), word.end())
        if word and not found.isdigit():
            reason = f"Unrecognized token '{word[0]}': was expecting {VALUES}"
            raise InvalidEventPattern(reason, self._told(word.end()))
        raise self._unexpected(at, f"expected a valid value {VALUES}")

    def _match(self, pattern: re.Pattern[str], at: int, expected: str) -> Token:
        found = pattern.match(self._text, at)
        if found is None:
            # A text that begins here, and is what fails, has no end.
            begun = self._text[at : at + 1] == '"'
            raise self._unexpected(len(self._text) if begun else at, expected)
        return Token(TEXT, json.loads(found[0]), at + 1, found.end())

    def _expect(self, character: str, at: int, expected: str) -> None:
        if self._text[at : at + 1] != character:
            raise self._unexpected(at, expected)

    def _unexpected(self, at: int, expected: str) -> InvalidEventPattern:
        found = self._text[at : at + 1]
        if not found:
            return InvalidEventPattern(
                f"Unexpected end-of-input: {expected}", self._told(len(self._text))
            )
        reason = f"Unexpected character ('{found}' (code {ord(found)})): {expected}"
        return InvalidEventPattern(reason, self._told(at))

    def _not_ended(self, at: int, opened: list[tuple[str, int]]) -> None:
        if at < len(self._text):
            return
        kind, began = opened[-1]
        what = "Object" if kind == "{" else "Array"
        start = self._told(began - 1).removeprefix("\n at ")
        raise InvalidEventPattern(
            f"Unexpected end-of-input: expected close marker for {what} (start marker at {start})",
            self._told(at),
        )

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at
