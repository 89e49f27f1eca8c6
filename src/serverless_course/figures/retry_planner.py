"""Choose the retries and the maximum age, see one event's life: a model, with no measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.widget_bundle import widget_bundle

# Pauses before the second and the third attempt, in seconds (Lambda Developer Guide, "How Lambda
# handles errors and retries with asynchronous invocation", read 2026-11).
PAUSES_S = (60, 120)
LARGEST_AGE_S = 21_600
FIRST_RETRIES, FIRST_AGE_S, FIRST_FAILURES = 2, LARGEST_AGE_S, 3


@dataclass(frozen=True)
class ModelledLife:
    """When an event is tried, in seconds, and how it ends."""

    attempts_s: tuple[int, ...]
    ending: str

    @property
    def lost(self) -> bool:
        """Whether the event was not handled."""
        return self.ending != "handled"


def modelled_life(retries: int, max_age_s: int, failures: int) -> ModelledLife:
    """The life of an event that fails ``failures`` times before it would be handled.

    ``retries`` is MaximumRetryAttempts (0 to 2), ``max_age_s`` MaximumEventAgeInSeconds (60 to
    21,600). How long an attempt takes is left out.
    """
    at, times = 0, [0]
    for pause in PAUSES_S[:retries]:
        if failures < len(times):
            return ModelledLife(tuple(times), "handled")
        at += pause
        if at >= max_age_s:
            return ModelledLife(tuple(times), "EventAgeExceeded")
        times.append(at)
    return ModelledLife(tuple(times), "handled" if failures < len(times) else "RetriesExhausted")


def sentence(retries: int, max_age_s: int, failures: int) -> str:
    """The model in words."""
    life = modelled_life(retries, max_age_s, failures)
    when = " and ".join(f"{at} s" for at in life.attempts_s)
    tries = f"{len(life.attempts_s)} attempt{'s' if len(life.attempts_s) > 1 else ''}, at {when}"
    if not life.lost:
        return f"{tries}: the last one succeeds, and the event is handled."
    why = {
        "RetriesExhausted": "no retry is left (RetriesExhausted)",
        "EventAgeExceeded": "the next try would come after its maximum age (EventAgeExceeded)",
    }[life.ending]
    return f"{tries}. Then {why}. Without a dead-letter queue or a destination, it is lost."


def planner_picture(retries: int, max_age_s: int, failures: int) -> Picture:
    """The modelled life as a time line."""
    life = modelled_life(retries, max_age_s, failures)
    words = sentence(retries, max_age_s, failures)
    figure = style.new_figure(7.5, 1.9)
    axes = figure.add_subplot()
    last = len(life.attempts_s) - 1
    axes.plot([0, 200], [0, 0], color=style.GRID, linewidth=1)
    for number, at in enumerate(life.attempts_s):
        good = number == last and not life.lost
        series = style.OTHER if good else style.PUBLISHED
        axes.plot([at], [0], color=series.colour, marker="o" if good else "X", markersize=11)
        axes.annotate(
            f"attempt {number + 1}\n{'handled' if good else 'fails'}",
            (at, 0),
            xytext=(0, 14),
            textcoords="offset points",
            ha="center",
            color=series.colour,
            fontsize=9,
        )
    if max_age_s < 200:
        axes.axvline(max_age_s, color=style.QUIET_INK, linestyle=":")
        axes.annotate(
            "maximum age",
            (max_age_s, -0.75),
            xytext=(4, 0),
            textcoords="offset points",
            color=style.QUIET_INK,
            fontsize=9,
        )
    style.dress(axes, x="seconds since the event was accepted", y="")
    axes.set_yticks([])
    axes.set_ylim(-1, 1.6)
    axes.set_xlim(-15, 205)
    style.title(figure, "Handled" if not life.lost else f"Not handled: {life.ending}")
    return Picture(figure, f"A time line of the model. {words}")


class RetryPlanner:
    """Three number fields; the time line and its sentence follow.

    Without a kernel, a reader sees the defaults of AWS for an event that always fails.
    """

    def __init__(self) -> None:
        self._first = planner_picture(FIRST_RETRIES, FIRST_AGE_S, FIRST_FAILURES)
        wide = {"style": {"description_width": "initial"}}
        self.retries = widgets.BoundedIntText(
            description="MaximumRetryAttempts", value=FIRST_RETRIES, min=0, max=2, **wide
        )
        self.age = widgets.BoundedIntText(
            description="MaximumEventAgeInSeconds",
            value=FIRST_AGE_S,
            min=60,
            max=LARGEST_AGE_S,
            step=30,
            **wide,
        )
        self.failures = widgets.BoundedIntText(
            description="It fails this many times", value=FIRST_FAILURES, min=0, max=3, **wide
        )
        self.picture = widgets.HTML()
        for field in (self.retries, self.age, self.failures):
            field.observe(self._draw, "value")
        self._draw()
        controls = widgets.HBox(
            [self.retries, self.age, self.failures], layout={"flex_flow": "row wrap"}
        )
        self.box = widgets.VBox([controls, self.picture])

    def _chosen(self) -> tuple[int, int, int]:
        return int(self.retries.value), int(self.age.value), int(self.failures.value)

    def _draw(self, _: Any = None) -> None:
        words = f'<p role="status">{sentence(*self._chosen())}</p>'
        self.picture.value = planner_picture(*self._chosen()).image_html() + words

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(
            self.box, self._first, sentence(FIRST_RETRIES, FIRST_AGE_S, FIRST_FAILURES)
        )


def retry_planner() -> RetryPlanner:
    """Retries and maximum age of an asynchronous event, to be moved."""
    return RetryPlanner()
