"""The lives of execution environments, one lane each: Init, invocations, frozen in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from serverless_course.figures import style
from serverless_course.figures.spots import Spot, SpottedPicture
from serverless_course.figures.trace_look import COLD, STATES, counted, duration
from serverless_course.traces.environment import Environment, Phase, PhaseKind, environments

MOST_LANES = 40
MOST_PHASES = 8
FAULT = STATES["fault"]


def environment_lanes(
    events: Iterable[Mapping[str, Any]] | Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    throttles: Sequence[datetime | float] = (),
    until_ms: float | None = None,
    disturbance: str = "",
) -> SpottedPicture:
    """Draw ``filter_log_events(...)["events"]`` of one function's log group.

    Args:
        events: the events; or, by log stream, what ``get_log_events`` returns.
        throttles: when invocations were refused, as datetimes or in ms since the epoch: a refused
            one has no environment, and no log tells of it.
        until_ms: the end of what was looked at, in ms since the epoch; without it, the last event.
        disturbance: what the title says besides when the machine was busy.

    Raises:
        ValueError: no event tells of an invocation or an Init.
    """
    lives = environments(events, until_ms)
    if not lives:
        raise ValueError(
            "No event tells of an invocation. Lambda writes START and REPORT lines some seconds "
            "after it: ask again, without a filter pattern."
        )
    refused = sorted(
        each.timestamp() * 1000 if isinstance(each, datetime) else float(each) for each in throttles
    )
    shown = lives[:MOST_LANES]
    origin = min([lives[0].phases[0].start_ms, *refused[:1]])
    ends = [life.phases[-1].end_ms for life in lives]
    span_s = max(max([*ends, *refused]) - origin, 1.0) / 1000
    top = 1 if refused else 0
    figure = style.new_figure(9.0, 1.75 + 0.34 * (len(shown) + top))
    axes = figure.add_subplot()
    for lane, life in enumerate(shown):
        _draw_life(axes, lane + top, life, origin)
    if refused:
        at = [(each - origin) / 1000 for each in refused]
        axes.vlines(at, -0.32, 0.32, color=FAULT.colour, linewidth=1.6)
    names = ["throttled"] * top + [f"environment {number}" for number in range(1, len(shown) + 1)]
    style.dress(axes, x="seconds since the first began", y="")
    axes.set_yticks(range(len(names)), labels=names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-0.01 * span_s, span_s * 1.25)
    axes.grid(visible=False, axis="y")
    for place, life in enumerate(shown):
        _label(axes, place + top, life, span_s)
    _label_throttles(axes, len(refused), span_s)
    _key(axes)
    message = ". ".join(part for part in (_message(lives, len(refused)), disturbance) if part)
    style.title(figure, message)
    spots = [
        Spot(0, span_s * 1.25, lane + top + 0.45, lane + top - 0.45, _details(lane + 1, life))
        for lane, life in enumerate(shown)
    ]
    return SpottedPicture(figure, _alt(lives, shown, message), lanes_table(lives), axes, spots)


def lanes_table(lives: Sequence[Environment]) -> pd.DataFrame:
    """A row for each environment: its stream, invocations, failures, times in ms."""
    rows = []
    for life in lives:
        runs = life.of_kind("invoke")
        rows.append(
            {
                "invocations": len(runs),
                "failed": sum(bool(phase.failure) for phase in life.phases),
                "init ms": _sum(life.of_kind("init")),
                "invoke ms": _sum(runs),
                "frozen ms": _sum(life.of_kind("frozen")),
                "log stream": life.stream,
            }
        )
    index = pd.Index(range(1, len(rows) + 1), name="environment")
    return pd.DataFrame(rows, index=index)


def _draw_life(axes: Axes, lane: int, life: Environment, origin: float) -> None:
    def stretch(phase: Phase) -> tuple[float, float]:
        return (phase.start_ms - origin) / 1000, phase.milliseconds / 1000

    band = (lane - 0.28, 0.56)
    # One collection for each kind: as single lines, thousands of them take seconds.
    rests: dict[PhaseKind, Literal["solid", "dotted"]]
    rests = {"frozen": "solid", "frozen or gone": "dotted"}
    for kind, line in rests.items():
        at = [stretch(phase) for phase in life.of_kind(kind)]
        ends = [start + length for start, length in at]
        starts = [start for start, _ in at]
        axes.hlines([lane] * len(at), starts, ends, style.QUIET_INK, line, linewidth=1)
    inits = [stretch(phase) for phase in life.of_kind("init")]
    axes.broken_barh(inits, band, facecolor="white", edgecolor=COLD, hatch="////", linewidth=1)
    # The edge keeps the shortest invocation visible, and those apart that follow at once.
    runs = [stretch(phase) for phase in life.of_kind("invoke")]
    colour = style.MEASURED.colour
    axes.broken_barh(runs, band, facecolor=colour, edgecolor=style.INK, linewidth=0.7)
    failed = [sum(stretch(phase)) for phase in life.phases if phase.failure]
    axes.plot(failed, [lane] * len(failed), color=FAULT.colour, marker="X", linestyle="", ms=8)


def _label(axes: Axes, lane: int, life: Environment, span_s: float) -> None:
    text = counted(len(life.of_kind("invoke")), "invocation")
    inits = life.of_kind("init")
    if inits:
        text += f", Init {duration(inits[0].milliseconds / 1000)}"
    axes.annotate(text, (span_s * 1.02, lane), va="center", color=style.INK, fontsize=9)


def _label_throttles(axes: Axes, number: int, span_s: float) -> None:
    if number:
        place = (span_s * 1.02, 0)
        axes.annotate(f"{number:,} refused", place, va="center", color=FAULT.colour, fontsize=9)


def _key(axes: Axes) -> None:
    """What the marks mean, above the lanes."""
    marks = [
        Patch(facecolor="white", edgecolor=COLD, hatch="////", label="Init"),
        Patch(facecolor=style.MEASURED.colour, label="invoke"),
        Line2D([], [], color=style.QUIET_INK, linestyle="-", label="frozen"),
        Line2D([], [], color=style.QUIET_INK, linestyle=":", label="frozen or gone (no log says)"),
        Line2D([], [], color=FAULT.colour, marker="X", linestyle="", label="failed"),
    ]
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False, fontsize=9
    )


def _message(lives: Sequence[Environment], refused: int) -> str:
    runs = sum(len(life.of_kind("invoke")) for life in lives)
    text = f"{counted(runs, 'invocation')} in {counted(len(lives), 'environment')}"
    started = sum(len(life.of_kind("init")) for life in lives)
    text += f", {counted(started, 'cold start')}" if started else ", no cold start"
    if len(lives) > MOST_LANES:
        text += f" (the first {MOST_LANES} are drawn)"
    return text + (f"; {refused:,} refused" if refused else "")


def _details(number: int, life: Environment) -> str:
    lines = [f"environment {number}: {life.stream}"]
    lines += [
        f"{phase.kind}: {duration(phase.milliseconds / 1000)}"
        + (f", {phase.request_id}" if phase.request_id else "")
        + (f", {FAULT.symbol} {phase.failure}" if phase.failure else "")
        + (", no REPORT yet" if phase.unfinished else "")
        for phase in life.phases[:MOST_PHASES]
    ]
    if len(life.phases) > MOST_PHASES:
        lines.append(f"… and {len(life.phases) - MOST_PHASES:,} more")
    return "\n".join(lines)


def _alt(lives: Sequence[Environment], shown: Sequence[Environment], message: str) -> str:
    parts = [f"Lanes of execution environments over time. {message}."]
    for number, life in enumerate(shown, 1):
        inits = life.of_kind("init")
        init = f", Init {duration(inits[0].milliseconds / 1000)}" if inits else ""
        runs = life.of_kind("invoke")
        failed = sum(bool(phase.failure) for phase in life.phases)
        parts.append(
            f"Environment {number}: {counted(len(runs), 'invocation')}{init}"
            + (f", {failed} failed." if failed else ".")
        )
    if len(lives) > len(shown):
        parts.append(f"{len(lives) - len(shown):,} more are in the table, and not drawn.")
    return " ".join(parts)


def _sum(phases: Sequence[Phase]) -> float:
    return round(sum(phase.milliseconds for phase in phases), 2)
