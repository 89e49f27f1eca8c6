"""One request through several doors, on one time line: who waits, when the function is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.trace_look import STATES, duration

FAULT = STATES["fault"]
LEAST_MS = 1.0


@dataclass(frozen=True)
class Attempt:
    """One try of the function: when it began and ended, in ms since the request was sent."""

    began_ms: float
    ended_ms: float
    ok: bool


@dataclass(frozen=True)
class Journey:
    """One request through one door.

    Attributes:
        door: the way it took, as it is written beside its lane.
        waited_ms: how long the caller waited for its answer, in ms.
        answer: what the caller got, in a word or two.
        attempts: the function's tries at it.
    """

    door: str
    waited_ms: float
    answer: str
    attempts: Sequence[Attempt]


def journeys_picture(journeys: Sequence[Journey], disturbance: str = "") -> Picture:
    """Draw journeys in lanes over one logarithmic time axis.

    Args:
        journeys: what was measured, a lane each.
        disturbance: what the title says when the machine was busy.

    Raises:
        ValueError: there is no journey.
    """
    if not journeys:
        raise ValueError("No journey to draw: send a request first.")
    figure = style.new_figure(9.0, 1.9 + 0.62 * len(journeys))
    axes = figure.add_subplot()
    for lane, journey in enumerate(journeys):
        waited = max(journey.waited_ms, LEAST_MS * 1.1)
        axes.broken_barh(
            [(LEAST_MS, waited - LEAST_MS)],
            (lane - 0.36, 0.24),
            facecolor="white",
            edgecolor=style.MODEL.colour,
            hatch="////",
        )
        axes.annotate(
            f" {journey.answer} after {duration(journey.waited_ms / 1000)}",
            (waited, lane - 0.24),
            va="center",
            fontsize=9,
            color=style.INK,
        )
        for attempt in journey.attempts:
            began = max(attempt.began_ms, LEAST_MS)
            ended = max(attempt.ended_ms, began * 1.03)
            axes.broken_barh(
                [(began, ended - began)],
                (lane, 0.3),
                facecolor=style.MEASURED.colour,
                edgecolor=style.INK,
                linewidth=0.7,
            )
            if not attempt.ok:
                axes.plot([ended], [lane + 0.15], color=FAULT.colour, marker="X", markersize=8)
    axes.set_xscale("log")
    last = max([j.waited_ms for j in journeys] + [a.ended_ms for j in journeys for a in j.attempts])
    style.dress(
        axes, x="ms since the request was sent (each step is ten times the one before)", y=""
    )
    axes.set_xlim(LEAST_MS, max(last, 10.0) * 4)
    axes.set_yticks(range(len(journeys)), labels=[journey.door for journey in journeys])
    axes.set_ylim(len(journeys) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    marks = [
        Patch(facecolor="white", edgecolor=style.MODEL.colour, hatch="////", label="caller waits"),
        Patch(facecolor=style.MEASURED.colour, label="function works"),
        Line2D([], [], color=FAULT.colour, marker="X", linestyle="", label="it failed"),
    ]
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=9
    )
    message = ". ".join(part for part in (_message(journeys), disturbance) if part)
    style.title(figure, message)
    table = journeys_table(journeys)
    return Picture(figure, _alt(journeys, message), table, table_below=True)


def journeys_table(journeys: Sequence[Journey]) -> pd.DataFrame:
    """A row for each door: what the caller waited and got, and when the function was tried."""
    rows = [
        {
            "caller waited, ms": round(journey.waited_ms),
            "answer": journey.answer,
            "attempts": len(journey.attempts),
            "began after, ms": ", ".join(f"{a.began_ms:,.0f}" for a in journey.attempts),
            "handled": any(attempt.ok for attempt in journey.attempts),
        }
        for journey in journeys
    ]
    return pd.DataFrame(rows, index=pd.Index([j.door for j in journeys], name="door"))


def _message(journeys: Sequence[Journey]) -> str:
    handled = sum(any(attempt.ok for attempt in journey.attempts) for journey in journeys)
    return f"{handled} of {len(journeys)} requests were handled in the end"


def _alt(journeys: Sequence[Journey], message: str) -> str:
    parts = [f"A time line with a lane for each door. {message}."]
    for journey in journeys:
        tries = "; ".join(
            f"attempt {number} after {duration(attempt.began_ms / 1000)} "
            f"{'succeeded' if attempt.ok else 'failed'}"
            for number, attempt in enumerate(journey.attempts, 1)
        )
        parts.append(
            f"{journey.door}: the caller got {journey.answer} after "
            f"{duration(journey.waited_ms / 1000)}; {tries or 'no attempt'}."
        )
    return " ".join(parts)
