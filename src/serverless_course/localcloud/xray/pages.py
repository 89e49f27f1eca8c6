"""Long lists in parts: ``NextToken``. It holds the key of the last item given out, so that traces
which arrive between two pages shift nothing."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from .call import Call
from .refusals import invalid

# So many of a list of rules, groups or statistics stand on one page (ours).
MAX_LIST = 100
Item = TypeVar("Item")
Key = Callable[[Item], tuple[Any, ...]]


def page(items: list[Item], call: Call, most: int, key: Key[Item]) -> tuple[list[Item], str | None]:
    """A part of a sorted list, and the token of the next part (None at the end).

    ``key`` is what the list is sorted by, as JSON keeps it. Raises `ServiceError` for a token
    that is none of ours.
    """
    return first_page(rest(items, call, key), most, key)


def rest(items: list[Item], call: Call, key: Key[Item]) -> list[Item]:
    """What of a sorted list comes after the call's NextToken."""
    token = call.get("NextToken")
    if not token:
        return items
    try:
        last = tuple(json.loads(base64.b64decode(token, altchars=b"-_", validate=True)))
        return items[bisect_right(items, last, key=key) :]
    except (ValueError, TypeError) as error:
        raise invalid("The NextToken is none that this operation has answered.") from error


def first_page(items: Iterable[Item], most: int, key: Key[Item]) -> tuple[list[Item], str | None]:
    """The first of some items, and the token of the next part: None when nothing follows, for
    which one item more is asked for."""
    given = iter(items)
    part = list(islice(given, most))
    if next(given, None) is None:
        return part, None
    text = json.dumps(list(key(part[-1])), separators=(",", ":"))
    return part, base64.b64encode(text.encode(), altchars=b"-_").decode()
