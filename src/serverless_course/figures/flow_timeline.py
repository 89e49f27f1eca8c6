"""The history of a durable execution, or of a state machine, as one kind of time line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from serverless_course.figures import style
from serverless_course.figures.spots import Spot, SpottedPicture
from serverless_course.figures.trace_look import STATES, counted, duration, shortened
from serverless_course.traces.flow import WAITS, Attempt, FlowHistory, Stage
from serverless_course.traces.flow_history import flow_history

FAULT = STATES["fault"]
MOST_LANES = 40
RUNS = "the function runs"
LONGEST_NAME = 26
LONGEST_WHY = 90


def flow_timeline(
    events: Iterable[Mapping[str, Any]] | FlowHistory, *, title: str = "", disturbance: str = ""
) -> SpottedPicture:
    """Draw what boto3 returns of a history: a lane for each state or operation, over seconds.

    Args:
        events: ``Events`` of ``get_durable_execution_history``, or ``events`` of
            ``get_execution_history``, of all pages; or a history that was read already.
        title: what stands before the message, such as the flow's name.
        disturbance: what the title says besides, when the machine was busy.

    Raises:
        ValueError: these are no events of a history.
    """
    flow = events if isinstance(events, FlowHistory) else flow_history(events)
    shown = flow.stages[:MOST_LANES]
    top = int(bool(flow.runs))
    span = max(flow.last_s - flow.began_s, 0.01)
    figure = style.new_figure(9.0, 1.75 + 0.34 * (len(shown) + top))
    axes = figure.add_subplot()
    holders = {id(stage.inside) for stage in flow.stages if stage.inside}
    for run in flow.runs:
        _draw_run(axes, run, flow, span)
    for lane, stage in enumerate(shown, top):
        _draw_stage(axes, lane, stage, flow, id(stage) in holders)
        words = _told(stage, flow)
        axes.annotate(words, (span * 1.02, lane), va="center", color=style.INK, fontsize=9)
    if top:
        words = counted(len(flow.runs), "invocation")
        axes.annotate(words, (span * 1.02, 0), va="center", color=style.INK, fontsize=9)
    names = [RUNS] * top + [_name(stage) for stage in shown]
    style.dress(axes, x="seconds since the flow began", y="")
    axes.set_yticks(range(len(names)), labels=names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-0.01 * span, span * 1.28)
    axes.grid(visible=False, axis="y")
    _key(axes, flow)
    message = _message(flow)
    whole = ". ".join(part for part in (title, message, disturbance) if part)
    style.title(figure, whole)
    spots = [
        Spot(0, span * 1.28, lane + 0.45, lane - 0.45, _details(stage, flow))
        for lane, stage in enumerate(shown, top)
    ]
    return SpottedPicture(figure, _alt(flow, whole), flow_table(flow), axes, spots)


def flow_table(flow: FlowHistory) -> pd.DataFrame:
    """A row for each state or operation: its attempts, its end, when it began, how long it took."""
    rows = []
    for stage in flow.stages:
        began, ended = _span(stage, flow)
        rows.append(
            {
                "state or operation": "› " * stage.depth + stage.name,
                "kind": stage.kind,
                "began s": round(began - flow.began_s, 3),
                "took s": round(ended - began, 3),
                "attempts": len(stage.attempts),
                "ended": "well" if stage.ending == "ok" else stage.ending,
            }
        )
    names = ["state or operation", "kind", "began s", "took s", "attempts", "ended"]
    return pd.DataFrame(rows, columns=names).set_index("state or operation")


def _draw_run(axes: Axes, run: Attempt, flow: FlowHistory, span: float) -> None:
    end = flow.last_s if run.ended_s is None else run.ended_s
    axes.broken_barh(
        [(run.began_s - flow.began_s, max(end - run.began_s, span / 400))],
        (-0.28, 0.56),
        facecolor=style.OTHER.colour,
        edgecolor=style.INK,
        linewidth=0.7,
    )
    if run.ending == "failed":
        axes.plot([end - flow.began_s], [0], color=FAULT.colour, marker="X", ms=8, zorder=4)


def _draw_stage(axes: Axes, lane: int, stage: Stage, flow: FlowHistory, holds: bool) -> None:
    for attempt in stage.attempts:
        begin = attempt.began_s - flow.began_s
        end = (flow.last_s if attempt.ended_s is None else attempt.ended_s) - flow.began_s
        if holds:
            axes.hlines([lane], [begin], [end], style.QUIET_INK, linewidth=1.4)
            axes.vlines([begin, end], lane - 0.15, lane + 0.15, style.QUIET_INK, linewidth=1.4)
        else:
            waits = stage.kind in WAITS
            axes.broken_barh(
                [(begin, max(end - begin, (flow.last_s - flow.began_s) / 400))],
                (lane - 0.28, 0.56),
                facecolor="white" if waits else style.MEASURED.colour,
                edgecolor=style.MODEL.colour if waits else style.INK,
                hatch="////" if waits else None,
                linewidth=0.7,
            )
        if attempt.ending == "failed":
            axes.plot([end], [lane], color=FAULT.colour, marker="X", ms=8, zorder=4)


def _key(axes: Axes, flow: FlowHistory) -> None:
    """What the marks mean, above the lanes."""
    run = [Patch(facecolor=style.OTHER.colour, label="invocation")] if flow.runs else []
    marks = [
        *run,
        Patch(facecolor=style.MEASURED.colour, label="works"),
        Patch(facecolor="white", edgecolor=style.MODEL.colour, hatch="////", label="waits"),
        Line2D([], [], color=style.QUIET_INK, label="holds others"),
        Line2D([], [], color=FAULT.colour, marker="X", linestyle="", label="failed"),
    ]
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False, fontsize=9
    )


def _message(flow: FlowHistory) -> str:
    tried = sum(len(stage.attempts) - 1 for stage in flow.stages if stage.attempts)
    failed = sum(run.ending == "failed" for run in flow.runs)
    told = f"A {flow.source}: {flow.status.replace('_', ' ').lower()}"
    told += f" after {duration(flow.last_s - flow.began_s)}"
    if flow.runs:
        told += f", in {counted(len(flow.runs), 'invocation')}"
        told += f", {failed} of them failed" if failed else ""
    told += f", {counted(tried, 'further attempt')}" if tried else ""
    if len(flow.stages) > MOST_LANES:
        told += f" (the first {MOST_LANES} lanes are drawn)"
    return told


def _told(stage: Stage, flow: FlowHistory) -> str:
    began, ended = _span(stage, flow)
    text = duration(ended - began)
    if len(stage.attempts) > 1:
        text += f", {len(stage.attempts)} attempts"
    if stage.ending == "failed":
        text += f" {FAULT.symbol}"
    return text + (" …" if stage.ending == "open" else "")


def _span(stage: Stage, flow: FlowHistory) -> tuple[float, float]:
    """When its first attempt began, and when its last one ended."""
    if not stage.attempts:
        return flow.last_s, flow.last_s
    last = stage.attempts[-1].ended_s
    return stage.attempts[0].began_s, flow.last_s if last is None else last


def _name(stage: Stage) -> str:
    return "› " * stage.depth + shortened(stage.name, LONGEST_NAME)


def _details(stage: Stage, flow: FlowHistory) -> str:
    lines = [f"{stage.name} ({stage.kind})"]
    for number, each in enumerate(stage.attempts, 1):
        began = duration(each.began_s - flow.began_s)
        took = "" if each.ended_s is None else f", took {duration(each.ended_s - each.began_s)}"
        why = f": {each.why[:LONGEST_WHY]}" if each.why else ""
        lines.append(f"attempt {number}: began after {began}{took}, {_word(each)}{why}")
    return "\n".join(lines)


def _word(attempt: Attempt) -> str:
    return {"ok": "ended well", "failed": f"{FAULT.symbol} failed", "open": "still under way"}[
        attempt.ending
    ]


def _alt(flow: FlowHistory, message: str) -> str:
    parts = [f"A time line with a lane for each state or operation. {message}."]
    for number, run in enumerate(flow.runs, 1):
        begin = duration(run.began_s - flow.began_s)
        parts.append(f"Invocation {number} began after {begin}, {_word(run)}.")
    parts += [_details(stage, flow).replace("\n", "; ") + "." for stage in flow.stages[:MOST_LANES]]
    return " ".join(parts)
