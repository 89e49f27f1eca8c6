"""What a recorded case expects: a path into the answers, and what must stand there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from case_values import MISSING, lookup, shorten, split_path, substitute, substitute_pattern

TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "number": (int, float),
    "dict": dict,
    "list": list,
    "bool": bool,
    "null": type(None),
}
# Words of an expectation that say where and how to look, and not what to expect.
NO_OPERATORS = frozenset({"path", "scaled", "why"})


def problem_of(expectation: dict[str, Any], values: dict[str, Any], scale: float) -> str | None:
    """What is wrong, as one line, or None. ``scale``: the server's waits are so many times shorter."""
    path = expectation["path"]
    got = lookup(values, path)
    if "absent" in expectation:
        if (got is MISSING) == expectation["absent"]:
            return None
        return f"{path} is {'absent' if got is MISSING else 'there: ' + shorten(got)}"
    if got is MISSING:
        root = str(split_path(path)[0])
        return f"{path} is missing; {root} = {shorten(_without_headers(values.get(root)))}"
    divisor = scale if expectation.get("scaled") else 1.0
    problems = [
        f"{path}: {text}; got {shorten(got)}"
        for name, wanted in expectation.items()
        if name not in NO_OPERATORS
        and (text := OPERATORS[name](wanted, got, values, divisor)) is not None
    ]
    return "; ".join(problems) or None


def includes(wanted: Any, got: Any) -> bool:
    """Whether ``got`` has everything that ``wanted`` has; ``re:…`` is a pattern."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(
            key in got and includes(value, got[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(got, list)
            and len(wanted) == len(got)
            and all(includes(*pair) for pair in zip(wanted, got, strict=True))
        )
    if isinstance(wanted, str) and wanted.startswith("re:"):
        return isinstance(got, (str, int, float)) and bool(re.search(wanted[3:], str(got)))
    return same(wanted, got)


def same(one: Any, other: Any) -> bool:
    """Equal, and no truth value in place of a number."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _without_headers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key != "Headers"}
    return value


# Each operator gets what was wanted, what was got, all values, and what scaled times are divided
# by; it answers with what was expected, or None.
Operator = Callable[[Any, Any, dict[str, Any], float], str | None]


def _unless(holds: bool, expected: str) -> str | None:
    return None if holds else f"expected {expected}"


def _plain(test: Callable[[Any, Any], bool], words: str) -> Operator:
    def operator(wanted: Any, got: Any, values: dict[str, Any], divisor: float) -> str | None:
        wanted = substitute(wanted, values)
        return _unless(test(wanted, got), f"{words} {shorten(wanted)}")

    return operator


def _matches(pattern: str, got: Any, values: dict[str, Any]) -> bool:
    text = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)
    return re.search(substitute(pattern, values, escape=True), text) is not None


def _is_type(wanted: str, got: Any) -> bool:
    counts = wanted in ("int", "number") and isinstance(got, bool)
    return isinstance(got, TYPES[wanted]) and not counts


def _superset(wanted: Any, got: Any, values: dict[str, Any], divisor: float) -> str | None:
    wanted = substitute_pattern(wanted, values)
    return _unless(includes(wanted, got), "to include " + shorten(wanted, 600))


OPERATORS: dict[str, Operator] = {
    "eq": _plain(same, ""),
    "in": _plain(lambda wanted, got: got in wanted, "one of"),
    "contains": _plain(lambda wanted, got: wanted in got, "to contain"),
    "type": _plain(_is_type, "the type"),
    "len": _plain(lambda wanted, got: len(got) == wanted, "the length"),
    "keys": _plain(lambda wanted, got: sorted(got) == sorted(wanted), "exactly the members"),
    "has_keys": _plain(lambda wanted, got: set(wanted) <= set(got), "the members"),
    "set_eq": _plain(
        lambda wanted, got: sorted(map(repr, got)) == sorted(map(repr, wanted)), "the items"
    ),
    "ge": lambda wanted, got, _, divisor: _unless(got >= wanted / divisor, f">= {wanted}"),
    "le": lambda wanted, got, _, divisor: _unless(got <= wanted / divisor, f"<= {wanted}"),
    "re": lambda wanted, got, values, _: _unless(
        _matches(wanted, got, values), f"to match /{wanted}/"
    ),
    "not_re": lambda wanted, got, values, _: _unless(
        not _matches(wanted, got, values), f"not to match /{wanted}/"
    ),
    "superset": _superset,
    "eq_path": lambda wanted, got, values, _: _unless(
        same(lookup(values, wanted), got), f"to equal {wanted}"
    ),
    "ne_path": lambda wanted, got, values, _: _unless(
        lookup(values, wanted) is not MISSING and not same(lookup(values, wanted), got),
        f"to differ from {wanted}",
    ),
}
