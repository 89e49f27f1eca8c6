"""Choose one of many traces, and see its waterfall: only the chosen one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.alt import Picture
from serverless_course.figures.progress import progress
from serverless_course.figures.spots import folded_table
from serverless_course.figures.trace_look import STATES, counted, duration, shortened
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.traces.node import State
from serverless_course.traces.tree import Tree, tree


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

    Without a kernel, a reader sees the slowest trace. JupyterLab takes the arrow keys from a list
    in an output, so the number beside it chooses as well: in a field the keys are the field's.
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
        self._found: list[Entry] = []
        self._shown: int | None = None
        self._filtering = False
        wide = {"description_width": "initial"}
        tick: dict[str, Any] = {"indent": False, "style": wide, "layout": {"width": "auto"}}
        self.failed = widgets.Checkbox(description="with errors, faults or throttles", **tick)
        self.cold = widgets.Checkbox(description="with a cold start", **tick)
        self.contains = widgets.Text(
            description="Name contains",
            placeholder="a service, or a trace id",
            continuous_update=False,
            style=wide,
        )
        self.number = widgets.BoundedIntText(
            description="Trace number", value=1, min=1, max=1, style=wide, layout={"width": "13em"}
        )
        self.choice = widgets.Select(
            description="Traces", rows=7, layout={"width": "60em", "max_width": "98%"}, style=wide
        )
        self.status = widgets.HTML()
        self.picture = widgets.HTML()
        for field in (self.failed, self.cold, self.contains):
            field.observe(self._filter, "value")
        self.number.observe(self._count, "value")
        self.choice.observe(self._draw, "index")
        self._filter()
        controls = widgets.HBox(
            [self.failed, self.cold, self.contains, self.number],
            layout={"flex_flow": "row wrap"},
        )
        self.box = widgets.VBox([controls, self.status, self.choice, self.picture])

    def fitting(self) -> list[Entry]:
        """What the filters let through, the slowest first."""
        words = str(self.contains.value).strip().casefold()
        return [
            each
            for each in self.entries
            if words in each.words
            and (not self.failed.value or each.state != "ok")
            and (not self.cold.value or each.is_cold)
        ]

    def _filter(self, _: Any = None) -> None:
        self._found = self.fitting()
        told = f"{len(self._found):,} of {counted(len(self.entries), 'trace')}, the slowest first."
        if not self._found:
            told += " None fits: change the filter."
        self.status.value = f'<p role="status">{told}</p>'
        # What was chosen stays chosen where it still fits, else the slowest is.
        places = [each.place for each in self._found]
        index = places.index(self._shown) if self._shown in places else 0
        # The list chooses and forgets by itself while it is changed: that is not drawn.
        self._filtering = True
        self.choice.options = [each.label for each in self._found]
        self.choice.index = index if self._found else None
        self._filtering = False
        self.number.max = max(1, len(self._found))
        self._draw()

    def _count(self, _: Any = None) -> None:
        if self._found:
            self.choice.index = int(self.number.value) - 1

    def _draw(self, _: Any = None) -> None:
        if self._filtering:
            return
        index = self.choice.index
        if index is None or index >= len(self._found):
            self._shown = None
            self.picture.value = ""
            return
        self.number.value = index + 1
        place = self._found[index].place
        if place == self._shown:
            return
        self._shown = place
        shown = self._picture(place)
        self.picture.value = shown.image_html() + folded_table(shown.table)

    def _picture(self, place: int) -> Picture:
        return self._draw_one(tree(self._traces[place]))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        words = f"The slowest of {counted(len(self.entries), 'trace')}.\n\n{self._first}"
        return widget_bundle(self.box, self._first, words)
