"""What the pipeline of lab 10 has to reach: eight figures, and when each is good enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Goal:
    """One figure of the report.

    Attributes:
        key: its name in a learner's answer.
        what: its name in words.
        wanted: the goal in words.
        shown: how a value is written, with its unit.
        reached: whether a value is good enough, beside that of the first attempt.
    """

    key: str
    what: str
    wanted: str
    shown: Callable[[float], str]
    reached: Callable[[float, float | None], bool]


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _ms(value: float) -> str:
    return f"{value:,.0f} ms"


GOALS = (
    Goal("pictures", "pictures of 200 photos", "200", _whole, lambda now, _: now == 200),
    Goal("written_again", "written more than once", "0", _whole, lambda now, _: now == 0),
    Goal("lost", "neither picture nor dead letter", "0", _whole, lambda now, _: now == 0),
    Goal(
        "usd_per_1000",
        "Lambda, a thousand photos",
        "less than at first",
        lambda value: f"${value:.6f}",
        lambda now, first: first is None or now < first,
    ),
    Goal("p50_ms", "upload to picture, p50", "under 2,000 ms", _ms, lambda now, _: now < 2_000),
    Goal("p95_ms", "upload to picture, p95", "under 10,000 ms", _ms, lambda now, _: now < 10_000),
    Goal(
        "cold_share",
        "cold invocations",
        "under 15 %",
        lambda value: f"{100 * value:.1f} %",
        lambda now, _: now < 0.15,
    ),
    Goal(
        "detect_s",
        "first failure to alarm",
        "under 60 s",
        lambda value: f"{value:.1f} s",
        lambda now, _: 0 <= now < 60,
    ),
)


def reached(figures: Figures, first: Figures) -> list[Goal]:
    """The goals that the figures reach.

    Args:
        figures: the figures by their keys; one that is missing or None reaches nothing.
        first: those of the first attempt.
    """
    return [
        goal
        for goal in GOALS
        if (value := figures.get(goal.key)) is not None and goal.reached(value, first.get(goal.key))
    ]
