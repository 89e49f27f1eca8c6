"""The words and signs of a filter expression."""

from __future__ import annotations

import re
from typing import NamedTuple

from .refusals import invalid

_PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<json>\#)
      | (?P<sign><=|>=|!=|[=<>!(){},:\[\]])
      | (?P<word>[A-Za-z_][\w.]*)""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """One word: its kind (string, number, sign, word, end), its text, and where it stands."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """All tokens, and one of the kind ``end``. Raises `ServiceError` for what is none."""
    found = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise wrong(f"'{text[at]}' is not expected", at)
        kind = str(match.lastgroup)
        if kind == "json":
            raise invalid("The embedded cloud does not compare root causes given as JSON (#[…]).")
        if kind == "string":
            found.append(Token(kind, re.sub(r"\\(.)", r"\1", match[0][1:-1]), at))
        elif kind != "space":
            found.append(Token(kind, match[0], at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def wrong(what: str, at: int) -> Exception:
    """The refusal of an expression, with the place of the mistake (ours; AWS's words for it are
    not known)."""
    return invalid(f"Invalid filter expression at position {at + 1}: {what}.")


class TokenReader:
    """Reads the tokens of an expression from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0

    @property
    def peek(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    def next(self) -> Token:
        """Read a token; the end stays where it is."""
        found = self.peek
        self._at += found.kind != "end"
        return found

    def accept(self, *texts: str) -> bool:
        """Read one of these signs or words, if it comes next."""
        if self.peek.kind in ("sign", "word") and self.peek.text.lower() in texts:
            self.next()
            return True
        return False

    def expect(self, text: str) -> Token:
        """Read a sign, or a token of a kind."""
        token = self.peek
        if text not in (token.kind, token.text if token.kind == "sign" else ""):
            got = f"'{token.text}'" if token.text else "the end"
            raise wrong(f"expected {'the end' if text == 'end' else text}, got {got}", token.at)
        return self.next()
