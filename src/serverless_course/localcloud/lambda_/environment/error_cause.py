"""What a runtime says of an error for X-Ray: checked, and cropped to what a segment can hold.

Source: AWS's own runtime interface emulator, ``rapi/model/error_cause`` and its compactor
(github.com/aws/aws-lambda-runtime-interface-emulator, read 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

# A segment document holds no more.
MAX_CAUSE_BYTES = 64 * 1024
# Shares of exceptions and paths that are kept, tried in this order.
SHARES = (0.8, 0.6, 0.4, 0.2)
# Kept of a message and of a folder where no share was small enough: half the room each.
MAX_TEXT_BYTES = (MAX_CAUSE_BYTES - 4096) // 2
_ELLIPSIS = "..."
_MEMBERS: tuple[tuple[str, type], ...] = (
    ("exceptions", list),
    ("working_directory", str),
    ("paths", list),
    ("message", str),
)


def error_cause(text: str) -> str:
    """The cause as compact JSON of 64 KB at most; empty when it is none.

    ``text`` is the header ``Lambda-Runtime-Function-XRay-Error-Cause``, as it came.
    """
    cause = _members(text)
    if not any(cause.values()):
        return ""
    for share in (1.0, *SHARES):
        smaller = _compact(_with_share(cause, share))
        if len(smaller) <= MAX_CAUSE_BYTES:
            return smaller
    return _compact(
        {
            "exceptions": [],
            "working_directory": _cropped(cause.get("working_directory", "")),
            "paths": [],
            **({"message": _cropped(cause["message"])} if cause.get("message") else {}),
        }
    )


def _members(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: found[name] for name, kind in _MEMBERS if isinstance(found.get(name), kind)}


def _with_share(cause: dict[str, Any], share: float) -> dict[str, Any]:
    lists: dict[str, Any] = {
        name: cause[name][: int(len(cause[name]) * share)]
        for name in ("exceptions", "paths")
        if name in cause
    }
    return {**cause, **lists}


def _cropped(text: str) -> str:
    if len(text) <= MAX_TEXT_BYTES:
        return text
    return text[: MAX_TEXT_BYTES - len(_ELLIPSIS)] + _ELLIPSIS


def _compact(cause: dict[str, Any]) -> str:
    return json.dumps(cause, separators=(",", ":"))
