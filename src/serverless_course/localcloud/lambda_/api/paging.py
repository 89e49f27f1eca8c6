"""Long lists in parts: ``Marker`` and ``MaxItems``. AWS's markers are opaque, and so are these."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from ...wire.errors import ServiceError
from .call import Call

Key = Callable[[Any], list[Any]]


def page(items: list[Any], call: Call, key: Key, most: int = 50) -> tuple[list[Any], str | None]:
    """A part of a list, and the marker of the next part (None at the end).

    ``key`` is what the list is sorted by, as a list that JSON keeps. The marker holds the key of
    the last item given out, so that a caller who deletes what it has read misses nothing. Raises
    `ServiceError` for a marker that another operation has answered with, or none.
    """
    marker = call.get("Marker")
    start = _start(items, marker, call.operation, key) if marker else 0
    end = start + min(int(call.get("MaxItems") or most), most)
    if end >= len(items):
        return items[start:], None
    return items[start:end], _written(call.operation, key(items[end - 1]))


def _start(items: list[Any], marker: str, operation: str, key: Key) -> int:
    """How many items stand before the part that a marker asks for."""
    try:
        given_by, last = json.loads(base64.b64decode(marker, altchars=b"-_", validate=True))
        if given_by != operation:
            raise ValueError(given_by)
        return sum(key(item) <= last for item in items)
    except (ValueError, TypeError) as error:
        raise ServiceError(
            "InvalidParameterValueException",
            f"The Marker is none that {operation} has answered with.",
        ) from error


def _written(operation: str, last: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([operation, last]).encode()).decode()
