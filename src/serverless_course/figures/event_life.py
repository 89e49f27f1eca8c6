"""One event's life: when it was tried, on AWS's clock, beside what others measured on AWS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.functions.attempts import EventLife

# Seconds from the first attempt, by the documented pauses of one and two minutes (Lambda Developer
# Guide, "How Lambda handles errors and retries with asynchronous invocation", read 2026-11).
DOCUMENTED_S = (0.0, 60.0, 180.0)
# A function that raises, on real AWS: gaps of 66.2 s and 130.2 s (cosmo-grant/aws-by-example,
# 21 November 2025).
PUBLISHED_S = (0.0, 66.2, 196.4)
# Seconds on AWS's clock beyond the published pauses that only a busy machine explains.
LATE_S = 60.0
PUBLISHED_SOURCE = "aws-by-example, 21 Nov 2025"


class DrawnLife(EventLife):
    """What ``lab.attempts`` gives: the room `functions` measures and may not draw."""

    __repr__ = EventLife.__repr__

    def plot(self) -> Picture:
        """The attempts beside those that others measured on AWS."""
        return event_life(self.attempts, self.clock_factor)


class Tried(Protocol):
    """What is drawn of an attempt: when it began, in seconds on a clock of its own."""

    @property
    def at_s(self) -> float: ...


def event_life(attempts: Sequence[Tried], clock_factor: float) -> Picture:
    """Draw when an event was tried: measured here, published, and as documented.

    Args:
        attempts: the attempts in their order.
        clock_factor: how many times faster this cloud's waits run; 1 on AWS.

    Raises:
        ValueError: there is no attempt to draw.
    """
    if not attempts:
        raise ValueError("There is no attempt to draw yet: wait until the function has run.")
    first = attempts[0].at_s
    here = [(each.at_s - first) * clock_factor for each in attempts]
    rows = [
        (_measured_name(clock_factor), here, style.MEASURED),
        (f"published, real AWS ({PUBLISHED_SOURCE})", list(PUBLISHED_S), style.PUBLISHED),
        ("as documented: 1 and 2 minutes (model)", list(DOCUMENTED_S), style.MODEL),
    ]
    figure = style.new_figure(7.5, 3.0)
    axes = figure.add_subplot()
    for row, (name, times, series) in enumerate(rows):
        axes.plot(
            times, [row] * len(times), color=series.colour, linestyle=series.line, linewidth=1.2
        )
        axes.plot(times, [row] * len(times), color=series.colour, marker="o", linestyle="")
        style.label(axes, name, (0, row - 0.34), series, offset=(0, 0))
        for at in times:
            axes.annotate(
                f"{at:.0f} s",
                (at, row),
                xytext=(0, -13),
                textcoords="offset points",
                ha="center",
                color=series.colour,
                fontsize=9,
            )
    style.dress(axes, x="seconds on AWS's clock since the first attempt", y="")
    axes.set_yticks([])
    axes.set_ylim(2.75, -0.75)
    axes.set_xlim(-8, max(*here, *PUBLISHED_S) * 1.08)
    message = _message(here)
    style.title(figure, message)
    return Picture(
        figure,
        f"Three time lines of one event's attempts. {message} "
        + " ".join(f"{name}: {_words(times)}." for name, times, _ in rows),
        life_table(attempts, clock_factor),
    )


def life_table(attempts: Sequence[Tried], clock_factor: float) -> pd.DataFrame:
    """A row for each attempt: seconds here, and on AWS's clock, since the first."""
    first = attempts[0].at_s
    here = [each.at_s - first for each in attempts]
    return pd.DataFrame(
        {
            "seconds here": [round(at, 2) for at in here],
            "on AWS's clock": [round(at * clock_factor, 1) for at in here],
        },
        index=pd.Index(range(1, len(attempts) + 1), name="attempt"),
    )


def _measured_name(factor: float) -> str:
    if factor == 1:
        return "measured, on AWS"
    return f"measured here, waits run {factor:g} times faster"


def _message(here: Sequence[float]) -> str:
    """How many attempts; a busy machine, when a pause took much longer than on AWS."""
    number = len(here)
    if number == 1:
        return "One attempt so far."
    pauses = zip(here, here[1:], PUBLISHED_S, PUBLISHED_S[1:], strict=False)
    late = [(after - before) - (then - first) for before, after, first, then in pauses]
    if late and max(late) > LATE_S:
        return f"This machine was busy: an attempt came {max(late):.0f} s late. Run it again."
    return f"One event, one request id, {number} attempts."


def _words(times: Sequence[float]) -> str:
    return ", ".join(f"{at:.0f}" for at in times) + " s"
