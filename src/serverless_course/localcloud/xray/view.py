"""What the documents of a trace mean together: whole segments, nodes, and calls between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .documents import Document, trace_id
from .joining import joined, walk
from .nodes import (
    CLIENT,
    Node,
    answers_itself,
    inferred_node,
    inferred_segment,
    is_downstream,
    node_of,
)

DAY = 86_400.0
# Members of a link's attributes, as AWS's SDKs and Lambda write them.
REFERENCE_TYPE, PARENT_LINK = "aws.xray.reserved.reference_type", "parent"


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


@dataclass(frozen=True, slots=True)
class Link:
    """A segment that goes on with what another trace began: a message of a queue. ``sender`` is
    the id of the subsegment in that trace that sent it; empty when it is not told."""

    trace_id: str
    sender: str
    visit: Visit


@dataclass(slots=True)
class View:
    """A trace's meaning. Times are epoch seconds; ``entry`` is the root, None if nothing is whole.

    ``time`` is when the trace began by its id. A W3C id holds no time: where an id's is more than
    a day away from the earliest document, that document's start counts. This is ours.
    ``callees`` are the visits by the id of the segment or subsegment that they answer;
    ``strays`` subsegments whose segment has not come.
    """

    visits: list[Visit] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    callees: dict[str, list[Visit]] = field(default_factory=dict)
    strays: list[Document] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    entry: Visit | None = None
    start: float = 0.0
    end: float = 0.0
    time: float = 0.0
    partial: bool = False

    @property
    def duration(self) -> float:
        """Seconds from the earliest segment's start to the last one's end."""
        return max(0.0, round(self.end - self.start, 6))


def build(trace: str, documents: Mapping[str, Document]) -> View:
    """The view of a trace's documents, by their ids."""
    segments, strays = joined(documents)
    view = View(strays=strays)
    _times(view, trace, segments or strays)
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
            _call(view, trace, segment, node, answering.get(node["id"], []))
    roots = [visit for visit in view.visits if visit.root]
    view.entry = roots[0] if roots else None
    view.partial = bool(strays) or any(
        _unfinished(node, answering) for segment in segments for node in walk(segment)
    )
    return view


def _times(view: View, trace: str, documents: list[Document]) -> None:
    view.start = min((float(d["start_time"]) for d in documents), default=0.0)
    ends = [float(d["end_time"]) for d in documents if d.get("end_time") is not None]
    view.end = max(ends, default=view.start)
    told = float(int(trace[2:10], 16))
    view.time = told if abs(told - view.start) <= DAY else view.start


def _visit(
    view: View, segment: Document, places: dict[str, tuple[Document, Document]], root: bool
) -> None:
    node = node_of(segment)
    parent = places.get(segment.get("parent_id") or "")
    nested = not root and parent is not None and node_of(parent[0]) == node
    visit = Visit(node, segment, root=root, nested=nested)
    view.visits.append(visit)
    links = list(_links(visit))
    view.links += links
    if root and not links:
        view.calls.append(Call(Node(node.name, CLIENT), node, segment))
    elif not root:
        view.callees.setdefault(segment["parent_id"], []).append(visit)


def _links(visit: Visit) -> Iterator[Link]:
    """The traces that a segment goes on with (`PARENT_LINK`)."""
    for link in visit.document.get("links") or ():
        other = trace_id(str(link.get("trace_id")))
        kind = (link.get("attributes") or {}).get(REFERENCE_TYPE)
        if other and kind == PARENT_LINK:
            yield Link(other, str(link.get("id") or ""), visit)


def _call(
    view: View, trace: str, segment: Document, node: Document, callees: list[Document]
) -> None:
    """The calls that one segment or subsegment made."""
    caller = node_of(segment)
    if node is segment or not is_downstream(node):
        view.calls += [
            Call(caller, node_of(callee), callee) for callee in callees if node_of(callee) != caller
        ]
        return
    direct = [node_of(callee) for callee in callees if answers_itself(node, callee)]
    if not direct:
        called = inferred_node(node)
        inferred = Visit(called, inferred_segment(node, trace), inferred=True)
        view.visits.append(inferred)
        view.callees.setdefault(node["id"], []).insert(0, inferred)
        direct = [called]
    # One call, also where it was answered more than once by the same node.
    view.calls += [Call(caller, called, node) for called in dict.fromkeys(direct)]
    view.calls += [
        Call(direct[0], node_of(callee), callee)
        for callee in callees
        if not answers_itself(node, callee)
    ]


def _unfinished(node: Document, answering: Mapping[str, list[Document]]) -> bool:
    """In progress, or a call to a traced service (``traced``) whose segment has not come."""
    if node.get("in_progress") and node.get("end_time") is None:
        return True
    request = (node.get("http") or {}).get("request")
    traced = isinstance(request, dict) and request.get("traced") is True
    return traced and is_downstream(node) and not answering.get(node["id"])
