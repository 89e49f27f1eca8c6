"""Where the statements of a policy document stand in its text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_SPACE = re.compile(r"\s*")
_READER = json.JSONDecoder()


@dataclass(frozen=True)
class Position:
    """A place in a text; ``line`` and ``column`` count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Span:
    """From a statement's first character to right behind its last one."""

    start: Position
    end: Position


def statement_spans(document: str) -> list[Span]:
    """The places of the statements, in their order. Raises ValueError for a text that is no JSON
    object."""
    place = _after(document, 0, "{")
    while not document.startswith("}", place):
        name, place = _READER.raw_decode(document, place)
        place = _after(document, _skip(document, place), ":")
        if name == "Statement":
            return [_span(document, *each) for each in _elements(document, place)]
        _, place = _READER.raw_decode(document, place)
        place = _skip(document, place)
        if document.startswith(",", place):
            place = _skip(document, place + 1)
    return []


def _elements(document: str, place: int) -> list[tuple[int, int]]:
    if not document.startswith("[", place):
        return [(place, _READER.raw_decode(document, place)[1])]
    found = []
    place = _skip(document, place + 1)
    while not document.startswith("]", place):
        value, end = _READER.raw_decode(document, place)
        if isinstance(value, dict):
            found.append((place, end))
        place = _skip(document, end)
        if document.startswith(",", place):
            place = _skip(document, place + 1)
    return found


def _after(document: str, place: int, mark: str) -> int:
    place = _skip(document, place)
    if not document.startswith(mark, place):
        raise ValueError(f"a policy document has {mark} here")
    return _skip(document, place + 1)


def _skip(document: str, place: int) -> int:
    match = _SPACE.match(document, place)
    return match.end() if match else place


def _span(document: str, start: int, end: int) -> Span:
    return Span(_position(document, start), _position(document, end))


def _position(document: str, place: int) -> Position:
    before = document[:place]
    return Position(before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1)
