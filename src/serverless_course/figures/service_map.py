"""The service map: who calls whom, how often, how fast, and where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.label_places import Taken
from serverless_course.figures.map_drawing import Plan, draw_edge, draw_node, take_node
from serverless_course.figures.spots import Spot, SpottedPicture
from serverless_course.figures.trace_look import (
    STATES,
    counted,
    duration,
    percent,
    shortened,
)
from serverless_course.traces.layered_layout import layered_layout
from serverless_course.traces.node import State
from serverless_course.traces.service_map import CLIENT, MapNode, ServiceMap, Traffic
from serverless_course.traces.service_map import service_map as read_services

FAILURES: tuple[State, ...] = ("fault", "throttle", "error")


def service_map(
    services: Iterable[Mapping[str, Any]], window_s: float | None = None
) -> SpottedPicture:
    """Draw ``get_service_graph(...)["Services"]``.

    Args:
        services: as boto3 returns them.
        window_s: seconds between the StartTime and EndTime that were asked for; the rates are
            counted over them. Without it, over the time from the first to the last segment, and
            over a minute at least.

    Raises:
        ValueError: there is no service to draw, or one without its ReferenceId.
    """
    model = read_services(services, window_s)
    if not model.nodes:
        raise ValueError(
            "There is no service to draw. X-Ray needs some seconds to see a trace: ask "
            "get_service_graph again, for a time that holds your requests."
        )
    layout = layered_layout(
        [node.id for node in model.nodes], [(edge.source, edge.target) for edge in model.edges]
    )
    plan = Plan.of(layout)
    figure = style.new_figure(plan.width_in, plan.height_in)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(0, plan.width_in)
    axes.set_ylim(plan.height_in - 0.4, 0)
    busiest = max((edge.traffic.total for edge in model.edges), default=1) or 1
    names = {node.id: node_name(node) for node in model.nodes}
    spots: list[Spot] = []
    taken = Taken()
    for node in model.nodes:
        take_node(taken, plan.at(layout.places[node.id]), node)
    # The busiest line has its label first.
    for edge in sorted(model.edges, key=lambda edge: -edge.traffic.total):
        route = layout.routes.get((edge.source, edge.target), [layout.places[edge.source]])
        at = draw_edge(axes, plan, route, edge, busiest, taken)
        text = f"{names[edge.source]} calls {names[edge.target]}\n{_words(edge.traffic)}"
        if edge.linked:
            text += "\nasynchronous: joined by a link"
        spots.append(Spot(at[0] - 0.3, at[0] + 0.3, at[1] + 0.1, at[1] - 0.1, text))
    for node in model.nodes:
        x, y = draw_node(axes, plan, layout.places[node.id], node)
        text = f"{names[node.id]}\n{node.type}"
        if not node.is_client:
            text += f"\n{rate(node.per_minute)}\n{_words(node.traffic)}"
        spots.append(Spot(x - 0.75, x + 0.75, y + 0.85, y - 0.32, text))
    for artist in axes.get_children():
        # All of it lies within the axes: measuring it would change nothing, and take seconds.
        artist.set_in_layout(False)
    message = _message(model)
    style.title(figure, message)
    return SpottedPicture(figure, _alt(model, message), service_table(model), axes, spots)


def service_table(model: ServiceMap) -> pd.DataFrame:
    """A row for each service: requests a minute, shares in percent, times in ms, whom it calls."""
    names = {node.id: node_name(node) for node in model.nodes}
    rows = []
    for node in model.nodes:
        traffic = node.traffic
        row: dict[str, object] = {
            "type": node.type,
            "per minute": None if node.is_client else round(node.per_minute, 2),
        }
        for state, count in counts(traffic).items():
            share = None if node.is_client else round(100 * traffic.share(count), 1)
            row[f"{STATES[state]} %"] = share
        row["average ms"] = _rounded(traffic.average_ms)
        row["p50 ms"] = _rounded(traffic.p50_ms)
        row["p95 ms"] = _rounded(traffic.p95_ms)
        row["calls"] = "; ".join(
            f"{names[edge.target]} ({edge.traffic.total:,})"
            for edge in model.edges
            if edge.source == node.id
        )
        rows.append(row)
    index = pd.Index(list(names.values()), name="service")
    return pd.DataFrame(rows, index=index)


def node_name(node: MapNode) -> str:
    """Its name; a client's is that of the service it calls, so it is told apart."""
    if not node.is_client or node.name == CLIENT:
        return node.name
    return f"client of {node.name}"


def counts(traffic: Traffic) -> dict[State, int]:
    """Failures by kind, the gravest first."""
    return {"fault": traffic.faults, "throttle": traffic.throttles, "error": traffic.errors}


def rate(per_minute: float) -> str:
    """Requests a minute in words."""
    return f"{per_minute:,.0f} a minute" if per_minute >= 10 else f"{per_minute:.2g} a minute"


def _words(traffic: Traffic) -> str:
    parts = [counted(traffic.total, "request")]
    parts += [
        f"{STATES[state]} {percent(traffic.share(count))}"
        for state, count in counts(traffic).items()
        if count
    ]
    if traffic.average_ms is not None:
        parts.append(f"average {duration(traffic.average_ms / 1000)}")
    if traffic.p95_ms is not None:
        parts.append(f"p95 {duration(traffic.p95_ms / 1000)}")
    return ", ".join(parts)


def _message(model: ServiceMap) -> str:
    measured = [node for node in model.nodes if not node.is_client and node.traffic.total]
    failing = [node for node in measured if sum(counts(node.traffic).values())]
    if failing:
        worst = max(_where_it_begins(model, failing), key=_failed_share)
        state, count = max(counts(worst.traffic).items(), key=lambda each: each[1])
        text = f"{shortened(worst.name, 40)} fails most: {percent(worst.traffic.share(count))} "
        return text + str(STATES[state])
    slow = [node for node in measured if node.traffic.p95_ms is not None]
    if not slow:
        return counted(len(model.nodes), "service")
    slowest = max(slow, key=lambda node: node.traffic.p95_ms or 0)
    p95 = duration((slowest.traffic.p95_ms or 0) / 1000)
    return f"No request failed; slowest is {shortened(slowest.name, 40)}, p95 {p95}"


def _where_it_begins(model: ServiceMap, failing: list[MapNode]) -> list[MapNode]:
    """Those of the failing services that call no failing one: the others pass the failure on.

    All of them where each calls another, as in a circle.
    """
    ids = {node.id for node in failing}
    callers = {
        edge.source for edge in model.edges if edge.target in ids and edge.source != edge.target
    }
    return [node for node in failing if node.id not in callers] or failing


def _failed_share(node: MapNode) -> float:
    return node.traffic.share(sum(counts(node.traffic).values()))


def _alt(model: ServiceMap, message: str) -> str:
    names = {node.id: node_name(node) for node in model.nodes}
    parts = [
        f"Service map of {counted(len(model.nodes), 'service')}, callers left of what they call. "
        f"{message}. Rates are counted over {model.window_s / 60:.3g} minutes."
    ]
    parts += [
        f"{node.name} ({node.type}): {rate(node.per_minute)}, {_words(node.traffic)}."
        for node in model.nodes
        if not node.is_client
    ]
    parts += [
        f"{names[edge.source]} calls {names[edge.target]}: {_words(edge.traffic)}."
        for edge in model.edges
    ]
    if model.dangling:
        parts.append(
            f"{counted(model.dangling, 'connection')} to services that are not in the answer."
        )
    return " ".join(parts)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
