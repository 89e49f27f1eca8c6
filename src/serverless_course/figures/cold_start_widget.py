"""Choose a runtime, a package type and a size: years of AWS's cold starts, and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.cold_start_data import (
    ARCHITECTURES,
    LANGUAGES,
    MEMORY_SIZES,
    PACKAGES,
    Configuration,
    language_of,
    months_of,
    runtimes_of,
)
from serverless_course.figures.cold_start_years import cold_start_years, sentence, table_of
from serverless_course.figures.spots import folded_table
from serverless_course.figures.widget_bundle import widget_bundle

FIRST = Configuration("python3.12")
KEYS = "Keyboard: Tab goes from button to button; Space presses one."
NOTE = (
    "The band holds eight of ten cold starts. Grey: the language's other runtimes, by their "
    "medians. An almost empty function, ten cold starts a day; SnapStart is left out."
)
# The last choice in this kernel, so that a cell that runs again shows it again.
_chosen: list[Configuration] = []


class ColdStartWidget:
    """Rows of buttons; the picture, the sentence and the table follow.

    Without a kernel, a reader sees the first state: Python 3.12, as a zip of 1,024 MB.
    """

    def __init__(self, mine: Sequence[float] = (), *, disturbance: str = "") -> None:
        """``mine``: Init Durations measured here, in ms; ``disturbance``: what disturbed them."""
        self._mine, self._disturbance = tuple(mine), disturbance
        self._first = cold_start_years(FIRST, self._mine, disturbance=disturbance)
        start = _chosen[-1] if _chosen else FIRST
        language = language_of(start.runtime) or "Python"
        self.language = _buttons("Language", list(LANGUAGES), language)
        self.runtime = _buttons("Runtime", runtimes_of(language), start.runtime)
        self.package = _buttons("Package", PACKAGES, start.package)
        self.memory = _buttons("Memory (MB)", MEMORY_SIZES, start.memory_mb)
        self.architecture = _buttons("Processor", ARCHITECTURES, start.architecture)
        self.picture = widgets.HTML()
        self.language.observe(self._offer, "value")
        for control in (self.runtime, self.package, self.memory, self.architecture):
            control.observe(self._draw, "value")
        self._draw()
        rest = widgets.HBox(
            [self.package, self.memory, self.architecture], layout={"flex_flow": "row wrap"}
        )
        keys = widgets.HTML(f"<small>{KEYS}</small>")
        self.box = widgets.VBox([self.language, self.runtime, rest, keys, self.picture])

    def chosen(self) -> Configuration:
        """What is chosen now."""
        return Configuration(
            self.runtime.value, self.package.value, self.architecture.value, self.memory.value
        )

    def _offer(self, _: Any) -> None:
        """The runtimes of another language: the newest is chosen."""
        runtimes = runtimes_of(self.language.value)
        self.runtime.options = runtimes
        self.runtime.value = runtimes[0]

    def _draw(self, _: Any = None) -> None:
        if self.runtime.value is None:
            return
        found = self.chosen()
        _chosen[:] = [found]
        words = f'<p role="status">{escape(sentence(found, self._mine))}</p>'
        months = months_of(found)
        if not months:
            self.picture.value = words
            return
        picture = cold_start_years(found, self._mine, disturbance=self._disturbance)
        self.picture.value = (
            words
            + picture.image_html()
            + folded_table(table_of(months, self._mine))
            + f"<p><small>{NOTE}</small></p>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, sentence(FIRST, self._mine))


def _buttons(name: str, options: Sequence[Any], value: Any) -> widgets.ToggleButtons:
    return widgets.ToggleButtons(
        description=name,
        options=[(f"{each:,}" if isinstance(each, int) else each, each) for each in options],
        value=value,
        style={"button_width": "auto", "description_width": "6em"},
    )


def cold_start_widget(mine: Sequence[float] = (), *, disturbance: str = "") -> ColdStartWidget:
    """Years of AWS's cold starts to choose from, with one's own Init (ms) on the same axis."""
    return ColdStartWidget(mine, disturbance=disturbance)
