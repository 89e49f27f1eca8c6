"""Choose rate, duration and limits; what a burst needs and gets follows: a model."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.concurrency_model import Load, sentence
from serverless_course.figures.widget_bundle import widget_bundle

FIRST = Load(per_second=3000, duration_ms=500)
SHOWN_S = 30
NO_RESERVED = -1
KEYS = "Keyboard: Tab goes from field to field; the arrow keys change a number."


def planner_picture(load: Load) -> Picture:
    """Environments needed and given, over the first 30 seconds of a load."""
    times = [tenth / 10 for tenth in range(SHOWN_S * 10 + 1)]
    given = [load.given(at) for at in times]
    figure = style.new_figure(7.5, 3.4)
    axes = figure.add_subplot()
    axes.plot(times, [load.needed] * len(times), color=style.MODEL.colour, linestyle=":")
    axes.plot(times, given, color=style.MEASURED.colour, linewidth=2)
    axes.fill_between(times, given, color=style.MEASURED.colour, alpha=0.15)
    refused = [each < load.needed for each in given]
    axes.fill_between(
        times,
        given,
        load.needed,
        where=refused,
        facecolor="white",
        edgecolor=style.PUBLISHED.colour,
        hatch="///",
        linewidth=0,
    )
    style.dress(axes, x="seconds since the load began", y="environments")
    axes.set_xlim(0, SHOWN_S)
    axes.set_ylim(0, max(load.needed, load.cap if load.cap < 2 * load.needed else 0, 1) * 1.15)
    style.label(axes, "needed", (0.4, load.needed), style.MODEL, (0, 7))
    if given[-1] > 0:
        style.label(axes, "given", (SHOWN_S * 0.9, given[-1]), style.MEASURED, (0, -9))
    if any(refused):
        middle = (given[0] + load.needed) / 2
        axes.annotate(
            "throttled",
            (0.6, middle),
            va="center",
            color=style.PUBLISHED.colour,
            fontweight="bold",
            bbox={"boxstyle": "square,pad=0.2", "facecolor": style.CARD, "edgecolor": "none"},
        )
    style.title(figure, _message(load))
    return Picture(figure, f"A model of the first {SHOWN_S} seconds of a load. {sentence(load)}")


def _message(load: Load) -> str:
    first, last = load.throttled(0), load.throttled(SHOWN_S)
    needed = f"{load.needed:,.0f} environments needed"
    if not first and not last:
        return f"{needed}, and given: nothing is throttled"
    return f"{needed}: {first:.0%} throttled at first, {last:.0%} after {SHOWN_S} s"


class ConcurrencyPlanner:
    """Five number fields; the picture and its sentence follow.

    Without a kernel, a reader sees a load that is more than an account's first limit.
    """

    def __init__(self) -> None:
        self._first = planner_picture(FIRST)
        self.rate = _field("Requests a second", int(FIRST.per_second), 1, 100_000, 100)
        self.duration = _field("Duration (ms)", int(FIRST.duration_ms), 1, 900_000, 50)
        self.account = _field("Account limit", FIRST.account, 1, 100_000, 100)
        self.reserved = _field("Reserved (-1: none)", NO_RESERVED, NO_RESERVED, 100_000, 1)
        self.provisioned = _field("Provisioned", FIRST.provisioned, 0, 100_000, 50)
        self.fields = (self.rate, self.duration, self.account, self.reserved, self.provisioned)
        self.picture = widgets.HTML()
        for field in self.fields:
            field.observe(self._draw, "value")
        self._draw()
        controls = widgets.HBox(list(self.fields), layout={"flex_flow": "row wrap"})
        keys = widgets.HTML(f"<small>{KEYS}</small>")
        self.box = widgets.VBox([controls, keys, self.picture])

    def chosen(self) -> Load:
        """The load and the limits that are chosen now."""
        reserved = int(self.reserved.value)
        return Load(
            per_second=self.rate.value,
            duration_ms=self.duration.value,
            account=int(self.account.value),
            reserved=None if reserved == NO_RESERVED else reserved,
            provisioned=int(self.provisioned.value),
        )

    def _draw(self, _: Any = None) -> None:
        load = self.chosen()
        words = f'<p role="status">{sentence(load)}</p>'
        self.picture.value = planner_picture(load).image_html() + words

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, sentence(FIRST))


def _field(name: str, value: int, least: int, most: int, step: int) -> widgets.BoundedIntText:
    return widgets.BoundedIntText(
        description=name,
        value=value,
        min=least,
        max=most,
        step=step,
        style={"description_width": "initial"},
    )


def concurrency_planner() -> ConcurrencyPlanner:
    """Rate, duration and limits of a load, to be changed."""
    return ConcurrencyPlanner()
