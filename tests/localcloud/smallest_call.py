"""The smallest parameters that botocore lets through for an operation, made from its model."""

from __future__ import annotations

from typing import Any

from botocore.model import Shape

ACCOUNT = "123456789012"
MAX_DEPTH = 12


def smallest(shape: Shape | None) -> dict[str, Any]:
    """Required members only, each as small as its shape allows."""
    found: dict[str, Any] = {} if shape is None else _value(shape, "", 0)
    return found


def _value(shape: Any, name: str, depth: int) -> Any:
    kind = shape.type_name
    least = int(shape.metadata.get("min", 0) or 0)
    if kind == "structure":
        return _structure(shape, depth)
    if kind == "list":
        return [_value(shape.member, name, depth + 1)] * max(least, 1)
    if kind == "map":
        pair = {_value(shape.key, "Key", depth + 1): _value(shape.value, "Value", depth + 1)}
        return pair if least else {}
    if kind == "string":
        return _text(shape, name, least)
    if kind in ("integer", "long", "float", "double"):
        return max(least, 1)
    return {"boolean": True, "timestamp": 1700000000, "blob": b"x"}[kind]


def _structure(shape: Any, depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        return {}
    wanted = list(shape.required_members)
    if getattr(shape, "is_tagged_union", False) and shape.members:
        wanted = [next(iter(shape.members))]
    return {each: _value(shape.members[each], each, depth + 1) for each in wanted}


def _text(shape: Any, name: str, least: int) -> str:
    if shape.enum:
        return str(shape.enum[0])
    if name.lower().endswith("arn"):
        return f"arn:aws:sts:us-east-1:{ACCOUNT}:thing/none".ljust(least, "x")
    return "x" * max(least, 3)
