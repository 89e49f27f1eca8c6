"""Metric math, worked out over time series: operators, and expressions as a whole.

Source: Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics" (read
2026-11): an operation on two series has a value where both have one; comparisons give 1 or 0;
division by zero gives no value. Functions that `metric_functions` has not are refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from .expression import Array, BadExpression, Call, Chain, Name, Node, Number, Text
from .metric_functions import FUNCTIONS, KEYWORDS
from .series import Frame, Series, Value, as_list, no_list, value_at


def evaluate(node: Node, frame: Frame) -> Value:
    """What an expression is worth. Raises `BadExpression`."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        if node.value not in frame.results:
            raise BadExpression(f"there is no query with the Id {node.value}")
        return frame.results[node.value]
    if isinstance(node, Array):
        return [each for item in node.items for each in as_list(evaluate(item, frame), frame)]
    if isinstance(node, Chain):
        value = evaluate(node.first, frame)
        for operator, each in node.rest:
            value = _binary(operator, value, evaluate(each, frame))
        return value
    if isinstance(node, Call):
        return _called(node, frame)
    raise BadExpression(f"'{node.value}' is not expected here")


def _called(node: Call, frame: Frame) -> Value:
    found = FUNCTIONS.get(node.function)
    if found is None:
        raise BadExpression(f"the function {node.function} is not offered here")
    least, most, work = found
    if not least <= len(node.given) <= most:
        raise BadExpression(f"{node.function} does not take {len(node.given)} arguments")
    return work([_argument(node.function, each, frame) for each in node.given], frame)


def _argument(function: str, node: Node, frame: Frame) -> Value | str:
    if isinstance(node, Text):
        return node.value
    if function == "FILL" and isinstance(node, Name) and node.value.upper() in KEYWORDS:
        return node.value.upper()
    return evaluate(node, frame)


# operators


def _divided(a: float, b: float) -> float:
    return a / b if b else math.nan


def _power(a: float, b: float) -> float:
    try:
        found = a**b
    except (ZeroDivisionError, OverflowError):
        return math.nan
    return math.nan if isinstance(found, complex) else float(found)


_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "^": _power,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b),
    ">=": lambda a, b: float(a >= b),
    "AND": lambda a, b: float(bool(a) and bool(b)),
    "OR": lambda a, b: float(bool(a) or bool(b)),
}


def _binary(operator: str, left: Value, right: Value) -> Value:
    work = _OPERATORS[operator]
    if isinstance(left, list):
        return [_combined(work, each, no_list(right)) for each in left]
    if isinstance(right, list):
        return [_combined(work, left, each) for each in right]
    if isinstance(left, float) and isinstance(right, float):
        return work(left, right)
    return _combined(work, left, right)


def _combined(
    work: Callable[[float, float], float], left: float | Series, right: float | Series
) -> Series:
    if isinstance(left, dict):
        times = [at for at in left if not isinstance(right, dict) or at in right]
    else:
        times = list(cast(Series, right))
    pairs = ((at, work(value_at(left, at), value_at(right, at))) for at in times)
    return {at: value for at, value in pairs if math.isfinite(value)}
