"""Long lists in parts: ``NextToken``. It holds the key of the last item given out, so that traces
which arrive between two pages shift nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, TypeVar

from .call import Call
from .refusals import invalid

Item = TypeVar("Item")


def page(
    items: list[Item], call: Call, most: int, key: Callable[[Item], tuple[Any, ...]]
) -> tuple[list[Item], str | None]:
    """A part of a sorted list, and the token of the next part (None at the end).

    ``key`` is what the list is sorted by, as JSON keeps it. Raises `ServiceError` for a token
    that is none of ours.
    """
    token = call.get("NextToken")
    start = 0
    if token:
        try:
            last = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
            start = sum(list(key(item)) <= last for item in items)
        except (ValueError, TypeError) as error:
            raise invalid("The NextToken is none that this operation has answered.") from error
    part = items[start : start + most]
    if start + most >= len(items):
        return part, None
    text = json.dumps(list(key(part[-1])), separators=(",", ":"))
    return part, base64.b64encode(text.encode(), altchars=b"-_").decode()
