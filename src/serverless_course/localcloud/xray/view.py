"""What the documents of a trace mean together: whole segments, nodes, and calls between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .documents import MAX_DEPTH, Document, is_subsegment
from .nodes import (
    CLIENT,
    Node,
    answers_itself,
    inferred_node,
    inferred_segment,
    is_downstream,
    node_of,
)

# What only a document that was sent alone holds; embedded in its parent it goes without.
_ALONE = ("type", "trace_id", "parent_id")


@dataclass(frozen=True, slots=True)
class Visit:
    """A segment at its node. ``nested``: its parent segment is of the same node, so that both are
    one request (the span of a handler within its function)."""

    node: Node
    document: Document
    inferred: bool = False
    root: bool = False
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """An edge's use: who called whom, and the document that tells how it went, as the caller saw
    it where the caller recorded a subsegment."""

    source: Node
    target: Node
    document: Document


@dataclass(slots=True)
class View:
    """A trace's meaning. Times are epoch seconds; ``entry`` is the root, None if nothing is whole.

    ``callees`` are the visits by the id of the segment or subsegment that they answer;
    ``strays`` subsegments whose segment has not come.
    """

    visits: list[Visit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    callees: dict[str, list[Visit]] = field(default_factory=dict)
    strays: list[Document] = field(default_factory=list)
    entry: Visit | None = None
    start: float = 0.0
    end: float = 0.0
    partial: bool = False

    @property
    def duration(self) -> float:
        """Seconds from the earliest segment's start to the last one's end."""
        return max(0.0, round(self.end - self.start, 6))


def walk(segment: Document) -> Iterator[Document]:
    """A segment and all its subsegments, in the order of a reading."""
    waiting = [segment]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.get("subsegments") or ()))


def seconds(document: Document) -> float | None:
    """How long a segment or subsegment took, to the microsecond that SDKs measure; None while it
    is in progress."""
    end = document.get("end_time")
    return None if end is None else max(0.0, round(end - document["start_time"], 6))


def build(trace_id: str, documents: Mapping[str, Document]) -> View:
    """The view of a trace's documents, by their ids."""
    segments, strays = _joined(documents)
    view = View(strays=strays)
    _times(view, segments or strays)
    places = {node["id"]: (segment, node) for segment in segments for node in walk(segment)}
    answering: dict[str, list[Document]] = defaultdict(list)
    for segment in segments:
        parent = segment.get("parent_id")
        if parent is not None and parent in places and places[parent][0] is not segment:
            answering[parent].append(segment)
    answered = {segment["id"] for found in answering.values() for segment in found}
    for segment in segments:
        _visit(view, segment, places, segment["id"] not in answered)
    for segment in segments:
        for node in walk(segment):
            _call(view, trace_id, segment, node, answering.get(node["id"], []))
    roots = [visit for visit in view.visits if visit.root]
    view.entry = roots[0] if roots else None
    view.partial = bool(strays) or any(
        _unfinished(node, answering) for segment in segments for node in walk(segment)
    )
    return view


def _times(view: View, documents: list[Document]) -> None:
    view.start = min((float(d["start_time"]) for d in documents), default=0.0)
    ends = [float(d["end_time"]) for d in documents if d.get("end_time") is not None]
    view.end = max(ends, default=view.start)


def _visit(
    view: View, segment: Document, places: dict[str, tuple[Document, Document]], root: bool
) -> None:
    node = node_of(segment)
    parent = places.get(segment.get("parent_id") or "")
    nested = not root and parent is not None and node_of(parent[0]) == node
    visit = Visit(node, segment, root=root, nested=nested)
    view.visits.append(visit)
    if root:
        view.calls.append(Call(Node(node.name, CLIENT), node, segment))
    else:
        view.callees.setdefault(segment["parent_id"], []).append(visit)


def _call(
    view: View, trace_id: str, segment: Document, node: Document, callees: list[Document]
) -> None:
    """The calls that one segment or subsegment made."""
    caller = node_of(segment)
    if node is segment or not is_downstream(node):
        view.calls += [
            Call(caller, node_of(callee), callee) for callee in callees if node_of(callee) != caller
        ]
        return
    direct = [callee for callee in callees if answers_itself(node, callee)]
    view.calls += [Call(caller, node_of(callee), node) for callee in direct]
    if direct:
        return
    called = inferred_node(node)
    inferred = Visit(called, inferred_segment(node, trace_id), inferred=True)
    view.visits.append(inferred)
    view.callees.setdefault(node["id"], []).insert(0, inferred)
    view.calls.append(Call(caller, called, node))
    view.calls += [Call(called, node_of(callee), callee) for callee in callees]


def _unfinished(node: Document, answering: Mapping[str, list[Document]]) -> bool:
    """In progress, or a call to a traced service (``traced``) whose segment has not come."""
    if node.get("in_progress") and node.get("end_time") is None:
        return True
    request = (node.get("http") or {}).get("request")
    traced = isinstance(request, dict) and request.get("traced") is True
    return traced and is_downstream(node) and not answering.get(node["id"])


def _joined(documents: Mapping[str, Document]) -> tuple[list[Document], list[Document]]:
    """Whole segments with their late subsegments, and what belongs to no segment yet."""
    alone = {key: item for key, item in documents.items() if is_subsegment(item)}
    embedded = {
        node["id"]: node
        for document in documents.values()
        for node in walk(document)
        if node is not document
    }
    # A finished subsegment counts before one in progress; of two alike, the embedded one.
    alone = {
        key: item
        for key, item in alone.items()
        if key not in embedded or (_open(embedded[key]) and not _open(item))
    }
    waiting: dict[str, list[Document]] = defaultdict(list)
    for item in alone.values():
        if item["id"] not in embedded:
            waiting[item["parent_id"]].append(item)
    tops = [item for item in documents.values() if not is_subsegment(item)]
    segments = [_whole(item, alone, waiting) for item in sorted(tops, key=_order)]
    strays = []
    known = {item["id"] for items in waiting.values() for item in items}
    # Those first whose parent nobody knows; in a ring of parents one has to be the first.
    for parent in sorted(waiting, key=lambda key: (key in known, key)):
        late = sorted(waiting.pop(parent, []), key=_order)
        strays += [_whole(item, alone, waiting) for item in late]
    return segments, strays


def _whole(
    top: Document, alone: Mapping[str, Document], waiting: dict[str, list[Document]]
) -> Document:
    """A copy of a document in which every subsegment stands under its parent."""
    copy = dict(top)
    level = [(copy, 0)]
    while level:
        node, depth = level.pop()
        children = [alone.get(item["id"], item) for item in node.get("subsegments") or ()]
        if depth < MAX_DEPTH:
            children += waiting.pop(node["id"], [])
        if not children:
            continue
        copies = [
            {name: value for name, value in child.items() if name not in _ALONE}
            for child in sorted(children, key=_order)
        ]
        node["subsegments"] = copies
        level += [(child, depth + 1) for child in copies]
    return copy


def _open(document: Document) -> bool:
    return document.get("end_time") is None


def _order(document: Document) -> tuple[float, str]:
    return float(document["start_time"]), document["id"]
