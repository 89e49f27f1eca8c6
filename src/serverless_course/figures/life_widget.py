"""Change pause, package and import; the life of real environments follows, as lanes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from serverless_course.figures.environment_lanes import environment_lanes
from serverless_course.figures.spots import SpottedPicture, folded_table
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.functions.environment_life import (
    IMPORTS,
    PACKAGES,
    PAUSES,
    LifeChoice,
    MeasuredLife,
)

Measure = Callable[[LifeChoice], MeasuredLife]
KEYS = "Keyboard: Tab goes from button to button; Space presses one. “Measure” invokes three times."
NOTE = (
    "All of it is measured here. One thing this machine does not do: on AWS, a cold start also "
    "fetches the package. A third party measured whole cold starts of 0.26 s, 1.70 s and 3.87 s "
    "for 1 KB, 14 MB and 35 MB (7 January 2021; newer figures are not known to us). Here the "
    "package lies on this machine, so data that nobody reads cost nothing."
)
# What was measured in this kernel, so that a cell that runs again shows it again.
_kept: list[MeasuredLife] = []


class LifeWidget:
    """Rows of buttons and a button that measures; lanes, a sentence and a table follow.

    Without a kernel, a reader sees the first measurement.
    """

    def __init__(self, measure: Measure) -> None:
        """``measure`` deploys a choice, invokes it, and returns what came of it."""
        self._measure = measure
        if not _kept:
            _kept.append(measure(LifeChoice()))
        self._first = lanes(_kept[0])
        last = _kept[-1].choice
        self.pause = _buttons("In between", PAUSES, last.pause)
        self.package = _buttons("Package", PACKAGES, last.package)
        self.imports = _buttons("Import", IMPORTS, last.imports)
        self.button = widgets.Button(description="Measure")
        self.button.on_click(self._run)
        self.picture = widgets.HTML()
        self._draw()
        keys = widgets.HTML(f"<small>{escape(KEYS)}</small>")
        self.box = widgets.VBox(
            [self.pause, self.package, self.imports, self.button, keys, self.picture]
        )

    def chosen(self) -> LifeChoice:
        """What is chosen now."""
        return LifeChoice(self.pause.value, self.package.value, self.imports.value)

    def _run(self, _: Any = None) -> None:
        self.button.disabled, self.button.description = True, "Measuring …"
        try:
            _kept.append(self._measure(self.chosen()))
        except Exception as error:
            # An exception in a button's callback is shown nowhere.
            text = f"✗ Not measured: {error}. Run the cells above, then this one again."
            self.picture.value = f'<p role="alert">{escape(text)}</p>'
        else:
            self._draw()
        finally:
            self.button.disabled, self.button.description = False, "Measure"

    def _draw(self) -> None:
        words = f'<p role="status">{escape(life_sentence(_kept[-1]))}</p>'
        html = words + lanes(_kept[-1]).image_html() + folded_table(life_table(_kept))
        self.picture.value = html + f"<p><small>{escape(NOTE)}</small></p>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, life_sentence(_kept[0]))


def lanes(found: MeasuredLife) -> SpottedPicture:
    """The environments of a measured choice, one lane each."""
    return environment_lanes(found.events)


def life_sentence(found: MeasuredLife) -> str:
    """What came of a choice, in words."""
    inits = [run.init_ms for run in found.runs if run.init_ms is not None]
    choice = found.choice
    text = (
        f"{len(found.runs)} invocations, {choice.pause} in between, package: {choice.package} "
        f"({_size(found.package_bytes)} zipped), import: {choice.imports}. {len(inits)} "
        "met a cold start"
    )
    text += f"; Init took {_range(inits)} ms." if inits else "."
    if found.disturbed:
        text += (
            f" This machine was busy in {found.disturbed} of them: measure again when it is not."
        )
    return text


def life_table(found: list[MeasuredLife]) -> pd.DataFrame:
    """A row for each choice measured so far, the newest first."""
    rows = [
        {
            "pause": each.choice.pause,
            "package": each.choice.package,
            "import": each.choice.imports,
            "cold": f"{sum(run.cold for run in each.runs)} of {len(each.runs)}",
            "Init ms": _range([run.init_ms for run in each.runs if run.init_ms is not None]),
            "handler ms": _range([run.duration_ms for run in each.runs]),
            "host was busy": each.disturbed,
        }
        for each in reversed(found)
    ]
    index = pd.Index(range(len(rows), 0, -1), name="measured")
    return pd.DataFrame(rows, index=index)


def _size(number: int) -> str:
    return f"{number / 1e6:,.1f} MB" if number >= 100_000 else f"{number / 1000:,.1f} KB"


def _range(values: list[float]) -> str:
    if not values:
        return "none"
    low, high = min(values), max(values)
    digits = 0 if high >= 10 else 1
    least, most = f"{low:,.{digits}f}", f"{high:,.{digits}f}"
    return most if least == most else f"{least} to {most}"


def _buttons(name: str, options: Any, value: str) -> widgets.ToggleButtons:
    return widgets.ToggleButtons(
        description=name,
        options=list(options),
        value=value,
        style={"button_width": "auto", "description_width": "6em"},
    )


def life_widget(measure: Measure) -> LifeWidget:
    """The life of environments, measured as one chooses."""
    return LifeWidget(measure)
