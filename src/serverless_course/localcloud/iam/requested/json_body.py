"""The members of a request's JSON body, for what asks leave before it is validated."""

from __future__ import annotations

import json
from typing import Any

from ...wire.http import Request


def json_body(request: Request) -> dict[str, Any]:
    """The members by name; none when the body is no JSON object, which is refused later."""
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
