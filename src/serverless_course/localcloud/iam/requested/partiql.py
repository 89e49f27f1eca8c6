"""What a PartiQL statement of DynamoDB does, and to which table. Pure.

Source: DynamoDB Developer Guide, "PartiQL statements for DynamoDB" (read 2026-11): one statement
speaks of one table or index; a name with other characters than letters, digits, ``_`` and ``-``
stands in double quotation marks, a text in single ones, and a mark within is written twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...wire.errors import ServiceError

VERBS = {"SELECT": "Select", "INSERT": "Insert", "UPDATE": "Update", "DELETE": "Delete"}
# The word before the table; UPDATE has none.
BEFORE = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM"}
LONGEST = 8192
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<comment>--|/\*)
    | (?P<word>[A-Za-z0-9_][A-Za-z0-9_-]*)
    | (?P<mark>\S)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Statement:
    """``verb`` is SELECT, INSERT, UPDATE or DELETE; ``index`` may be empty."""

    verb: str
    table: str
    index: str


def read_statement(text: str) -> Statement:
    """The statement in a text. Raises `ServiceError` when it is none that can be made out."""
    tokens = _tokens(text)
    verb = _word(tokens, 0)
    if verb not in VERBS:
        raise malformed()
    place = 1
    if verb in BEFORE:
        words = [number for number in range(len(tokens)) if _word(tokens, number) == BEFORE[verb]]
        if len(words) != 1 or (verb != "SELECT" and words[0] != 1):
            raise malformed()
        place = words[0] + 1
    if sum(_word(tokens, number) in VERBS for number in range(len(tokens))) != 1:
        raise malformed()
    table, index = _name(tokens, place), ""
    if tokens[place + 1 : place + 2] == [("mark", ".")]:
        index = _name(tokens, place + 2)
    return Statement(verb, table, index)


def malformed() -> ServiceError:
    """AWS's answer to a statement that is none (public error reports of 2021 to 2025)."""
    text = "Statement wasn't well formed, can't be processed: the statement cannot be made out"
    return ServiceError("ValidationException", text)


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST:
        raise malformed()
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        token = _TOKEN.match(text, place)
        if token is None or token["comment"] or token["mark"] in ("'", '"'):
            raise malformed()
        found.append((str(token.lastgroup), token[str(token.lastgroup)]))
        place = token.end()
    return found


def _word(tokens: list[tuple[str, str]], number: int) -> str:
    kind, text = tokens[number] if number < len(tokens) else ("", "")
    return text.upper() if kind == "word" else ""


def _name(tokens: list[tuple[str, str]], number: int) -> str:
    kind, text = tokens[number] if number < len(tokens) else ("", "")
    if kind == "quoted":
        text = text[1:-1].replace('""', '"')
    elif kind != "word":
        raise malformed()
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,255}", text):
        raise malformed()
    return text
