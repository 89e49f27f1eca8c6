"""Pages of lists whose items have names: the token of the next page names the last item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from ...wire.errors import ServiceError

PAGE = 50


class Named(Protocol):
    """An item of such a list."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def page(items: Sequence[N], given: Mapping[str, Any]) -> tuple[Sequence[N], str | None]:
    """The page that a request's ``nextToken`` and ``limit`` ask for, and the next page's token.

    Raises `ServiceError` for a token that names none of the items.
    """
    start = 0
    if "nextToken" in given:
        names = [each.name for each in items]
        if given["nextToken"] not in names:
            raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
        start = names.index(given["nextToken"]) + 1
    found = items[start : start + given.get("limit", PAGE)]
    is_last = start + len(found) >= len(items)
    return found, None if is_last else found[-1].name
