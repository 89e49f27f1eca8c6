"""GetExecutionHistory in pages, in both orders. Source: Step Functions API Reference (2026-11)."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

from ..wire.errors import ServiceError

DEFAULT = 100
# Members that ``includeExecutionData`` false leaves out.
DATA = frozenset({"input", "output", "parameters", "inputDetails", "outputDetails"})


def page(history: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """A page of a history. ``maxResults`` 0 is 100 events. Raises `ServiceError` (InvalidToken)."""
    events = sorted(history["events"], key=lambda event: event["id"])
    if given.get("reverseOrder"):
        events.reverse()
    start = _start(given)
    size = given.get("maxResults") or DEFAULT
    found: dict[str, Any] = {"events": [_shown(each, given) for each in events[start:][:size]]}
    if start + size < len(events):
        token = [given["executionArn"], bool(given.get("reverseOrder")), start + size]
        found["nextToken"] = base64.b64encode(json.dumps(token).encode()).decode()
    return found


def _start(given: dict[str, Any]) -> int:
    if not given.get("nextToken"):
        return 0
    try:
        arn, reverse, start = json.loads(base64.b64decode(given["nextToken"], validate=True))
    except ValueError as error:
        raise ServiceError("InvalidToken", "Invalid Token: 'Invalid token'") from error
    if (arn, reverse) != (given["executionArn"], bool(given.get("reverseOrder"))):
        raise ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
    return int(start)


def _shown(event: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    if given.get("includeExecutionData", True):
        return event
    shown = copy.deepcopy(event)
    for details in shown.values():
        if isinstance(details, dict):
            for name in DATA & set(details):
                del details[name]
    return shown
