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
