"""Lists in pages, as API Gateway gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .call import Call
from .refusals import bad_request


def page(items: Iterable[Any], call: Call, most: str = "MaxResults") -> dict[str, Any]:
    """``Items`` and, where there are more, a ``NextToken``. Raises BadRequestException."""
    found = list(items)
    start, size = _number(call, "NextToken", 0), _number(call, most, 100)
    if size < 1:
        raise bad_request(f"Invalid {most} value")
    end = start + size
    answer: dict[str, Any] = {"Items": found[start:end]}
    if end < len(found):
        answer["NextToken"] = str(end)
    return answer


def _number(call: Call, name: str, otherwise: int) -> int:
    text = str(call.get(name, otherwise))
    if not (text.isascii() and text.isdigit()):
        raise bad_request(f"Invalid {name} value")
    return int(text)
