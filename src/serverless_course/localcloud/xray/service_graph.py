"""The service graph: nodes and edges of many traces, counted from their documents.

Source: Developer Guide, "Getting data from X-Ray" (an example's members and values), and the API
reference of GetServiceGraph and GetTraceGraph (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .documents import Document
from .nodes import CLIENT, Node, service_id
from .tally import Tally
from .view import Link, View

Wanted = Callable[[Document], bool]
Find = Callable[[str], View | None]
LINK = "link"


def nowhere(_: str) -> None:
    """Finds no trace: links to others add no edges then."""


def everything(_: Document) -> bool:
    """Wants every document."""
    return True


class ServiceGraph:
    """Collects views; `services` gives what the API answers. ``find`` gives linked traces."""

    def __init__(self, account: str, find: Find = nowhere) -> None:
        self._account = account
        self._find = find
        self._ages: dict[tuple[Node, Node], Tally] = {}
        self._nodes: dict[Node, Tally] = {}
        self._edges: dict[tuple[Node, Node], Tally] = {}
        self._roots: set[Node] = set()
        self._sent: set[Node] = set()

    def add(self, view: View, wanted: Wanted = everything) -> None:
        """Count a trace's visits and calls, as far as their documents are wanted."""
        for visit in view.visits:
            if visit.nested or not wanted(visit.document):
                continue
            self._tally(self._nodes, visit.node).add(visit.document)
            if visit.root:
                self._roots.add(visit.node)
            if not visit.inferred:
                self._sent.add(visit.node)
        for call in view.calls:
            if wanted(call.document):
                self._tally(self._edges, (call.source, call.target)).add(call.document)
        for link in view.links:
            if wanted(link.visit.document):
                self._link(link)

    def _link(self, link: Link) -> None:
        """An edge from the queue of another trace to the segment that takes its message. The
        message's age counts from the call that sent it (Developer Guide, "Tracing event-driven
        applications")."""
        other = self._find(link.trace_id)
        queues = other.callees.get(link.sender, []) if other else []
        if not queues:
            return
        taken = link.visit.document
        edge = (queues[0].node, link.visit.node)
        self._tally(self._edges, edge).add(taken)
        age = {"start_time": queues[0].document["start_time"], "end_time": taken["start_time"]}
        self._tally(self._ages, edge).add(age)

    def services(self) -> list[dict[str, Any]]:
        """The members of Services. ReferenceIds follow names and types, so they are the same for
        the same traces, in whatever order those arrived."""
        names = {*self._nodes, *(node for edge in self._edges for node in edge)}
        order = sorted(names, key=lambda node: (node.type != CLIENT, node.name, node.type or ""))
        numbers = {node: number for number, node in enumerate(order)}
        edges: dict[Node, list[dict[str, Any]]] = {node: [] for node in order}
        for (source, target), tally in sorted(
            self._edges.items(), key=lambda item: numbers[item[0][1]]
        ):
            ages = self._ages.get((source, target))
            edges[source].append(_edge(numbers[target], tally, ages))
        return [self._service(node, numbers[node], edges[node]) for node in order]

    def _service(self, node: Node, number: int, edges: list[dict[str, Any]]) -> dict[str, Any]:
        tally = self._nodes.get(node)
        found: dict[str, Any] = {"ReferenceId": number, **service_id(node, self._account)}
        if node in self._roots:
            found["Root"] = True
        found["State"] = "active" if node in self._sent else "unknown"
        if tally is None:
            found["StartTime"] = min((edge["StartTime"] for edge in edges), default=0.0)
            found["EndTime"] = max((edge["EndTime"] for edge in edges), default=0.0)
            return {**found, "Edges": edges}
        histogram = tally.histogram()
        return {
            **found,
            "StartTime": tally.start,
            "EndTime": tally.end,
            "Edges": edges,
            "SummaryStatistics": tally.statistics(),
            "DurationHistogram": histogram,
            "ResponseTimeHistogram": histogram,
        }

    @staticmethod
    def _tally(tallies: dict[Any, Tally], key: Any) -> Tally:
        found = tallies.get(key)
        if found is None:
            found = tallies[key] = Tally()
        return found


def graph_of(
    views: Iterable[View], account: str, wanted: Wanted = everything, find: Find = nowhere
) -> list[dict[str, Any]]:
    """The Services of some traces' views."""
    graph = ServiceGraph(account, find)
    for view in views:
        graph.add(view, wanted)
    return graph.services()


def _edge(target: int, tally: Tally, ages: Tally | None) -> dict[str, Any]:
    found = {
        "ReferenceId": target,
        "StartTime": tally.start,
        "EndTime": tally.end,
        "SummaryStatistics": tally.statistics(),
        "ResponseTimeHistogram": tally.histogram() if ages is None else [],
        "Aliases": [],
    }
    if ages is not None:
        found |= {"EdgeType": LINK, "ReceivedEventAgeHistogram": ages.histogram()}
    return found
