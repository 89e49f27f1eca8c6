"""Nodes and edges of a service map on paper; lengths are inches, y points down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Wedge
from matplotlib.path import Path

from serverless_course.figures import style
from serverless_course.figures.label_places import Taken, middle
from serverless_course.figures.trace_look import STATES, duration, percent, shortened
from serverless_course.traces.layered_layout import Layout
from serverless_course.traces.node import State
from serverless_course.traces.service_map import CLIENT, MapEdge, MapNode

# What a page shows at once; columns share it, within bounds.
PAGE_IN = 10.1
NARROWEST_IN, WIDEST_IN, ROW_IN = 2.0, 2.7, 1.25
RADIUS_IN, RING_IN = 0.26, 0.09
NAME_CHARACTERS = 22
LINE = "#8296a8"
HATCHES: dict[State, str] = {"fault": "xxx", "throttle": "...", "error": "///", "ok": ""}
# In the order in which the ring shows them, clockwise from the top.
RING: tuple[State, ...] = ("fault", "throttle", "error", "ok")
_PLAIN = {"boxstyle": "square,pad=0.08", "facecolor": style.CARD, "edgecolor": "none"}


@dataclass(frozen=True)
class Plan:
    """The size of the paper, and where a layout's place is on it."""

    width_in: float
    height_in: float
    column_in: float
    left_in: float
    middle_in: float

    @classmethod
    def of(cls, layout: Layout) -> Plan:
        """Room for all columns and rows of a layout."""
        heights = [y for _, y in layout.places.values()]
        heights += [y for route in layout.routes.values() for _, y in route]
        up, down = -min(heights, default=0), max(heights, default=0)
        column = min(WIDEST_IN, max(NARROWEST_IN, PAGE_IN / max(1, layout.columns)))
        width = max(5.5, column * layout.columns)
        return cls(
            width,
            0.75 + ROW_IN * (up + down + 1),
            column,
            (width - column * layout.columns) / 2,
            ROW_IN * up + 0.65,
        )

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """Inches of a place."""
        column, height = place
        return self.left_in + self.column_in * (column + 0.5), self.middle_in + ROW_IN * height


def draw_node(
    axes: Axes, plan: Plan, place: tuple[float, float], node: MapNode
) -> tuple[float, float]:
    """Draw a service: a ring by how its requests ended, with its figures; returns its centre."""
    x, y = plan.at(place)
    shares = _shares(node)
    worst: State = next((state for state in RING if shares[state] > 0), "ok")
    axes.add_patch(Circle((x, y), RADIUS_IN, facecolor=style.CARD, edgecolor="none", zorder=3))
    begin = -90.0
    for state in RING:
        # y points down, so the angles grow clockwise.
        end = begin + 360 * shares[state]
        if shares[state] > 0:
            ring = Wedge((x, y), RADIUS_IN, begin, end, width=RING_IN, zorder=4)
            ring.set_facecolor(STATES[state].colour)
            ring.set_hatch(HATCHES[state])
            ring.set_edgecolor(style.CARD)
            ring.set_linewidth(0)
            axes.add_patch(ring)
        begin = end
    unmeasured = not node.traffic.total
    if unmeasured:
        edge = {"facecolor": "none", "edgecolor": style.QUIET_INK, "linestyle": ":"}
        axes.add_patch(Circle((x, y), RADIUS_IN, zorder=4, **edge))
    symbol = "" if unmeasured else STATES[worst].symbol
    colour = STATES[worst].colour
    _text(axes, x, y, symbol, 10, colour=colour, va="center", bold=True)
    # X-Ray gives a client the name of the service that it calls; a queue may be named by its URL.
    name = CLIENT if node.is_client else node.name.rsplit("/", 1)[-1] or node.name
    _text(axes, x, y + 0.30, shortened(name, NAME_CHARACTERS), 8.5, bold=True)
    below = [] if node.is_client else [(shortened(node.type, 27), style.QUIET_INK)]
    if not unmeasured and not node.is_client:
        below += _figures(node, worst, shares)
    for line, (text, ink) in enumerate(below):
        _text(axes, x, y + 0.455 + 0.135 * line, text, 7.5, colour=ink)
    return x, y


def draw_edge(
    axes: Axes,
    plan: Plan,
    route: Sequence[tuple[float, float]],
    edge: MapEdge,
    busiest: int,
    taken: Taken,
) -> tuple[float, float]:
    """Draw calls as wide as there are many, and their label where nothing is taken.

    A route of one place is a service that calls itself. Returns the middle of the label, or of
    the line when there was no room for a label.
    """
    width = 0.8 + 3.2 * (edge.traffic.total / busiest) ** 0.5
    look = {"color": LINE, "linewidth": width, "zorder": 1, "mutation_scale": 7 + width}
    look["linestyle"] = "--" if edge.linked else "-"
    path = _path([plan.at(place) for place in route])
    axes.add_patch(FancyArrowPatch(path=path, arrowstyle="-|>", **look))
    text = f"{edge.traffic.total:,}"
    if edge.traffic.average_ms is not None:
        text += f" · {duration(edge.traffic.average_ms / 1000)}"
    at = taken.place_on(path, 0.06 * len(text), 0.15)
    if at is None:
        return middle(path)
    _text(axes, *at, text, 7.5, va="center", zorder=2)
    return at


def take_node(taken: Taken, at: tuple[float, float], node: MapNode) -> None:
    """Keep labels of lines off a service's ring and its words."""
    x, y = at
    taken.take(x, y, 2 * RADIUS_IN + 0.3, 2 * RADIUS_IN + 0.02)
    high = 0.16 if node.is_client else 0.68
    taken.take(x, y + 0.29 + high / 2, 0.8 if node.is_client else 1.6, high)


def _path(points: list[tuple[float, float]]) -> Path:
    """A curve from ring to ring, level where it passes a column."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    if len(points) == 1:
        loop = [(x0 - 0.15, y0 - 0.24), (x0 - 0.5, y0 - 0.62), (x0 + 0.5, y0 - 0.62)]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3]
        return Path([*loop, (x0 + 0.15, y0 - 0.24)], codes)
    side = 1 if x1 >= x0 else -1
    reach = RADIUS_IN + 0.04
    points = [(x0 + side * reach, y0), *points[1:-1], (x1 - side * reach, y1)]
    corners, codes = [points[0]], [Path.MOVETO]
    for (ax, ay), (bx, by) in pairwise(points):
        half = (ax + bx) / 2
        corners += [(half, ay), (half, by), (bx, by)]
        codes += [Path.CURVE4] * 3
    return Path(corners, codes)


def _shares(node: MapNode) -> dict[State, float]:
    traffic = node.traffic
    failed: dict[State, float] = {
        "fault": traffic.share(traffic.faults),
        "throttle": traffic.share(traffic.throttles),
        "error": traffic.share(traffic.errors),
    }
    if traffic.total:
        failed["ok"] = max(0.0, 1 - sum(failed.values()))
    return {"ok": 0.0, **failed}


def _figures(node: MapNode, worst: State, shares: dict[State, float]) -> list[tuple[str, str]]:
    per_minute = node.per_minute
    number = f"{per_minute:,.0f}" if per_minute >= 10 else f"{per_minute:.2g}"
    lines = [(f"{number} a minute", style.INK)]
    if worst != "ok":
        text = f"{STATES[worst]} {percent(shares[worst])}"
        lines.append((text, STATES[worst].colour))
    if node.traffic.average_ms is not None:
        text = f"avg {duration(node.traffic.average_ms / 1000)}"
        if node.traffic.p95_ms is not None:
            text += f", p95 {duration(node.traffic.p95_ms / 1000)}"
        lines.append((text, style.INK))
    return lines


def _text(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    colour: str = style.INK,
    va: str = "top",
    bold: bool = False,
    zorder: int = 5,
) -> None:
    weight = "bold" if bold else "normal"
    axes.text(
        x,
        y,
        text,
        fontsize=size,
        color=colour,
        ha="center",
        va=va,
        fontweight=weight,
        bbox=None if bold and va == "center" else _PLAIN,
        zorder=zorder,
    )
