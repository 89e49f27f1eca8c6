"""Lists in pages, as version 1 of the API gives them: ``items`` and a ``position``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..call import Call
from ..refusals import bad_request

MOST = 500


def page(items: Iterable[Any], call: Call) -> dict[str, Any]:
    """One page, of 25 items unless the call says otherwise. Raises BadRequestException."""
    found = list(items)
    text = str(call.get("position") or "0")
    if not (text.isascii() and text.isdigit()):
        raise bad_request("Invalid position parameter")
    start, size = int(text), min(int(call.get("limit") or 25), MOST)
    answer: dict[str, Any] = {"items": found[start : start + size]}
    if start + size < len(found):
        answer["position"] = str(start + size)
    return answer
