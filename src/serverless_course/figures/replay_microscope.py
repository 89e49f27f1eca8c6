"""The replay microscope: what each invocation of a durable execution ran, read, and wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.spots import folded_table
from serverless_course.figures.trace_look import STATES, counted, duration, shortened
from serverless_course.figures.who_does_it import spaced_html
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.pricing.orchestration import checkpoint_usd
from serverless_course.traces.checkpoints import Checkpoint
from serverless_course.traces.replays import Doing, Replay, replays

MARKS: Mapping[Doing, tuple[str, str, str]] = {
    # Marker, fill, colour of the edge.
    "ran": ("o", style.MEASURED.colour, style.MEASURED.colour),
    "replayed": ("o", "white", style.MEASURED.colour),
    "left waiting": ("s", "white", style.MODEL.colour),
    "failed": ("X", STATES["fault"].colour, STATES["fault"].colour),
}
WORDS: Mapping[Doing, str] = {
    "ran": "ran it",
    "replayed": "read its result",
    "left waiting": "waited for it, and ended",
    "failed": "failed in it",
    "no trace": "no trace of it",
}
KEYS = (
    "Keyboard: Tab goes to the field and to the buttons; type a number, or press Space on a button."
)
NOTE = (
    "Prices in us-east-1, read on 20 September 2026: 8 dollars for a million operations, 0.25 for "
    "a GB written. What data cost that are kept, and what the invocations cost, is not in it."
)
# Which invocation was looked at, so that a cell that runs again shows it again.
_KEPT: dict[str, int] = {}


def replay_picture(found: Sequence[Replay], chosen: int | None = None) -> Picture:
    """All invocations side by side: a row for each operation, the chosen column in a frame."""
    names = [stage.name for stage, _ in found[0].doings]
    figure = style.new_figure(3.6 + 1.15 * len(found), 1.9 + 0.32 * len(names))
    axes = figure.add_subplot()
    for column, each in enumerate(found):
        for row, (_, doing) in enumerate(each.doings):
            if doing in MARKS:
                marker, fill, edge = MARKS[doing]
                axes.plot([column], [row], marker=marker, color=edge, mfc=fill, ms=10, mew=1.6)
    if chosen is not None:
        frame = Rectangle(
            (chosen - 1.42, -0.6), 0.84, len(names) + 0.1, fill=False, edgecolor=style.INK, lw=1.6
        )
        axes.add_patch(frame)
    labels = [
        f"{each.number}{' ' + STATES['fault'].symbol if each.run.ending == 'failed' else ''}"
        for each in found
    ]
    style.dress(axes, x="invocation", y="")
    axes.set_xticks(range(len(found)), labels=labels)
    axes.set_yticks(range(len(names)), labels=[shortened(name, 28) for name in names])
    axes.set_xlim(-0.6, len(found) - 0.4)
    axes.set_ylim(len(names) - 0.4, -0.7)
    key = [
        Line2D([], [], linestyle="", marker=m, color=e, mfc=f, mew=1.6, label=WORDS[doing])
        for doing, (m, f, e) in MARKS.items()
    ]
    axes.legend(
        handles=key, loc="lower left", bbox_to_anchor=(-0.3, 1), ncols=2, frameon=False, fontsize=9
    )
    message = _message(found)
    style.title(figure, message)
    return Picture(figure, _alt(found, message), replay_table(found))


def replay_table(found: Sequence[Replay]) -> pd.DataFrame:
    """A row for each operation, a column for each invocation: what it did with it."""
    names = pd.Index([stage.name for stage, _ in found[0].doings], name="operation")
    columns = {
        f"invocation {each.number}": [WORDS[doing] for _, doing in each.doings] for each in found
    }
    return pd.DataFrame(columns, index=names)


def checkpoint_table(written: Sequence[Checkpoint], region: str = "us-east-1") -> pd.DataFrame:
    """A row for each checkpoint: what it counts as, its bytes, its price in millionths of a dollar.

    In a Region without a confirmed price the last column is empty.
    """
    rows = []
    for each in written:
        usd = checkpoint_usd(each.operations, each.written_bytes, region)
        millionths = None if usd is None else round(float(usd * 1_000_000), 3)
        rows.append((each.what, each.name, each.operations, each.written_bytes, millionths))
    names = ["checkpoint", "of", "operations", "bytes", "millionths of a dollar"]
    return pd.DataFrame(rows, columns=names).set_index("checkpoint")


def _message(found: Sequence[Replay]) -> str:
    failed = sum(each.run.ending == "failed" for each in found)
    read = sum(each.count("replayed") for each in found)
    told = f"{counted(len(found), 'invocation')}"
    told += f", {failed} of them failed" if failed else ""
    return f"{told}; {counted(read, 'result')} read in replays, not worked out again"


def _alt(found: Sequence[Replay], message: str) -> str:
    parts = [f"Operations of a durable execution by invocation. {message}."]
    for each in found:
        told = "; ".join(f"{stage.name}: {WORDS[doing]}" for stage, doing in each.doings)
        failed = ", which failed" if each.run.ending == "failed" else ""
        parts.append(f"Invocation {each.number}{failed}: {told}.")
    return " ".join(parts)


class ReplayMicroscope:
    """A number field and two buttons; the picture and the chosen invocation's checkpoints follow.

    Without a kernel, a reader sees all invocations, and all of it in words.

    Attributes:
        invocations: how many there were.
    """

    def __init__(self, events: Iterable[Mapping[str, Any]]) -> None:
        self.found = replays(events)
        self.invocations = len(self.found)
        self._first = replay_picture(self.found)
        start = min(_KEPT.get("invocation", 1), self.invocations)
        self.number = widgets.BoundedIntText(
            description="Invocation",
            value=start,
            min=1,
            max=self.invocations,
            layout={"width": "12em"},
        )
        self.back = widgets.Button(description="Earlier", layout={"width": "7em"})
        self.on = widgets.Button(description="Later", layout={"width": "7em"})
        self.back.on_click(lambda _: self._move(-1))
        self.on.on_click(lambda _: self._move(1))
        self.picture = widgets.HTML()
        self.number.observe(self._draw, "value")
        self._draw()
        keys = widgets.HTML(f"<small>{KEYS}</small>")
        row = widgets.HBox([self.number, self.back, self.on], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([row, keys, self.picture])

    def chosen(self) -> Replay:
        """The invocation that is looked at."""
        return self.found[int(self.number.value) - 1]

    def sentence(self) -> str:
        """What the chosen invocation did, in words."""
        each = self.chosen()
        took = duration((each.run.ended_s or each.run.began_s) - each.run.began_s)
        told = f"Invocation {each.number} took {took}"
        told += f" and ran {counted(each.count('ran'), 'operation')}"
        told += f"; it read {counted(each.count('replayed'), 'result')} from checkpoints"
        if each.run.ending == "failed":
            told += f". It failed: {each.run.why[:120]}"
        operations = sum(one.operations for one in each.checkpoints)
        usd = [checkpoint_usd(one.operations, one.written_bytes) for one in each.checkpoints]
        known = sum((one for one in usd if one is not None), Decimal(0))
        return (
            f"{told}. Its checkpoints count as {counted(operations, 'operation')}: "
            f"{known * 1_000_000:,.1f} millionths of a dollar."
        )

    def _move(self, by: int) -> None:
        self.number.value = min(max(int(self.number.value) + by, 1), self.invocations)

    def _draw(self, _: Any = None) -> None:
        each = self.chosen()
        _KEPT["invocation"] = each.number
        self.back.disabled = each.number == 1
        self.on.disabled = each.number == self.invocations
        shown = replay_picture(self.found, each.number)
        self.picture.value = (
            f'<p role="status">{escape(self.sentence())}</p>'
            + shown.image_html()
            + spaced_html(checkpoint_table(each.checkpoints))
            + folded_table(shown.table)
            + f"<p><small>{escape(NOTE)}</small></p>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first._repr_html_(), str(self._first))


def replay_microscope(events: Iterable[Mapping[str, Any]]) -> ReplayMicroscope:
    """Look at ``Events`` of ``get_durable_execution_history``, one invocation after another.

    Raises:
        ValueError: no invocation of a durable execution has ended in them.
    """
    return ReplayMicroscope(events)
