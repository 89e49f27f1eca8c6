"""Whether a trace satisfies a filter expression, and what its keywords stand for in a trace, a
segment, a root cause.

A keyword may have several values (users, annotations): a comparison holds when it holds for one
of them, so ``!=`` asks for a value that differs, and ``!(… = …)`` for none that equals.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .documents import Document
from .filter_tree import (
    AllOf,
    AnyOf,
    Compare,
    Edge,
    Filter,
    Group,
    Is,
    Not,
    RootCause,
    Scalar,
    Service,
    Target,
)
from .joining import seconds
from .nodes import Node
from .root_causes import error_root_causes, response_time_root_causes
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

Groups = Callable[[str], Filter | None]
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "CONTAINS": lambda value, part: part in value,
    "BEGINSWITH": str.startswith,
    "ENDSWITH": str.endswith,
}
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


class _Subject(Protocol):
    """What a keyword is looked up in. A keyword that is not set has no values."""

    def values(self, keyword: str) -> Sequence[Any]: ...


class TraceFilter:
    """A filter made ready for an account and its groups."""

    def __init__(self, tree: Filter | None, account: str, groups: Groups) -> None:
        self._tree = tree
        self._account = account
        self._groups = groups

    def matches(self, trace: Trace) -> bool:
        """Whether a trace satisfies the filter; an empty one is always satisfied."""
        return self._tree is None or self._holds(self._tree, OfTrace(trace), trace)

    def _holds(self, tree: Filter, subject: _Subject, trace: Trace) -> bool:
        if isinstance(tree, Compare):
            return any(_compare(tree, value) for value in subject.values(tree.keyword))
        if isinstance(tree, Is):
            return any(value is not False for value in subject.values(tree.keyword))
        if isinstance(tree, Not):
            return not self._holds(tree.part, subject, trace)
        if isinstance(tree, AllOf):
            return all(self._holds(part, subject, trace) for part in tree.parts)
        if isinstance(tree, AnyOf):
            return any(self._holds(part, subject, trace) for part in tree.parts)
        return self._complex(tree, trace)

    def _complex(self, tree: Service | Edge | RootCause | Group, trace: Trace) -> bool:
        if isinstance(tree, Group):
            inner = self._groups(tree.named)
            return inner is None or self._holds(inner, OfTrace(trace), trace)
        if isinstance(tree, RootCause):
            return any(
                tree.inner is None or self._holds(tree.inner, part, trace)
                for part in _root_cause_parts(tree, trace, self._account)
            )
        return any(
            tree.inner is None or self._holds(tree.inner, segment, trace)
            for segment in _segments(tree, trace, self._account)
        )


def selected(tree: Service | Edge, trace: Trace, account: str) -> list[Document]:
    """The documents of a trace at the nodes or on the edges that a selector names."""
    return [segment.document for segment in _segments(tree, trace, account)]


def _segments(tree: Service | Edge, trace: Trace, account: str) -> list[OfSegment]:
    view = trace.view
    if isinstance(tree, Service):
        return [
            OfSegment(visit.document, visit.node, root=visit.root)
            for visit in view.visits
            if _is(visit.node, tree.target, account)
        ]
    return [
        OfSegment(call.document, call.target, root=False)
        for call in view.calls
        if _is(call.source, tree.source, account) and _is(call.target, tree.target, account)
    ]


def _is(node: Node, target: Target, account: str) -> bool:
    return (
        target.name in (None, node.name)
        and target.type in (None, node.type)
        and (target.account is None or (node.is_ours and target.account == account))
    )


def _compare(tree: Compare, value: Any) -> bool:
    wanted: Scalar = tree.value
    if isinstance(wanted, bool) != isinstance(value, bool):
        return tree.operator == "!="
    if isinstance(wanted, str) != isinstance(value, str):
        return tree.operator == "!="
    return _COMPARISONS[tree.operator](value, wanted)


def _root_cause_parts(tree: RootCause, trace: Trace, account: str) -> list[OfRootCause]:
    if tree.kind == "responsetime":
        causes = response_time_root_causes(trace.view, account)
    else:
        causes = error_root_causes(trace.view, tree.kind, account)
    found = []
    for cause in causes:
        parts = cause["Services"]
        if tree.part != "service":
            parts = [entity for service in parts for entity in service["EntityPath"]]
        if tree.part == "exception":
            parts = [exception for entity in parts for exception in entity["Exceptions"]]
        found += [OfRootCause(part, index, len(parts)) for index, part in enumerate(parts)]
    return found


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
