"""Put each duty on AWS, on you, or on both, for each way to run a program; get told why."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from serverless_course.figures.duties import (
    DUTIES,
    FIRST_MODEL,
    LEFT_OUT,
    MODELS,
    OWNERS,
    SLIP,
    Duty,
)
from serverless_course.figures.duty_board import alt, board_picture, talk_table
from serverless_course.figures.widget_bundle import widget_bundle

KEYS = "Keyboard: Tab goes from button to button; Space presses one."
# What was put where, by model and duty: running the cell again loses nothing.
_KEPT: dict[tuple[str, str], str] = {}


def verdict_html(duty: Duty, model: str, said: str) -> str:
    """What an answer is told: right or not, why, and the talk's cell."""
    answer = duty.answer(model)
    if said == answer.owner:
        head = f"✓ Yes: {said}."
    elif answer.takes(said):
        head = f"✓ One may say so: {said}. Mostly it is {answer.owner}."
    else:
        head = f"✗ Not {said}."
    return (
        f"<span><strong>{escape(head)}</strong> {escape(answer.why)} "
        f"<em>{escape(duty.quote(model))}</em></span>"
    )


def score_table(said: dict[tuple[str, str], str]) -> pd.DataFrame:
    """For each model, how many duties were put, and how many of them rightly."""
    rows = []
    for model in MODELS:
        put = [(duty, said[model, duty.name]) for duty in DUTIES if (model, duty.name) in said]
        right = sum(duty.answer(model).takes(owner) for duty, owner in put)
        rows.append((model, f"{len(put)} of {len(DUTIES)}", right))
    return pd.DataFrame(rows, columns=["model", "put", "right"]).set_index("model")


def spaced_html(table: pd.DataFrame) -> str:
    """A table with room between its columns: a widget's HTML has no style of a page's tables."""
    room = 'style="text-align: left; vertical-align: top; padding: 0.1em 1.5em 0.1em 0"'
    heads = "".join(
        f'<th scope="col" {room}>{escape(str(name))}</th>'
        for name in (table.index.name, *table.columns)
    )
    rows = "".join(
        f'<tr><th scope="row" {room}>{escape(str(name))}</th>'
        + "".join(f"<td {room}>{escape(str(cell))}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in table.itertuples()
    )
    return (
        '<table style="border-collapse: collapse; line-height: 1.4"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def talk_html() -> str:
    """The talk's own table, what it leaves out, and its slip."""
    return (
        "<p><strong>The talk's own table</strong> (2018 or 2019, word for word)</p>"
        f"{spaced_html(talk_table())}"
        f"<p>It leaves out: {escape('; '.join(LEFT_OUT))}. All of these are yours.</p>"
        f"<p>{escape(SLIP)}</p>"
    )


class WhoDoesIt:
    """Buttons for the model, and three for each duty; verdicts and scores follow.

    Without a kernel, a reader sees the whole board with its answers, and the talk's table.
    """

    def __init__(self) -> None:
        self.model = widgets.ToggleButtons(options=MODELS, value=FIRST_MODEL)
        self.model.style.button_width = "auto"
        self.choices: dict[str, widgets.ToggleButtons] = {}
        self.told: dict[str, widgets.HTML] = {}
        rows = []
        for duty in DUTIES:
            choice = widgets.ToggleButtons(
                options=OWNERS, value=None, tooltips=[f"{duty.name}: {each}" for each in OWNERS]
            )
            choice.style.button_width = "4.5em"
            choice.observe(lambda change, duty=duty: self._put(duty, change["new"]), "value")
            self.choices[duty.name], self.told[duty.name] = choice, widgets.HTML()
            name = widgets.HTML(
                f"<strong>{escape(duty.name)}</strong>", layout={"width": "27em", "margin": "0"}
            )
            row = widgets.HBox([name, choice], layout={"flex_flow": "row wrap"})
            rows += [row, self.told[duty.name]]
        self.score = widgets.HTML()
        self.again = widgets.Button(description="Start again", layout={"width": "10em"})
        self.again.on_click(lambda _: self._start_again())
        self._filling = False
        self.model.observe(lambda _: self._fill(), "value")
        self._fill()
        keys = widgets.HTML(f"<small>{KEYS}</small>")
        talk = widgets.HTML(talk_html())
        self.box = widgets.VBox([self.model, keys, *rows, self.score, self.again, talk])

    def _put(self, duty: Duty, said: str | None) -> None:
        if not self._filling and said is not None:
            _KEPT[self.model.value, duty.name] = said
            self._tell(duty)
            self._count()

    def _fill(self) -> None:
        """Show what was put for the chosen model."""
        self._filling = True
        for duty in DUTIES:
            self.choices[duty.name].value = _KEPT.get((self.model.value, duty.name))
            self._tell(duty)
        self._filling = False
        self._count()

    def _tell(self, duty: Duty) -> None:
        said = _KEPT.get((self.model.value, duty.name))
        self.told[duty.name].value = (
            "" if said is None else verdict_html(duty, self.model.value, said)
        )

    def _count(self) -> None:
        scores = score_table(_KEPT)
        here = scores.loc[self.model.value]
        self.score.value = (
            f'<p role="status">{escape(self.model.value)}: {here["put"]} duties put, '
            f"{here['right']} of them rightly.</p>{spaced_html(scores)}"
        )

    def _start_again(self) -> None:
        _KEPT.clear()
        self._fill()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        whole = f"{board_picture()._repr_html_()}{talk_html()}"
        return widget_bundle(self.box, whole, alt())


def who_does_it() -> WhoDoesIt:
    """The board of duties, to be filled in; what was put is kept when the cell is run again."""
    return WhoDoesIt()
