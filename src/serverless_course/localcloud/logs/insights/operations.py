"""What operators and fields do: a function of a row for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from .events import Row, part
from .functions import ARITHMETIC
from .values import Value, equal, less, text, truth

Evaluate = Callable[[Row], Value]


def constant(value: Value) -> Evaluate:
    """A value that stands in the query."""
    return lambda row: value


def field_of(name: str) -> Evaluate:
    """A field of the row."""
    return lambda row: row.get(name)


def part_of(whole: Evaluate, paths: Sequence[str]) -> Evaluate:
    """A part of a value that holds JSON, or a part of that part, and so on."""
    return lambda row: reduce(part, paths, whole(row))


def negation(value: Evaluate) -> Evaluate:
    """The opposite of a condition."""
    return lambda row: not truth(value(row))


def conjunction(conditions: Sequence[Evaluate]) -> Evaluate:
    """Whether all conditions hold."""
    return lambda row: all(truth(each(row)) for each in conditions)


def disjunction(conditions: Sequence[Evaluate]) -> Evaluate:
    """Whether one of some conditions holds."""
    return lambda row: any(truth(each(row)) for each in conditions)


def holds_text(value: Evaluate, search: Callable[[str], object | None]) -> Evaluate:
    """Whether something is found in a text; never in a missing one."""

    def holds(row: Row) -> bool:
        given = value(row)
        return given is not None and search(text(given)) is not None

    return holds


def calculation(first: Evaluate, rest: Sequence[tuple[str, Evaluate]]) -> Evaluate:
    """Arithmetic operations from left to right: signs, each with the operand after it."""
    steps = [(ARITHMETIC[sign], operand) for sign, operand in rest]

    def calculated(row: Row) -> Value:
        value = first(row)
        for calculate, operand in steps:
            value = calculate(value, operand(row))
        return value

    return calculated


def comparison(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """A missing value is not equal to anything, and neither below nor above."""
    if sign == "=":
        return lambda row: equal(left(row), right(row))
    if sign == "!=":
        return lambda row: not equal(left(row), right(row))
    if sign in ("<", ">"):
        one, other = (left, right) if sign == "<" else (right, left)
        return lambda row: less(one(row), other(row)) is True
    one, other = (right, left) if sign == "<=" else (left, right)
    return lambda row: less(one(row), other(row)) is False
