"""The functions of the query language, but those that only ``stats`` knows.

Source: CloudWatch Logs User Guide, "Boolean, comparison, numeric, datetime, and other functions"
(read 2026-11). What is not a number, where a number is needed, makes a missing value, and so does
what has no result (a division by zero, the root of a negative number): ours, AWS does not say.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass

from .values import Timestamp, Value, number, text

Function = Callable[..., Value]
MANY = 64
LONGEST = 1_000_000


@dataclass(frozen=True)
class Offered:
    """A function with the number of arguments that it takes."""

    call: Function
    least: int
    most: int


def _numeric(calculate: Callable[..., float | int]) -> Function:
    """A function of numbers; missing when an argument is no number, or there is no result."""

    def call(*arguments: Value) -> Value:
        numbers = [number(each) for each in arguments]
        if None in numbers:
            return None
        try:
            found = calculate(*numbers)
            return found if math.isfinite(found) else None
        except (ArithmeticError, ValueError):
            return None

    return call


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


def _greatest(*numbers: float) -> float:
    return max(numbers)


def _least(*numbers: float) -> float:
    return min(numbers)


ARITHMETIC: dict[str, Function] = {
    "+": _numeric(operator.add),
    "-": _numeric(operator.sub),
    "*": _numeric(operator.mul),
    "/": _numeric(operator.truediv),
    "%": _numeric(math.fmod),
    "^": _numeric(_power),
}
negative = _numeric(operator.neg)


def _texts(calculate: Function) -> Function:
    """A function of texts; missing when the first argument is."""

    def call(*arguments: Value) -> Value:
        if arguments[0] is None:
            return None
        return _short(calculate(*map(text, arguments)))

    return call


def _short(made: str) -> str | None:
    """A text that a function made; missing when it is far longer than any log event."""
    return made if len(made) <= LONGEST else None


def _substr(whole: Value, start: Value, length: Value = LONGEST) -> Value:
    first, count = number(start), number(length)
    if whole is None or first is None or count is None:
        return None
    begin = max(0, int(first))
    return text(whole)[begin : begin + max(0, int(count))]


def _strip(left: bool, right: bool) -> Function:
    def strip(whole: str, characters: str | None = None) -> str:
        whole = whole.lstrip(characters) if left else whole
        return whole.rstrip(characters) if right else whole

    return _texts(strip)


def _strcontains(whole: Value, wanted: Value) -> int:
    return int(text(wanted) in text(whole))


def _isempty(value: Value) -> int:
    return int(text(value) == "")


def _isblank(value: Value) -> int:
    return int(text(value).strip() == "")


def _coalesce(*values: Value) -> Value:
    return next((each for each in values if each is not None), None)


def _ispresent(value: Value) -> bool:
    return value is not None


def _concat(*values: Value) -> Value:
    return _short("".join(map(text, values)))


def _strlen(value: Value) -> Value:
    return None if value is None else len(text(value))


def _from_millis(value: Value) -> Value:
    found = number(value)
    return None if found is None else Timestamp(found)


def _to_millis(value: Value) -> Value:
    return int(value) if isinstance(value, Timestamp) else None


def _json_parse(value: Value) -> Value:
    """A text that holds JSON, as a map or a list; missing when it holds none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _json_stringify(value: Value) -> Value:
    return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# By their names in small letters; `period` arguments are read by the parser.
FUNCTIONS: dict[str, Offered] = {
    "abs": Offered(_numeric(abs), 1, 1),
    "ceil": Offered(_numeric(math.ceil), 1, 1),
    "floor": Offered(_numeric(math.floor), 1, 1),
    "greatest": Offered(_numeric(_greatest), 1, MANY),
    "least": Offered(_numeric(_least), 1, MANY),
    "log": Offered(_numeric(math.log), 1, 1),
    "sqrt": Offered(_numeric(math.sqrt), 1, 1),
    "ispresent": Offered(_ispresent, 1, 1),
    "coalesce": Offered(_coalesce, 1, MANY),
    "isempty": Offered(_isempty, 1, 1),
    "isblank": Offered(_isblank, 1, 1),
    "concat": Offered(_concat, 1, MANY),
    "ltrim": Offered(_strip(True, False), 1, 2),
    "rtrim": Offered(_strip(False, True), 1, 2),
    "trim": Offered(_strip(True, True), 1, 2),
    "strlen": Offered(_strlen, 1, 1),
    "toupper": Offered(_texts(str.upper), 1, 1),
    "tolower": Offered(_texts(str.lower), 1, 1),
    "substr": Offered(_substr, 2, 3),
    "replace": Offered(_texts(str.replace), 3, 3),
    "strcontains": Offered(_strcontains, 2, 2),
    "frommillis": Offered(_from_millis, 1, 1),
    "tomillis": Offered(_to_millis, 1, 1),
    "jsonparse": Offered(_json_parse, 1, 1),
    "jsonstringify": Offered(_json_stringify, 1, 1),
}
# With a period as their last argument.
PERIODIC = ("bin", "datefloor", "dateceil")
# What AWS has and this is not, so that a refusal can say which of the two it is.
NOT_OFFERED = frozenset(
    {
        *("isvalidip", "isvalidipv4", "isvalidipv6", "isipinsubnet", "isipv4insubnet"),
        *("isipv6insubnet", "now"),
    }
)
