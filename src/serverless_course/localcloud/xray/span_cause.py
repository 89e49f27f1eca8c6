"""How a span ended: X-Ray's flags and cause."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .span_attributes import Attributes, attributes_of
from .span_http import STATUSES, first

ERROR = 2
_FRAME = re.compile(r'  File "(?P<path>[^"]*)", line (?P<line>\d+)(?:, in (?P<label>.*))?')


def flags_of(span: Any, given: Attributes) -> dict[str, bool]:
    """``error``, ``throttle``, ``fault``: by the HTTP status, and without one by the span's."""
    status = first(given, STATUSES)
    code = status if isinstance(status, int) else 0
    if 400 <= code < 500:
        return {"error": True, "throttle": code == 429}
    return {"fault": 500 <= code < 600 or span.status.code == ERROR}


def cause_of(span: Any, *, remote: bool) -> dict[str, Any] | None:
    """The exceptions that the span recorded, or its status' message; None without either."""
    exceptions = [
        _exception(span, number, attributes_of(event.attributes), remote=remote)
        for number, event in enumerate(span.events)
        if event.name == "exception"
    ]
    if not exceptions and span.status.code == ERROR and span.status.message:
        exceptions = [{"id": _id(span, 0), "message": span.status.message}]
    return {"exceptions": exceptions} if exceptions else None


def _exception(span: Any, number: int, event: Attributes, *, remote: bool) -> dict[str, Any]:
    found = {
        "id": _id(span, number),
        "type": event.get("exception.type"),
        "message": event.get("exception.message"),
        "remote": remote,
        "stack": _stack(str(event.get("exception.stacktrace") or "")),
    }
    return {key: value for key, value in found.items() if value not in (None, [], "")}


def _stack(text: str) -> list[dict[str, Any]]:
    """The frames of a Python traceback, the innermost first, as X-Ray has them. Of other
    languages' traces none is read."""
    frames = [
        {"path": match["path"], "line": int(match["line"]), "label": match["label"] or ""}
        for match in _FRAME.finditer(text)
    ]
    return frames[::-1]


def _id(span: Any, number: int) -> str:
    return hashlib.sha256(span.span_id + bytes([number % 256])).hexdigest()[:16]
