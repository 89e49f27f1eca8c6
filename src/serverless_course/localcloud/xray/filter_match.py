"""Whether a trace satisfies a filter expression.

A keyword may have several values (users, annotations): a comparison holds when it holds for one
of them, so ``!=`` asks for a value that differs, and ``!(… = …)`` for none that equals.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .documents import Document
from .filter_subjects import OfRootCause, OfSegment, OfTrace
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
from .nodes import Node
from .root_causes import error_root_causes, response_time_root_causes
from .trace import Trace

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
