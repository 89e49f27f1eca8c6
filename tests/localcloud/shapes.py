"""Whether a response is what botocore's model of the service says, to the last member."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import botocore.session

_SCALARS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": float,
    "double": float,
    "timestamp": datetime,
    "blob": bytes,
}


def problems(service: str, operation: str, response: dict[str, Any]) -> list[str]:
    """Each place where a boto3 response differs from the output's shape; empty when it fits."""
    model = botocore.session.Session().get_service_model(service).operation_model(operation)
    answer = {key: value for key, value in response.items() if key != "ResponseMetadata"}
    if model.output_shape is None:
        return [f"unexpected {key}" for key in answer]
    return list(_of(model.output_shape, answer, operation))


def _of(shape: Any, value: Any, where: str) -> list[str]:
    kind = shape.type_name
    if kind == "structure":
        return _of_structure(shape, value, where)
    if kind == "list":
        items = enumerate(value)
        return [p for n, item in items for p in _of(shape.member, item, f"{where}[{n}]")]
    if kind == "map":
        return [p for key, item in value.items() for p in _of(shape.value, item, f"{where}.{key}")]
    numbers = kind in ("float", "double") and isinstance(value, int)
    boolean = isinstance(value, bool) and kind != "boolean"
    if boolean or not (isinstance(value, _SCALARS[kind]) or numbers):
        return [f"{where} is {type(value).__name__}, not {kind}"]
    return _of_string(shape, value, where) if kind == "string" else []


def _of_structure(shape: Any, value: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}.{key} is no member" for key in value if key not in shape.members]
    found += [f"{where}.{key} is missing" for key in shape.required_members if key not in value]
    for key, item in value.items():
        if key in shape.members:
            found += _of(shape.members[key], item, f"{where}.{key}")
    return found


def _of_string(shape: Any, value: str, where: str) -> list[str]:
    if shape.enum and value not in shape.enum:
        return [f"{where} is '{value}', not one of {shape.enum}"]
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", len(value))
    return [] if low <= len(value) <= high else [f"{where} has {len(value)} letters"]
