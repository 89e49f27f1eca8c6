"""A trace as a waterfall: what ran when, what it waited for, what failed, what was a cold start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.spots import Spot, SpottedPicture
from serverless_course.figures.trace_chooser import TraceChooser
from serverless_course.figures.trace_look import (
    COLD,
    STATES,
    WAITING,
    counted,
    duration,
    shortened,
)
from serverless_course.figures.trace_words import details, part_name, result, waterfall_table
from serverless_course.traces.tree import Tree, tree
from serverless_course.traces.waterfall import Row, Waterfall, waterfall

MOST_ROWS = 40
NAME_CHARACTERS, LABEL_CHARACTERS = 40, 38


def trace_waterfall(
    traces: Mapping[str, Any] | Iterable[Mapping[str, Any]],
) -> Picture | TraceChooser:
    """Draw ``batch_get_traces(...)["Traces"]``.

    Args:
        traces: one trace, or several.

    Returns:
        The picture of one; of several a widget in which one chooses, the slowest first.

    Raises:
        ValueError: there is no trace, or one without Segments (a summary has none).
    """
    several = [traces] if isinstance(traces, Mapping) else list(traces)
    if not several:
        raise ValueError(
            "There is no trace to draw. X-Ray needs some seconds to index one: ask "
            "get_trace_summaries again, and pass its ids to batch_get_traces."
        )
    if len(several) == 1:
        return waterfall_picture(tree(several[0]))
    return TraceChooser(several, waterfall_picture)


def waterfall_picture(trace: Tree) -> Picture:
    """Draw one trace's tree; its table holds every row, also those there is no room for."""
    if not trace.roots:
        return _nothing_readable(trace)
    seen = waterfall(trace, MOST_ROWS)
    message = _message(trace, seen)
    figure = style.new_figure(10.0, 1.25 + 0.33 * len(seen.rows))
    axes = figure.add_subplot()
    scale, unit = (1.0, "seconds") if trace.seconds >= 10 else (1000.0, "milliseconds")
    for place, row in enumerate(seen.rows):
        _draw(axes, place, row, scale, trace.start_s)
    style.dress(
        axes,
        x=f"{unit} since the trace began (dark: own work; light: waiting for what it called)",
        y="",
    )
    names = [
        f"{'    ' * row.depth}{shortened(part_name(row.node), NAME_CHARACTERS)}"
        for row in seen.rows
    ]
    axes.set_yticks(range(len(names)), labels=names, ha="left")
    # Left-aligned names begin at the pad: it must be as wide as the widest, in points.
    widest = max(label.get_window_extent().width for label in axes.get_yticklabels())
    axes.tick_params(axis="y", length=0, pad=widest * 72 / figure.dpi + 4)
    axes.set_ylim(len(names) - 0.4, -0.6)
    # The right third is for the labels at the bars' ends.
    reach = max(trace.seconds * scale, 1e-3) * 1.55
    axes.set_xlim(0, reach)
    axes.grid(visible=False, axis="y")
    style.title(figure, message)
    spots = [
        Spot(0, reach, place + 0.45, place - 0.45, details(row))
        for place, row in enumerate(seen.rows)
    ]
    return SpottedPicture(figure, _alt(trace, seen, message), waterfall_table(trace), axes, spots)


def _draw(axes: Axes, place: int, row: Row, scale: float, start_s: float) -> None:
    node, look = row.node, STATES[row.node.state]
    left, width = row.offset_s * scale, row.seconds * scale
    if node.is_cold_start:
        axes.barh(place, width, left=left, height=0.62, color="white", edgecolor=COLD, hatch="///")
    else:
        own = [
            ((begin - start_s) * scale, (end - begin) * scale)
            for begin, end in node.own_stretches()
        ]
        axes.barh(place, width, left=left, height=0.62, color=WAITING)
        # An edge, so that the shortest work is still seen.
        axes.broken_barh(own, (place - 0.31, 0.62), color=look.colour, linewidth=0.6)
    end = left + width
    axes.annotate(
        shortened(_label(row), LABEL_CHARACTERS),
        (end, place),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=COLD if node.is_cold_start else style.INK if node.state == "ok" else look.colour,
        fontweight="normal" if node.state == "ok" else "bold",
    )


def _label(row: Row) -> str:
    node = row.node
    text = duration(row.seconds)
    if node.is_cold_start:
        return f"{text} cold start"
    if node.children and row.self_s < 0.999 * row.seconds:
        text += f", own {duration(row.self_s)}"
    if node.in_progress:
        text += " …"
    if node.state != "ok":
        text += f" {STATES[node.state]}"
    return text


def _nothing_readable(trace: Tree) -> Picture:
    words = f"Trace {trace.trace_id or 'without an id'} has no segment that can be read"
    figure = style.new_figure(10.0, 0.8)
    style.title(figure, words)
    return Picture(figure, ". ".join([words, *trace.unreadable]) + ".")


def _message(trace: Tree, seen: Waterfall) -> str:
    longest = max(seen.rows, key=lambda row: row.critical_s)
    name = shortened(trace.name, 30)
    text = f"{name} took {duration(trace.seconds)}"
    if longest.node is not trace.roots[0]:
        where = shortened(part_name(longest.node), 40)
        text += f"; {duration(longest.critical_s)} of it in {where}"
    return text if trace.state == "ok" else f"{text}  {STATES[trace.state]}"


def _alt(trace: Tree, seen: Waterfall, message: str) -> str:
    parts = [
        f"Waterfall of trace {trace.trace_id}. {message}. "
        + " ".join(
            f"{part_name(row.node)}: {duration(row.seconds)} from {duration(row.offset_s)}, own "
            f"{duration(row.self_s)}, {result(row.node)}."
            for row in seen.rows
        )
    ]
    if seen.left_out:
        parts.append(
            f"{counted(seen.left_out, 'shorter part')} drawn nowhere; the table has all of them."
        )
    if seen.inferred:
        parts.append(
            f"{counted(seen.inferred, 'segment')} that X-Ray inferred from a call "
            "would show the same time again."
        )
    if trace.limit_exceeded:
        parts.append("X-Ray has kept only a part of this trace.")
    if trace.unreadable:
        parts.append("Not readable: " + "; ".join(trace.unreadable) + ".")
    return " ".join(parts)
