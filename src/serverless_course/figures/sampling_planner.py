"""Choose traffic, reservoir and rate; see what X-Ray records of it: a model, no measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.widget_bundle import widget_bundle

# X-Ray's default rule: the first request of each second, and 5 % of the others (X-Ray Developer
# Guide, "Configuring sampling rules", read 2026-11).
RESERVOIR_A_S, RATE_PERCENT = 1, 5
FIRST_REQUESTS_A_S, FIRST_RARE = 50, 1000
MINUTES_SHOWN = 60


@dataclass(frozen=True)
class Sampled:
    """What sampling records: ``a_second`` traces, a ``share`` of all requests (0 to 1)."""

    a_second: float
    share: float

    def chance_of(self, rare: int, requests: float) -> float:
        """The chance that at least one is recorded of the failures among so many requests.

        ``rare``: one request in so many fails. Each is taken to be recorded independently.
        """
        return float(1 - (1 - self.share / rare) ** requests)


def sampled(requests_a_s: int, reservoir_a_s: int, rate_percent: int) -> Sampled:
    """What a rule records of evenly spread traffic.

    ``reservoir_a_s`` requests of each second, then ``rate_percent`` of the others.
    """
    first = min(requests_a_s, reservoir_a_s)
    a_second = first + (requests_a_s - first) * rate_percent / 100
    return Sampled(a_second, a_second / requests_a_s)


def sentence(requests_a_s: int, reservoir_a_s: int, rate_percent: int, rare: int) -> str:
    """The model in words."""
    found = sampled(requests_a_s, reservoir_a_s, rate_percent)
    minute = found.chance_of(rare, 60 * requests_a_s)
    hour = found.chance_of(rare, 3600 * requests_a_s)
    return (
        f"Of {requests_a_s:,} requests a second, {found.a_second:,.4g} are recorded: "
        f"{found.share:.1%} of all. One request in {rare:,} fails: within a minute you have a "
        f"trace of such a failure with a chance of {minute:.0%}, within an hour of {hour:.0%}."
    )


def sampling_picture(
    requests_a_s: int, reservoir_a_s: int, rate_percent: int, rare: int
) -> Picture:
    """The chance to have a trace of the rare failure, over an hour of waiting."""
    found = sampled(requests_a_s, reservoir_a_s, rate_percent)
    minutes = list(range(MINUTES_SHOWN + 1))
    chances = [100 * found.chance_of(rare, 60 * requests_a_s * minute) for minute in minutes]
    figure = style.new_figure(7.5, 2.8)
    axes = figure.add_subplot()
    axes.plot(minutes, chances, color=style.MODEL.colour, linestyle="-", linewidth=2)
    style.dress(axes, x="minutes of waiting", y="chance of a trace of\nthe failure (%)")
    axes.set_xlim(0, MINUTES_SHOWN)
    axes.set_ylim(0, 105)
    half = next((minute for minute, chance in enumerate(chances) if chance >= 50), None)
    if half is None:
        said = f"after an hour {chances[-1]:.0f} %"
    else:
        said = f"50 % within {max(half, 1)} minute{'s' if half > 1 else ''}"
    at = half if half is not None else MINUTES_SHOWN
    axes.plot([at], [chances[at]], color=style.MEASURED.colour, marker="o", markersize=8)
    to_the_left = at > MINUTES_SHOWN * 0.6
    axes.annotate(
        said,
        (at, chances[at]),
        xytext=(-6, 12) if to_the_left else (10, -12),
        textcoords="offset points",
        ha="right" if to_the_left else "left",
        color=style.MEASURED.colour,
        fontsize=10,
    )
    style.title(figure, f"{found.share:.1%} of the requests are recorded (model)")
    words = sentence(requests_a_s, reservoir_a_s, rate_percent, rare)
    return Picture(figure, f"A curve of the model, over one hour. {words}")


class SamplingPlanner:
    """Four number fields; the curve and its sentence follow.

    Without a kernel, a reader sees X-Ray's default rule.
    """

    def __init__(self) -> None:
        first = (FIRST_REQUESTS_A_S, RESERVOIR_A_S, RATE_PERCENT, FIRST_RARE)
        self._first = sampling_picture(*first)
        self._words = sentence(*first)
        wide = {"style": {"description_width": "initial"}}
        self.requests = widgets.BoundedIntText(
            description="Requests a second", value=first[0], min=1, max=10_000, **wide
        )
        self.reservoir = widgets.BoundedIntText(
            description="Reservoir a second", value=first[1], min=0, max=10_000, **wide
        )
        self.rate = widgets.BoundedIntText(
            description="Rate of the others (%)", value=first[2], min=0, max=100, **wide
        )
        self.rare = widgets.BoundedIntText(
            description="One in so many fails", value=first[3], min=1, max=1_000_000, **wide
        )
        self.picture = widgets.HTML()
        self._fields = (self.requests, self.reservoir, self.rate, self.rare)
        for field in self._fields:
            field.observe(self._draw, "value")
        self._draw()
        controls = widgets.HBox(list(self._fields), layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([controls, self.picture])

    def _draw(self, _: Any = None) -> None:
        chosen = tuple(int(field.value) for field in self._fields)
        words = f'<p role="status">{sentence(*chosen)}</p>'
        self.picture.value = sampling_picture(*chosen).image_html() + words

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, self._words)


def sampling_planner() -> SamplingPlanner:
    """Traffic and a sampling rule, to be moved."""
    return SamplingPlanner()
