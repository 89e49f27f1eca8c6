"""Values in a recorded case: ``${path}`` stands for what an earlier step answered.

A path is ``a.b[0]["x.y"]``. A dictionary with one key that begins with ``$`` is made into a
value: ``$json`` (JSON text), ``$zip`` (a deployment package), ``$hex`` (bytes), ``$repeat``,
``$concat``, ``$int`` (a sum), ``$raw`` (left as it is).
"""

from __future__ import annotations

import ast
import io
import json
import operator
import re
import zipfile
from collections.abc import Callable
from typing import Any

MISSING = object()
_PART = re.compile(r'\[(-?\d+)\]|\["([^"]*)"\]|([^.\[\]]+)')
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_SUMS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


class CaseError(Exception):
    """The case could not be carried out: a set-up step failed, or a variable is missing."""


def split_path(path: str) -> list[str | int]:
    """``a.b[0]["x.y"]`` as ``["a", "b", 0, "x.y"]``."""
    return [
        int(number) if number else quoted or plain
        for number, quoted, plain in (match.groups() for match in _PART.finditer(path))
    ]


def lookup(values: Any, path: str) -> Any:
    """What stands at a path, or `MISSING`."""
    current = values
    for part in split_path(path):
        try:
            current = current[part] if isinstance(current, dict) else current[int(part)]
        except (KeyError, IndexError, ValueError, TypeError):
            return MISSING
    return current


def substitute(value: Any, values: dict[str, Any], *, escape: bool = False) -> Any:
    """A value with every ``${path}`` filled in. ``escape`` makes the fillings regex literals."""
    if isinstance(value, str):
        return _fill(value, values, escape=escape)
    if isinstance(value, list):
        return [substitute(item, values, escape=escape) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, inner), *_ = value.items()
        if name in _MAKERS:
            return _MAKERS[name](inner, values)
    return {
        _fill(key, values): substitute(item, values, escape=escape) for key, item in value.items()
    }


def substitute_pattern(value: Any, values: dict[str, Any]) -> Any:
    """As `substitute`; strings that begin with ``re:`` are patterns and keep what they mean."""
    if isinstance(value, dict):
        return {key: substitute_pattern(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute_pattern(item, values) for item in value]
    if isinstance(value, str) and value.startswith("re:"):
        return "re:" + str(substitute(value[3:], values, escape=True))
    return substitute(value, values)


def make_zip(files: dict[str, str]) -> bytes:
    """A deployment package: the same files always make the same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            item = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            item.external_attr = 0o755 << 16
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, files[name])
    return data.getvalue()


def shorten(value: Any, most: int = 260) -> str:
    """A value as text for a message."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= most else f"{text[:most]}…({len(text)} characters)"


def _fill(text: str, values: dict[str, Any], *, escape: bool = False) -> Any:
    whole = _VARIABLE.fullmatch(text)
    if whole and not escape:
        return _value_of(whole[1], values)

    def filling(match: re.Match[str]) -> str:
        found = _value_of(match[1], values)
        written = found if isinstance(found, str) else json.dumps(found)
        return re.escape(written) if escape else written

    return _VARIABLE.sub(filling, text)


def _value_of(path: str, values: dict[str, Any]) -> Any:
    found = lookup(values, path)
    if found is MISSING:
        raise CaseError(f"no value for ${{{path}}}")
    return found


def _sum(text: Any) -> int:
    """``12 + 1`` as a number: integers, ``+``, ``-`` and ``*``."""

    def value(node: ast.AST) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
            return _SUMS[type(node.op)](value(node.left), value(node.right))
        raise CaseError(f"no sum of integers: {text}")

    return value(ast.parse(str(text), mode="eval").body)


def _concatenated(parts: list[Any], values: dict[str, Any]) -> str:
    made = [substitute(part, values) for part in parts]
    return "".join(part if isinstance(part, str) else json.dumps(part) for part in made)


_MAKERS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "$json": lambda inner, values: json.dumps(substitute(inner, values)),
    "$zip": lambda inner, values: make_zip(substitute(inner, values)),
    "$hex": lambda inner, values: bytes.fromhex(inner),
    "$repeat": lambda inner, values: inner[0] * int(inner[1]),
    "$concat": _concatenated,
    "$int": lambda inner, values: _sum(substitute(inner, values)),
    "$raw": lambda inner, values: inner,
}
