"""A trace, read back through boto3, as a tree of segments and subsegments."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Node:
    """A segment or subsegment. Times in seconds since the epoch."""

    document: dict[str, Any]
    parent_id: str | None
    children: list[Node] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.document["name"])

    @property
    def kind(self) -> str:
        """The origin of a segment; "subsegment" for one of those."""
        return str(self.document.get("origin", "subsegment"))

    @property
    def start(self) -> float:
        return float(self.document["start_time"])

    @property
    def end(self) -> float:
        return float(self.document["end_time"])

    @property
    def length(self) -> float:
        return self.end - self.start

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, name: str, kind: str = "subsegment") -> Node:
        """The one node below with that name."""
        found = [each for each in self.walk() if (each.name, each.kind) == (name, kind)]
        assert len(found) == 1, (name, kind, [(each.name, each.kind) for each in self.walk()])
        return found[0]

    def shape(self) -> Any:
        """Names only, in the order of time: a node without children is its name."""
        shown = f"{self.name}" if self.kind == "subsegment" else f"{self.name} ({self.kind})"
        ordered = sorted(self.children, key=lambda each: each.start)
        return {shown: [each.shape() for each in ordered]} if ordered else shown

    def outside(self) -> list[tuple[str, float]]:
        """Children that reach out of their parent, and by how many seconds."""
        return [
            (f"{child.name} out of {node.name}", by)
            for node in self.walk()
            for child in node.children
            if (by := max(node.start - child.start, child.end - node.end)) > 0
        ]


def documents_of(xray: Any, trace_id: str) -> list[dict[str, Any]]:
    """The segment documents of a trace, as BatchGetTraces gives them."""
    traces = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]
    return [json.loads(each["Document"]) for trace in traces for each in trace["Segments"]]


def tree_of(documents: list[dict[str, Any]]) -> list[Node]:
    """The roots. A document whose parent is in no document is a root of its own."""
    nodes: dict[str, Node] = {}

    def add(document: dict[str, Any], parent_id: str | None) -> None:
        nodes[document["id"]] = Node(document, parent_id)
        for child in document.get("subsegments", []):
            add(child, document["id"])

    for document in documents:
        if not document.get("inferred"):
            add(document, document.get("parent_id"))
    roots = []
    for node in nodes.values():
        parent = nodes.get(node.parent_id or "")
        (parent.children if parent else roots).append(node)
    return roots


def trace_when(
    xray: Any, trace_id: str, ready: Callable[[Node], bool], limit_s: float = 10.0
) -> Node:
    """The trace's only root, once ``ready`` says that all is there."""
    until = time.monotonic() + limit_s
    while True:
        roots = tree_of(documents_of(xray, trace_id))
        if len(roots) == 1 and ready(roots[0]):
            return roots[0]
        assert time.monotonic() < until, [each.shape() for each in roots]
        time.sleep(0.02)


@contextmanager
def carrying_header(client: Any, header: str) -> Iterator[None]:
    """Within the block, calls of a client carry that trace header, as a traced caller's do."""

    def add(params: Any, **_: Any) -> None:
        params["headers"]["X-Amzn-Trace-Id"] = header

    client.meta.events.register_last("before-call", add, unique_id="tests-trace")
    try:
        yield
    finally:
        client.meta.events.unregister("before-call", unique_id="tests-trace")
