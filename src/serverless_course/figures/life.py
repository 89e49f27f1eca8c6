"""Invocations of one function, one bar each: what was Init, and what was your handler."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture


class Timed(Protocol):
    """What is drawn of an `Invocation`; times in milliseconds."""

    @property
    def duration_ms(self) -> float: ...
    @property
    def init_ms(self) -> float | None: ...


def life(invocations: Sequence[Timed], title: str | None = None) -> Picture:
    """Draw invocations in their order: a bar for Init (cold starts only), one for the handler.

    `ValueError` when there is nothing to draw.
    """
    if not invocations:
        raise ValueError("There are no invocations to draw: invoke the function first.")
    table = life_table(invocations)
    cold = [run for run in invocations if run.init_ms is not None]
    message = title or _message(len(cold), len(invocations))

    figure = style.new_figure(7.5, 1.4 + 0.36 * len(invocations))
    axes = figure.add_subplot()
    longest = max(run.duration_ms + (run.init_ms or 0) for run in invocations)
    for row, run in enumerate(invocations):
        init = run.init_ms or 0.0
        if init:
            axes.barh(row, init, color="white", edgecolor=style.PUBLISHED.colour, hatch="///")
        axes.barh(row, run.duration_ms, left=init, color=style.MEASURED.colour)
        text = (
            f"{init:,.0f} ms Init + {run.duration_ms:,.1f} ms"
            if init
            else f"{run.duration_ms:,.1f} ms"
        )
        axes.annotate(
            text,
            (init + run.duration_ms, row),
            xytext=(5, 0),
            va="center",
            textcoords="offset points",
            color=style.INK,
            fontsize=9,
        )
    style.dress(axes, x="milliseconds since the environment was asked for", y="")
    axes.set_yticks(range(len(invocations)), labels=[str(name) for name in table.index])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, longest * 1.35)
    style.title(figure, message)

    alt = f"Bars of {len(invocations)} invocations in their order. {message} " + " ".join(
        f"{name}: {_words(run)}." for name, run in zip(table.index, invocations, strict=True)
    )
    return Picture(figure, alt, table)


def life_table(invocations: Sequence[Timed]) -> pd.DataFrame:
    """Number and temperature of each invocation, with its Init and handler times in ms."""
    names = [
        f"{number} {'warm' if run.init_ms is None else 'cold'}"
        for number, run in enumerate(invocations, start=1)
    ]
    rows = {
        "init ms": [run.init_ms for run in invocations],
        "handler ms": [run.duration_ms for run in invocations],
    }
    return pd.DataFrame(rows, index=pd.Index(names, name="invocation")).astype(float).round(2)


def _message(cold: int, total: int) -> str:
    if cold == 0:
        return "All warm: no invocation waited for Init."
    if cold == total:
        return "All cold: every invocation paid for Init."
    return f"Init is paid once: {cold} cold, {total - cold} warm."


def _words(run: Timed) -> str:
    if run.init_ms is None:
        return f"handler {run.duration_ms:,.1f} ms"
    return f"Init {run.init_ms:,.0f} ms, then handler {run.duration_ms:,.1f} ms"
