"""The service map: what ``get_service_graph`` returns, as nodes and edges one can draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from serverless_course.traces.latency import Latency

CLIENT = "client"
SHORTEST_WINDOW_S = 60.0


@dataclass(frozen=True)
class Traffic:
    """How requests ended, and how long they took.

    Attributes:
        total: how many there were.
        ok: ended well.
        errors: 4xx without throttles.
        throttles: 429.
        faults: 5xx.
        average_ms: mean response time; None where nothing was counted.
        p50_ms: median of X-Ray's histogram; None without one.
        p95_ms: its 95th percentile.
    """

    total: int
    ok: int
    errors: int
    throttles: int
    faults: int
    average_ms: float | None
    p50_ms: float | None
    p95_ms: float | None

    def share(self, count: int) -> float:
        """A count as a part of the total, 0 to 1."""
        return count / self.total if self.total else 0.0

    @classmethod
    def of(cls, part: Mapping[str, Any]) -> Traffic:
        """Of a service or an edge: its ``SummaryStatistics`` and ``ResponseTimeHistogram``."""
        sums = part.get("SummaryStatistics") or {}
        errors = sums.get("ErrorStatistics") or {}
        faults = sums.get("FaultStatistics") or {}
        total = int(sums.get("TotalCount") or 0)
        throttles = int(errors.get("ThrottleCount") or 0)
        four = int(errors.get("TotalCount") or 0)
        seconds = sums.get("TotalResponseTime")
        entries = [
            each
            for each in part.get("ResponseTimeHistogram") or []
            if int(each.get("Count") or 0) > 0
        ]
        spread = Latency.of_histogram(entries) if entries else None
        return cls(
            total=total,
            ok=int(sums.get("OkCount") or 0),
            errors=max(0, four - throttles),
            throttles=throttles,
            faults=int(faults.get("TotalCount") or 0),
            average_ms=1000 * float(seconds) / total if total and seconds is not None else None,
            p50_ms=1000 * spread.p50 if spread else None,
            p95_ms=1000 * spread.p95 if spread else None,
        )


@dataclass(frozen=True)
class MapNode:
    """A service: its id in this map, its name and type, whether it took requests first.

    ``per_minute`` is how many requests came in a minute of the map's window.
    """

    id: int
    name: str
    type: str
    root: bool
    traffic: Traffic
    per_minute: float

    @property
    def is_client(self) -> bool:
        """Whether it stands for those who send requests, and nobody measured it."""
        return self.type == CLIENT


@dataclass(frozen=True)
class MapEdge:
    """Calls of one service to another, by their ids; ``linked`` ones go over a queue or event."""

    source: int
    target: int
    linked: bool
    traffic: Traffic


@dataclass(frozen=True)
class ServiceMap:
    """Nodes and edges; ``window_s`` is the time in seconds that the rates are counted over.

    ``dangling`` counts the edges that lead to a service which is not among the nodes.
    """

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    window_s: float
    dangling: int


def service_map(services: Iterable[Mapping[str, Any]], window_s: float | None = None) -> ServiceMap:
    """Read ``get_service_graph(...)["Services"]`` (or those of ``get_trace_graph``).

    Args:
        services: as boto3 returns them.
        window_s: seconds between the StartTime and EndTime that were asked for. Without it, the
            time from the first to the last segment, and a minute at least: a rate of one call
            that took 10 ms says nothing.

    Raises:
        ValueError: a service has no ``ReferenceId``, or ``window_s`` is not above 0.
    """
    known = list(services)
    if any("ReferenceId" not in each for each in known):
        raise ValueError(
            "A service needs its ReferenceId: pass what get_service_graph returns under 'Services'."
        )
    if window_s is not None and window_s <= 0:
        raise ValueError(f"window_s={window_s}: the window must be longer than 0 seconds.")
    window = _window_s(known) if window_s is None else window_s
    nodes = sorted((_node(each, window) for each in known), key=lambda node: node.id)
    ids = {node.id for node in nodes}
    edges = [
        MapEdge(
            int(each["ReferenceId"]),
            int(edge["ReferenceId"]),
            edge.get("EdgeType") == "link",
            Traffic.of(edge),
        )
        for each in known
        for edge in each.get("Edges") or []
    ]
    inside = sorted(
        (edge for edge in edges if edge.target in ids), key=lambda edge: (edge.source, edge.target)
    )
    return ServiceMap(tuple(nodes), tuple(inside), window, len(edges) - len(inside))


def _node(service: Mapping[str, Any], window_s: float) -> MapNode:
    traffic = Traffic.of(service)
    return MapNode(
        id=int(service["ReferenceId"]),
        name=str(service.get("Name") or "unnamed"),
        type=str(service.get("Type") or "service"),
        root=bool(service.get("Root")),
        traffic=traffic,
        per_minute=60 * traffic.total / window_s,
    )


def _window_s(services: list[Mapping[str, Any]]) -> float:
    starts = [each["StartTime"] for each in services if each.get("StartTime") is not None]
    ends = [each["EndTime"] for each in services if each.get("EndTime") is not None]
    if not starts or not ends:
        return SHORTEST_WINDOW_S
    return max(SHORTEST_WINDOW_S, _epoch_s(max(ends)) - _epoch_s(min(starts)))


def _epoch_s(time: datetime | float) -> float:
    return time.timestamp() if isinstance(time, datetime) else float(time)
