"""JSON paths as EventBridge Pipes takes them. Pure.

Source: EventBridge User Guide, "Amazon EventBridge Pipes input transformation" (read 2026-11):
dots, letters, digits, dashes, underscores, forward slashes, indices of arrays, and ``*``.
"""

from __future__ import annotations

import re
from typing import Any

_PATH = re.compile(r"\$(?:\.[\w/-]+(?:\[(?:\d{1,9}|\*)\])*)*", re.ASCII)
_STEP = re.compile(r"\.([\w/-]+)|\[(\d+|\*)\]", re.ASCII)
NOTHING = object()


def is_path(text: str) -> bool:
    """Whether the whole text is a path."""
    return _PATH.fullmatch(text) is not None


def find(path: str, event: Any) -> Any:
    """What is there in an event; a list for a path with ``*``, `NOTHING` when nothing is there."""
    found, several = [event], False
    for name, index in _STEP.findall(path):
        if name:
            found = [each[name] for each in found if isinstance(each, dict) and name in each]
        elif index == "*":
            found, several = (
                [item for each in found if isinstance(each, list) for item in each],
                True,
            )
        else:
            at = int(index)
            found = [each[at] for each in found if isinstance(each, list) and at < len(each)]
    if several:
        return found
    return found[0] if found else NOTHING


def resolved(value: str, event: Any) -> str:
    """A parameter that may be a path: then what is there, as text; "" when nothing is there."""
    if not value.startswith("$") or not is_path(value):
        return value
    found = find(value, event)
    return "" if found is NOTHING or found is None else str(found)
