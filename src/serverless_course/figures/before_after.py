"""Before and now: medians with their intervals, two lines for each thing that was made quicker."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.functions.samples import Summary

Pair = tuple[Summary, Summary | None]


def before_after(
    pairs: Mapping[str, Pair], *, what: str, unit: str = "ms", disturbed: str = ""
) -> Picture:
    """Draw each thing's time before, and below it the time now, on one axis from 0.

    Args:
        pairs: for each thing its summary before, and now; None where it is not measured yet.
        what: what was measured, for the axis: "a first visitor waits".
        unit: its unit.
        disturbed: which of the measurements a busy machine disturbed; then the title says so.

    Raises:
        ValueError: there is nothing to draw.
    """
    rows = [
        (f"{name}, {when}", summary, series)
        for name, pair in pairs.items()
        for when, summary, series in zip(
            ("before", "now"), pair, (style.PUBLISHED, style.MEASURED), strict=True
        )
        if summary is not None
    ]
    if not rows:
        raise ValueError("There is nothing to draw: measure something first.")
    figure = style.new_figure(8.0, 1.4 + 0.5 * len(rows))
    axes = figure.subplots()
    for place, (_, summary, series) in enumerate(reversed(rows)):
        low, high = _interval(summary)
        axes.plot([low, high], [place, place], color=series.colour, lw=3)
        axes.plot([summary.median], [place], series.marker, color=series.colour, ms=8)
        style.label(axes, f"{summary.median:,.0f} {unit}", (high, place), series)
    axes.set_yticks(range(len(rows)), labels=[name for name, _, _ in reversed(rows)])
    axes.set_xlim(0, 1.15 * max(_interval(summary)[1] for _, summary, _ in rows))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    style.dress(axes, x=f"{what} ({unit}; median and 95 % interval)", y="")
    message = "; ".join(_said(name, pair) for name, pair in pairs.items())
    message = message[:1].upper() + message[1:]
    if disturbed:
        message = f"This machine was busy in {disturbed}: measure again. {message}"
    style.title(figure, message)
    table = pd.DataFrame(
        [[s.n, s.median, *_interval(s)] for _, s, _ in rows],
        columns=["n", f"median, {unit}", "low", "high"],
        index=pd.Index([name for name, _, _ in rows], name=""),
    ).round(0)
    told = "; ".join(_row(name, summary, unit) for name, summary, _ in rows)
    return Picture(figure, f"{message}. {what}: {told}.", table, table_below=True)


def _said(name: str, pair: Pair) -> str:
    before, now = pair
    if now is None:
        return f"{name}: measured before, and not yet now"
    if before.overlaps(now):
        return f"{name}: no difference shown, the intervals overlap"
    return f"{name} takes {now.median / before.median:.0%} of the time before"


def _row(name: str, summary: Summary, unit: str) -> str:
    low, high = _interval(summary)
    return f"{name} {summary.median:,.0f} {unit} ({low:,.0f} to {high:,.0f})"


def _interval(summary: Summary) -> tuple[float, float]:
    """The interval of a median; the median alone where there are too few values for one."""
    if summary.low is None or summary.high is None:
        return summary.median, summary.median
    return summary.low, summary.high
