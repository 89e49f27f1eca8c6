"""Metric math as a tree: what `expression_grammar` reads and `metric_math` works out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


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
class Chain:
    """Expressions with operators of one rank between them, worked out from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


Node = Number | Text | Name | Array | Call | Chain


def names(node: Node) -> Iterator[str]:
    """The names that an expression refers to."""
    return (each.value for level in _levels(node) for each in level if isinstance(each, Name))


def calls(node: Node) -> Iterator[str]:
    """The functions that an expression calls."""
    return (each.function for level in _levels(node) for each in level if isinstance(each, Call))


def nesting(node: Node) -> int:
    """How many nodes stand within each other at most."""
    return sum(1 for _ in _levels(node))


def _levels(node: Node) -> Iterator[list[Node]]:
    """The node, its parts, their parts, and so on, without recursion: text from outside can be
    nested as deeply as it is long."""
    level = [node]
    while level:
        yield level
        level = [part for each in level for part in _parts(each)]


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Array):
        return node.items
    if isinstance(node, Call):
        return node.given
    return (node.first, *(each for _, each in node.rest)) if isinstance(node, Chain) else ()
