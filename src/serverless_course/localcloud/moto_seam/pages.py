"""Lists of EventBridge in pages: Limit and NextToken, where moto leaves them out.

Source: API Reference, ListReplays and ListArchives (read 2026-11). What a token says is ours.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from ..wire.errors import ServiceError


def page(member: str, name: str) -> Callable[[Any, Any], Any]:
    """What answers a list's operation in pages. ``name``: the member that tells its elements."""

    def answer(original: Any, handler: Any) -> Any:
        text, headers = original(handler)
        found = sorted(json.loads(text)[member], key=lambda each: str(each[name]))
        last = _last(handler._get_param("NextToken"))
        found = [each for each in found if each[name] > last]
        most = handler._get_param("Limit") or len(found)
        told: dict[str, Any] = {member: found[:most]}
        if most < len(found):
            told["NextToken"] = base64.b64encode(found[most - 1][name].encode()).decode()
        return json.dumps(told), headers

    return answer


def _last(token: str | None) -> str:
    """The name at which the page before ended. Raises `ServiceError`."""
    try:
        return base64.b64decode(token or "", validate=True).decode()
    except ValueError as error:
        raise ServiceError("ValidationException", "Parameter NextToken is not valid.") from error
