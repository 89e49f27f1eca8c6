"""Metric math, read: an expression as a tree.

Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics" (read
2026-11): arithmetic, comparison and logical operators, functions, arrays in square brackets.
Which of two operators binds first is not documented for all of them: here ``^`` comes first, then
``* /``, ``+ -``, comparisons, AND and OR, as in most languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<operator>&&|\|\||[=!<>]=|[-+*/^<>(),\[\]]))"
)
_BINDS = {
    "OR": 1,
    "AND": 2,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
    "^": 7,
}
_NEGATION = 6
_SAME = {"&&": "AND", "||": "OR"}


class BadExpression(ValueError):
    """An expression that cannot be read, or asks for what is not offered; the text says why."""


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Text:
    """A string, which some functions take."""

    value: str


@dataclass(frozen=True)
class Name:
    """The Id of another query, or a keyword such as REPEAT."""

    value: str


@dataclass(frozen=True)
class Array:
    """Several expressions in square brackets."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Call:
    """A function, in capitals, with what it is given."""

    function: str
    given: tuple[Node, ...]


@dataclass(frozen=True)
class Binary:
    """Two expressions and the operator between them."""

    operator: str
    left: Node
    right: Node


Node = Number | Text | Name | Array | Call | Binary


def parse(text: str) -> Node:
    """The tree of an expression. Raises `BadExpression`."""
    if re.match(r"\s*SELECT\b", text, re.IGNORECASE):
        raise BadExpression("Metrics Insights queries (SELECT) are not offered here")
    return _Reader(text).whole()


def names(node: Node) -> Iterator[str]:
    """The names that an expression refers to."""
    if isinstance(node, Name):
        yield node.value
    for part in _parts(node):
        yield from names(part)


def calls(node: Node) -> Iterator[str]:
    """The functions that an expression calls."""
    if isinstance(node, Call):
        yield node.function
    for part in _parts(node):
        yield from calls(part)


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Array):
        return node.items
    if isinstance(node, Call):
        return node.given
    return (node.left, node.right) if isinstance(node, Binary) else ()


class _Reader:
    """A precedence climber over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0

    def whole(self) -> Node:
        found = self._expression(0)
        if self._at < len(self._tokens):
            raise BadExpression(f"'{self._tokens[self._at][1]}' is not expected in {self._text}")
        return found

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise BadExpression(f"{self._text} ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _operator(self) -> str:
        if self._at == len(self._tokens):
            return ""
        word = self._tokens[self._at][1]
        return _SAME.get(word, word.upper())

    def _expect(self, wanted: str) -> None:
        found = self._next()[1]
        if found != wanted:
            raise BadExpression(f"'{wanted}' is missing before '{found}' in {self._text}")

    def _expression(self, least: int) -> Node:
        left = self._operand()
        while (binds := _BINDS.get(self._operator(), 0)) > least:
            operator = self._operator()
            self._at += 1
            left = Binary(operator, left, self._expression(binds))
        return left

    def _operand(self) -> Node:
        kind, word = self._next()
        if kind in ("number", "text"):
            return Number(float(word)) if kind == "number" else Text(word[1:-1])
        if kind == "name":
            return self._named(word)
        if word == "-":
            return Binary("-", Number(0.0), self._expression(_NEGATION))
        if word == "[":
            return Array(self._list("]"))
        if word == "(":
            inner = self._expression(0)
            self._expect(")")
            return inner
        raise BadExpression(f"'{word}' is not expected in {self._text}")

    def _named(self, word: str) -> Node:
        if self._operator() != "(":
            return Name(word)
        self._at += 1
        return Call(word.upper(), self._list(")"))

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if self._operator() == end:
            self._at += 1
            return ()
        while True:
            items.append(self._expression(0))
            word = self._next()[1]
            if word == end:
                return tuple(items)
            if word != ",":
                raise BadExpression(f"'{end}' is missing before '{word}' in {self._text}")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise BadExpression(f"'{text[at:].strip()[:1]}' is not expected in {text}")
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()
