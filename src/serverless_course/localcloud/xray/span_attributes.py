"""OTLP's attributes as plain values."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

Attributes = dict[str, Any]


def attributes_of(pairs: Iterable[Any]) -> Attributes:
    """KeyValues as a dictionary; arrays are lists, maps dictionaries, bytes base64."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode()
    return getattr(value, kind)
