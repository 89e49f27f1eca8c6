"""The tree of a trace: segments and subsegments joined by parent_id, in whatever order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.traces.document import Sighting, UnreadableDocument, parse, sightings
from serverless_course.traces.node import Cause, Node, State

_GRAVITY: tuple[State, ...] = ("ok", "error", "throttle", "fault")


@dataclass(frozen=True, eq=False)
class Tree:
    """A trace as a tree, or as several where parents are missing.

    Attributes:
        trace_id: X-Ray's id.
        roots: what hangs from nothing, by start; orphans among them are marked.
        unreadable: a sentence for each document, or part of one, that could not be read.
        limit_exceeded: X-Ray has kept only a part of it.
    """

    trace_id: str
    roots: tuple[Node, ...]
    unreadable: tuple[str, ...] = ()
    limit_exceeded: bool = False

    def walk(self) -> Iterator[tuple[int, Node]]:
        """All nodes with their depth, parents first, in order of time."""
        for root in self.roots:
            yield from root.walk()

    @property
    def start_s(self) -> float:
        """The earliest start, in seconds since the epoch; 0 without a node."""
        return min((node.start_s for _, node in self.walk()), default=0.0)

    @property
    def seconds(self) -> float:
        """From the earliest start to the last end, as X-Ray's Duration."""
        return max((node.end_s for _, node in self.walk()), default=0.0) - self.start_s

    @property
    def name(self) -> str:
        """The name of what took the request first."""
        entry = next((root for root in self.roots if not root.orphan), None)
        entry = entry or (self.roots[0] if self.roots else None)
        return entry.name if entry else "nothing readable"

    @property
    def state(self) -> State:
        """The gravest state of any part."""
        return max((node.state for _, node in self.walk()), key=_GRAVITY.index, default="ok")

    @property
    def is_cold(self) -> bool:
        """Whether an execution environment was started for it."""
        return any(node.is_cold_start for _, node in self.walk())

    @property
    def is_partial(self) -> bool:
        """Whether something of it is still missing."""
        return (
            self.limit_exceeded
            or bool(self.unreadable)
            or any(node.in_progress or node.orphan for _, node in self.walk())
        )


def tree(trace: Mapping[str, Any]) -> Tree:
    """Build the tree of one of ``batch_get_traces(...)["Traces"]``.

    A segment that was sent twice, first in progress and then whole, becomes one node. What names
    a parent that is not there is kept as a root and marked an orphan; a circle is opened at its
    earliest member.

    Args:
        trace: a mapping with ``Id`` and ``Segments``, each with ``Id`` and ``Document``.

    Raises:
        ValueError: it has no ``Segments``: this is not what ``batch_get_traces`` returns.
    """
    if not isinstance(trace, Mapping) or "Segments" not in trace:
        raise ValueError(
            "A trace needs its Segments: pass what batch_get_traces returns under 'Traces' "
            "(get_trace_summaries returns no segments)."
        )
    seen: dict[str, list[Sighting]] = {}
    unreadable: list[str] = []
    for segment in trace["Segments"]:
        try:
            document = parse(segment["Document"])
        except UnreadableDocument as error:
            unreadable.append(f"segment {segment.get('Id', 'without an id')}: {error}")
            continue
        for each in sightings(document):
            if isinstance(each, str):
                unreadable.append(f"segment {segment.get('Id', 'without an id')}: {each}")
            else:
                seen.setdefault(each.node.id, []).append(each)
    nodes = {own: _joined(several) for own, several in seen.items()}
    _tell_causes(nodes, seen)
    roots = _hang(nodes)
    for root in roots:
        _close(root)
    return Tree(
        str(trace.get("Id", "")),
        tuple(roots),
        tuple(sorted(unreadable)),
        bool(trace.get("LimitExceeded")),
    )


def trees(traces: Iterable[Mapping[str, Any]]) -> list[Tree]:
    """Build the tree of each trace."""
    return [tree(trace) for trace in traces]


def _joined(several: list[Sighting]) -> Node:
    """One node of all sightings: the best one's fields, and a parent if any names one."""
    ranked = sorted(several, key=lambda each: each.rank, reverse=True)
    best = ranked[0].node
    if best.parent_id is None:
        named = (each.node for each in ranked if each.node.parent_id is not None)
        other = next(named, None)
        if other is not None:
            best.parent_id, best.kind = other.parent_id, other.kind
    return best


def _tell_causes(nodes: Mapping[str, Node], seen: Mapping[str, list[Sighting]]) -> None:
    """Give those whose cause is told elsewhere the exception that they name."""
    told: dict[str, Cause] = {}
    naming: list[tuple[Node, str]] = []
    for own in sorted(seen):
        for each in sorted(seen[own], key=lambda sighting: sighting.rank):
            told.update(each.exceptions)
            if each.cause_id is not None:
                naming.append((nodes[own], each.cause_id))
    for node, cause_id in naming:
        if node.cause is None:
            node.cause = told.get(cause_id)


def _hang(nodes: Mapping[str, Node]) -> list[Node]:
    cut = _circle_openers(nodes)
    roots: list[Node] = []
    for node in sorted(nodes.values(), key=_by_time):
        parent = None if node.id in cut else nodes.get(node.parent_id or "")
        if parent is None:
            node.orphan = node.parent_id is not None
            roots.append(node)
        else:
            parent.children.append(node)
    return roots


def _circle_openers(nodes: Mapping[str, Node]) -> set[str]:
    """The earliest member of each circle of parents."""
    done: set[str] = set()
    openers: set[str] = set()
    for start in nodes:
        path: dict[str, None] = {}
        own: str | None = start
        while own is not None and own in nodes and own not in done and own not in path:
            path[own] = None
            own = nodes[own].parent_id
        if own in path:
            walked = list(path)
            circle = walked[walked.index(own) :]
            openers.add(min(circle, key=lambda each: _by_time(nodes[each])))
        done.update(path)
    return openers


def _close(root: Node) -> None:
    """Let what is in progress last until the end of what is known of it."""
    for _, node in reversed(list(root.walk())):
        if node.in_progress:
            node.end_s = max([node.end_s, *(child.end_s for child in node.children)])


def _by_time(node: Node) -> tuple[float, str]:
    return node.start_s, node.id
