"""Patch operations, by which version 1 of the API changes things.

Source: API Gateway API reference, "PatchOperation" and "Patch operations" (read 2026-11): ``op``,
a JSON pointer as ``path``, and a value that is always text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..refusals import bad_request

Members = dict[str, Any]
Convert = Callable[[str], Any]


def boolean(text: str) -> bool:
    """``true`` or ``false``. Raises BadRequestException."""
    if text.lower() not in ("true", "false"):
        raise bad_request(f"Invalid boolean value {text}")
    return text.lower() == "true"


def number(text: str) -> int:
    """A whole number. Raises BadRequestException."""
    try:
        return int(text)
    except ValueError as error:
        raise bad_request(f"Invalid number {text}") from error


def decimal(text: str) -> float:
    """A number. Raises BadRequestException."""
    try:
        return float(text)
    except ValueError as error:
        raise bad_request(f"Invalid number {text}") from error


def parts_of(path: str) -> list[str]:
    """The parts of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def patched(
    members: Members,
    operations: list[Members] | None,
    plain: Mapping[str, Convert],
    *,
    maps: Mapping[str, Convert] | None = None,
    lists: frozenset[str] = frozenset(),
) -> Members:
    """A copy of the members with the patches in it. Raises BadRequestException.

    ``plain`` are members that are replaced or removed, ``maps`` those with members of their own
    (``/variables/NAME``), ``lists`` those whose items are added and removed (``/list/ITEM``).
    """
    found = {name: _copy(value) for name, value in members.items()}
    for each in operations or []:
        op, parts = str(each.get("op")), parts_of(str(each.get("path") or ""))
        value = str(each.get("value") if each.get("value") is not None else "")
        if len(parts) == 1 and parts[0] in plain:
            _replace(found, parts[0], op, value, plain[parts[0]])
        elif len(parts) == 2 and parts[0] in (maps or {}):
            inner = found.setdefault(parts[0], {})
            _replace(inner, parts[1], op, value, (maps or {})[parts[0]])
        elif parts and parts[0] in lists:
            _in_list(found.setdefault(parts[0], []), parts, op, value)
        else:
            raise bad_request(f"Invalid patch path '{each.get('path')}'")
    return found


def _replace(members: Members, name: str, op: str, value: str, convert: Convert) -> None:
    if op == "remove":
        members.pop(name, None)
    elif op in ("add", "replace"):
        members[name] = convert(value)
    else:
        raise bad_request("Invalid patch operation specified. Must be one of: add, remove, replace")


def _in_list(items: list[Any], parts: list[str], op: str, value: str) -> None:
    item = parts[1] if len(parts) > 1 else value
    if op == "add" and item not in items:
        items.append(item)
    elif op == "remove" and item in items:
        items.remove(item)
    elif op == "replace" and len(parts) > 1 and item in items:
        items[items.index(item)] = value
    elif op not in ("add", "remove"):
        raise bad_request(f"Invalid patch operation {op} on a list")


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(each) for name, each in value.items()}
    return list(value) if isinstance(value, list) else value
