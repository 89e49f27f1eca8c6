"""What the keywords of a filter expression stand for: in a trace, a segment, a root cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .documents import Document
from .joining import seconds
from .nodes import Node
from .summary import (
    ec2_values,
    has_throttle,
    http_of,
    indexed_annotations,
    resource_arns,
    users,
)
from .trace import Trace
from .view import View

_HTTP = {
    "http.url": "HttpURL",
    "http.method": "HttpMethod",
    "http.useragent": "UserAgent",
    "http.clientip": "ClientIp",
    "http.status": "HttpStatus",
}
_FLAGS = ("error", "fault", "throttle")
# Keywords that ask the whole trace, and not its root segment.
_TRACE_WIDE: dict[str, Callable[[View], Sequence[Any]]] = {
    "throttle": lambda view: (has_throttle(view),),
    "partial": lambda view: (view.partial,),
    "duration": lambda view: (view.duration,),
    "user": lambda view: [name for name, _ in users(view)],
    "availabilityzone": lambda view: ec2_values(view, "availability_zone"),
    "instance.id": lambda view: ec2_values(view, "instance_id"),
    "resource.arn": resource_arns,
}
_SEGMENT: dict[str, Callable[[Document], Any]] = {
    "partial": lambda document: document.get("end_time") is None,
    "responsetime": seconds,
    "duration": seconds,
    "user": lambda document: document.get("user"),
    "resource.arn": lambda document: (
        document.get("resource_arn") or (document.get("aws") or {}).get("function_arn")
    ),
    "availabilityzone": lambda document: _ec2(document).get("availability_zone"),
    "instance.id": lambda document: _ec2(document).get("instance_id"),
    "ok": lambda document: not any(document.get(flag) for flag in _FLAGS),
    "error": lambda document: bool(document.get("error")),
    "fault": lambda document: bool(document.get("fault")),
    "throttle": lambda document: bool(document.get("throttle")),
}


class OfTrace:
    """Keywords at the level of the trace: the root segment's, and those of any segment."""

    def __init__(self, trace: Trace) -> None:
        self._view = trace.view
        entry = self._view.entry
        self._root = OfSegment(entry.document, entry.node, root=True) if entry else None

    def values(self, keyword: str) -> Sequence[Any]:
        """A keyword's values."""
        if keyword.startswith("annotation."):
            wanted = keyword[len("annotation.") :]
            return [value for key, value, _ in indexed_annotations(self._view) if key == wanted]
        wide = _TRACE_WIDE.get(keyword)
        if wide is not None:
            return wide(self._view)
        return self._root.values(keyword) if self._root else ()


class OfSegment:
    """Keywords in braces after service or edge: those of one segment."""

    def __init__(self, document: Document, node: Node, *, root: bool) -> None:
        self.document = document
        self._node = node
        self._root = root

    def values(self, keyword: str) -> Sequence[Any]:
        """A keyword's values."""
        if keyword in _HTTP:
            return _set(http_of(self.document).get(_HTTP[keyword]))
        own = {"name": self._node.name, "type": self._node.type, "root": self._root}
        return _set(own[keyword] if keyword in own else _SEGMENT[keyword](self.document))


class OfRootCause:
    """Keywords in braces after rootcause: a service, an entity or an exception of a path."""

    def __init__(self, part: dict[str, Any], index: int, count: int) -> None:
        self._part = part
        self._index = index
        self._count = count

    def values(self, keyword: str) -> Sequence[Any]:
        """A keyword's values."""
        if keyword == "index":
            return (self._index,)
        if keyword == "first":
            return (self._index == 0,)
        if keyword == "last":
            return (self._index == self._count - 1,)
        member = {"inferred": "Inferred", "remote": "Remote"}.get(keyword, keyword.capitalize())
        return _set(self._part.get(member))


def _ec2(document: Document) -> dict[str, Any]:
    ec2 = (document.get("aws") or {}).get("ec2")
    return ec2 if isinstance(ec2, dict) else {}


def _set(value: Any) -> Sequence[Any]:
    return () if value is None or isinstance(value, list | dict) else (value,)
