"""Choose one of many traces, and see its waterfall: only the chosen one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.alt import Picture, table_html
from serverless_course.figures.progress import progress
from serverless_course.figures.trace_look import STATES, counted, duration, shortened
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.traces.node import State
from serverless_course.traces.tree import Tree, tree

ALL, FAILED, COLD = "all traces", "with errors, faults or throttles", "with a cold start"


@dataclass(frozen=True)
class Entry:
    """What a trace is found by: its length in seconds, its end, its words in small letters."""

    place: int
    seconds: float
    state: State
    is_cold: bool
    words: str
    label: str

    @classmethod
    def of(cls, place: int, trace: Tree) -> Entry:
        """The entry of the trace at ``place`` of the list."""
        names = {node.name for _, node in trace.walk()}
        state, cold = trace.state, trace.is_cold
        marks = [str(STATES[state])] if state != "ok" else []
        marks += ["cold start"] if cold else []
        marks += ["partial"] if trace.is_partial else []
        seconds = trace.seconds
        label = " · ".join(
            [duration(seconds).rjust(8), shortened(trace.name, 40), *marks, trace.trace_id]
        )
        words = " ".join([*sorted(names), trace.trace_id]).casefold()
        return cls(place, seconds, state, cold, words, label)


class TraceChooser:
    """A list of traces, the slowest first, with filters; the waterfall of the chosen one below.

    Without a kernel, a reader sees the slowest trace.
    """

    def __init__(
        self, traces: Sequence[Mapping[str, Any]], draw: Callable[[Tree], Picture]
    ) -> None:
        """``draw`` makes the picture of one trace's tree."""
        self._traces, self._draw_one = list(traces), draw
        entries = []
        with progress(len(self._traces), "reading traces") as tell:
            for place, trace in enumerate(self._traces):
                entries.append(Entry.of(place, tree(trace)))
                tell(place + 1, len(self._traces), "")
        self.entries = sorted(entries, key=lambda each: (-each.seconds, each.label))
        self._first = self._picture(self.entries[0].place)
        self._shown: int | None = None
        self._filtering = False
        wide = {"description_width": "initial"}
        self.which = widgets.Dropdown(
            description="Show", options=[ALL, FAILED, COLD], value=ALL, style=wide
        )
        self.contains = widgets.Text(
            description="Name contains",
            placeholder="a service, or a trace id",
            continuous_update=False,
            style=wide,
        )
        self.choice = widgets.Select(
            description="Trace", rows=7, layout={"width": "60em", "max_width": "98%"}, style=wide
        )
        self.status = widgets.HTML()
        self.picture = widgets.HTML()
        self.which.observe(self._filter, "value")
        self.contains.observe(self._filter, "value")
        self.choice.observe(self._draw, "value")
        self._filter()
        controls = widgets.HBox([self.which, self.contains], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([controls, self.status, self.choice, self.picture])

    def fitting(self) -> list[Entry]:
        """What the filters let through, the slowest first."""
        words = str(self.contains.value).strip().casefold()
        which = self.which.value
        return [
            each
            for each in self.entries
            if words in each.words
            and (which != FAILED or each.state != "ok")
            and (which != COLD or each.is_cold)
        ]

    def _filter(self, _: Any = None) -> None:
        found = self.fitting()
        told = f"{len(found):,} of {counted(len(self.entries), 'trace')}, the slowest first."
        if not found:
            told += " None fits: change the filter."
        self.status.value = f'<p role="status">{told}</p>'
        # A new list makes the widget choose its first; what was chosen stays where it still fits.
        before, places = self.choice.value, [each.place for each in found]
        self._filtering = True
        self.choice.options = [(each.label, each.place) for each in found]
        if before in places:
            self.choice.value = before
        self._filtering = False
        self._draw()

    def _draw(self, _: Any = None) -> None:
        place = self.choice.value
        if self._filtering or place == self._shown:
            return
        self._shown = place
        if place is None:
            self.picture.value = ""
            return
        shown = self._picture(place)
        table = "" if shown.table is None else table_html(shown.table)
        self.picture.value = (
            f"{shown.image_html()}<details><summary>The same as a table</summary>"
            f'<div style="overflow-x: auto">{table}</div></details>'
        )

    def _picture(self, place: int) -> Picture:
        return self._draw_one(tree(self._traces[place]))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        words = f"The slowest of {counted(len(self.entries), 'trace')}.\n\n{self._first}"
        return widget_bundle(self.box, self._first, words)
