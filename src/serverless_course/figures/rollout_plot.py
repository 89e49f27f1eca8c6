"""A roll-out second by second: which version answered, and how often it failed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.trace_look import counted


class Answer(NamedTuple):
    """One answer: seconds since the roll-out began, the version that gave it, no error."""

    time_s: float
    version: str
    ok: bool


Answers = Iterable[tuple[float, str, bool]]


def rollout_plot(answers: Answers, marks: Mapping[str, float] | None = None) -> Picture:
    """Draw answers and errors by version, in bins of one second.

    Args:
        answers: of each invocation when it was answered in seconds since the roll-out began, by
            which version, and whether without an error.
        marks: what happened meanwhile, by a word or two, as ``{"alarm": 6.2}``; in seconds.

    Raises:
        ValueError: there is no answer, more versions than can be told apart, or a time that is no
            finite number.
    """
    given = sorted(Answer(*each) for each in answers)
    marks = dict(marks or {})
    _check(given, marks)
    versions = sorted({each.version for each in given}, key=_order)
    table = by_version(given)
    message = _message(table)
    figure = style.new_figure(8.0, 1.1 + 1.7 * len(versions))
    panels = np.atleast_1d(figure.subplots(len(versions), 1, sharex=True, sharey=True))
    rows = table.to_dict("index")
    for axes, version in zip(panels, versions, strict=True):
        good, bad = seconds(given, version)
        axes.bar(list(good), list(good.values()), 0.9, align="edge", color="#9ec9e2")
        bottom = [good.get(second, 0) for second in bad]
        look = {"color": "#b3001b", "hatch": "///", "edgecolor": style.CARD, "linewidth": 0.3}
        axes.bar(list(bad), list(bad.values()), 0.9, align="edge", bottom=bottom, **look)
        row = rows[version]
        axes.set_title(
            f"version {version}: {counted(int(row['answers']), 'answer')}, "
            f"{counted(int(row['errors']), 'error')} (hatched)",
            loc="left",
            fontsize=10,
            color=style.INK,
        )
        for when in marks.values():
            axes.axvline(when, color=style.INK, linewidth=1.1, linestyle="--")
        style.dress(axes, x="", y="per second")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    panels[-1].set_xlabel("seconds since the roll-out began", color=style.INK)
    panels[0].margins(y=0.5)
    for step, (name, when) in enumerate(sorted(marks.items(), key=lambda mark: mark[1])):
        panels[0].annotate(
            name,
            (when, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -11 - 11 * (step % 3)),
            textcoords="offset points",
            fontsize=9,
            color=style.INK,
        )
    style.title(figure, message)
    return Picture(figure, _alt(message, table, marks), table, table_below=True)


def seconds(answers: Sequence[Answer], version: str) -> tuple[dict[int, int], dict[int, int]]:
    """Of one version: how many answers went well and how many failed, by the second."""
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for each in answers:
        if each.version == version:
            held = counts[0 if each.ok else 1]
            second = math.floor(each.time_s)
            held[second] = held.get(second, 0) + 1
    return counts


def by_version(answers: Answers) -> pd.DataFrame:
    """A row for each version: answers, errors, errors in per cent, its share of all in per cent."""
    given = [Answer(*each) for each in answers]
    rows = {}
    for version in sorted({each.version for each in given}, key=_order):
        own = [each for each in given if each.version == version]
        errors = sum(not each.ok for each in own)
        rows[version] = {
            "answers": len(own),
            "errors": errors,
            "errors, %": round(100 * errors / len(own), 1),
            "share of all, %": round(100 * len(own) / len(given), 1),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "version"
    return table


def _order(version: str) -> tuple[int, str]:
    return (int(version) if version.isdecimal() else -1, version)


def _check(answers: Sequence[Answer], marks: Mapping[str, float]) -> None:
    if not answers:
        raise ValueError("There is nothing to draw: nobody answered yet.")
    times = [*(each.time_s for each in answers), *marks.values()]
    if not all(math.isfinite(time) and time >= 0 for time in times):
        raise ValueError("A time must be a finite number of seconds, 0 or more.")
    if len({each.version for each in answers}) > len(style.SERIES):
        raise ValueError(f"At most {len(style.SERIES)} versions can be told apart.")


def _message(table: pd.DataFrame) -> str:
    errors = int(table["errors"].sum())
    whole = int(table["answers"].sum())
    if not errors:
        return f"{counted(whole, 'answer')}, no error"
    rows = table.to_dict("index")
    worst = max(rows, key=lambda version: int(rows[version]["errors"]))
    return (
        f"{counted(errors, 'error')} in {counted(whole, 'answer')}: version {worst} has "
        f"{rows[worst]['errors']} of them, with {rows[worst]['share of all, %']:.0f} % of the "
        "traffic"
    )


def _alt(message: str, table: pd.DataFrame, marks: Mapping[str, float]) -> str:
    words = [f"Bars by the second, one chart for each version. {message}."]
    words += [
        f"Version {version}: {int(row['answers'])} answers, {int(row['errors'])} errors."
        for version, row in table.iterrows()
    ]
    ordered = sorted(marks.items(), key=lambda mark: mark[1])
    words += [f"Second {when:.1f}: {name}." for name, when in ordered]
    return " ".join(words)
