"""Years of published cold starts on one axis, with one's own Init beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import median

import pandas as pd
from matplotlib.axes import Axes

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.cold_start_data import (
    SOURCE,
    Configuration,
    Month,
    language_of,
    months_of,
    runtimes_of,
)

# Own measurements stand right of the last month, apart from AWS's; in years.
BESIDE = 0.63
ROOM = 1.42
NOT_MEASURED = "was not measured"


def cold_start_years(
    configuration: Configuration, mine: Sequence[float] = (), *, disturbance: str = ""
) -> Picture:
    """Draw the months of a configuration: the median, and the band from p10 to p90.

    Args:
        configuration: runtime, package type, architecture and memory size.
        mine: Init Durations measured here, in milliseconds; drawn apart, and called so.
        disturbance: what a busy machine did to one's own figures: then it is in the title.

    Raises:
        LookupError: no such configuration was measured.
    """
    months = months_of(configuration)
    if not months:
        raise LookupError(f"{_name(configuration)} {NOT_MEASURED}: choose another.")
    figure = style.new_figure(9.0, 4.4)
    axes = figure.add_subplot()
    others = _others(configuration)
    for each in others:
        medians = [month.median for month in each]
        axes.plot([_year(m.first) for m in each], medians, color="#8c8c8c", linewidth=0.8)
    days = [_year(month.first) for month in months]
    low, high = [month.p10 for month in months], [month.p90 for month in months]
    colour = style.PUBLISHED.colour
    axes.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(days, [month.median for month in months], color=colour, linewidth=2)
    last = months[-1]
    style.label(
        axes,
        f"{configuration.runtime}\n{last.median:.0f} ms",
        (days[-1], last.median),
        style.PUBLISHED,
        (6, 0),
    )
    if mine:
        _draw_mine(axes, mine)
    axes.set_xticks(range(2023, 2028), labels=[str(year) for year in range(2023, 2028)])
    axes.set_xlim(_year(date(2023, 2, 1)), _year(date(2026, 8, 1)) + ROOM)
    axes.set_ylim(0, _top(months, others, mine))
    style.dress(axes, x=f"month ({SOURCE})", y="Init Duration (ms)")
    message = _message(configuration, last, mine, disturbance)
    style.title(figure, message)
    return Picture(figure, f"{message}. {sentence(configuration, mine)}", table_of(months, mine))


def sentence(configuration: Configuration, mine: Sequence[float] = ()) -> str:
    """What the published months say of a configuration, in words, and what was measured here."""
    months = months_of(configuration)
    if not months:
        return f"{_name(configuration)} {NOT_MEASURED}."
    first, last = months[0], months[-1]
    text = (
        f"{_name(configuration)}, on AWS: median Init {first.median:.0f} ms in "
        f"{first.first:%B %Y} and {last.median:.0f} ms in {last.first:%B %Y}; then one in ten took "
        f"{last.p90:.0f} ms or more ({sum(month.n for month in months):,} cold starts)."
    )
    if mine:
        text += (
            f" Measured here: median {median(mine):.0f} ms, from {min(mine):.0f} to "
            f"{max(mine):.0f} ms (n = {len(mine)}), on this machine and not on AWS."
        )
    return text


def table_of(months: Sequence[Month], mine: Sequence[float] = ()) -> pd.DataFrame:
    """A row for each January and the last month, and one for what was measured here; in ms."""
    chosen = [month for month in months[:-1] if month.first.month == 1] + [months[-1]]
    rows = [(f"{m.first:%b %Y}", "AWS", m.n, m.median, m.p10, m.p90) for m in chosen]
    if mine:
        ordered = pd.Series(list(mine))
        tenths = (float(ordered.quantile(0.1)), float(ordered.quantile(0.9)))
        rows.append(("now", "measured here", len(mine), round(median(mine), 1), *tenths))
    columns = ["when", "what", "n", "median ms", "p10 ms", "p90 ms"]
    return pd.DataFrame(rows, columns=columns).set_index("when").round(1)


def _others(configuration: Configuration) -> list[list[Month]]:
    """The months of the language's other runtimes, where they were measured."""
    language = language_of(configuration.runtime)
    names = runtimes_of(language) if language else []
    found = [
        months_of(replace(configuration, runtime=name))
        for name in names
        if name != configuration.runtime
    ]
    return [months for months in found if months]


def _draw_mine(axes: Axes, mine: Sequence[float]) -> None:
    at = _year(date(2026, 8, 1)) + BESIDE
    colour = style.MEASURED.colour
    axes.axvline(at - 0.11, color=style.QUIET_INK, linestyle=":", linewidth=0.8)
    axes.plot([at] * len(mine), list(mine), color=colour, marker="o", linestyle="", ms=4, alpha=0.5)
    axes.plot([at - 0.04, at + 0.04], [median(mine)] * 2, color=colour, linewidth=2.5)
    style.label(
        axes, f"measured here\n{median(mine):.0f} ms", (at, median(mine)), style.MEASURED, (14, 0)
    )


def _top(
    months: Sequence[Month], others: Sequence[Sequence[Month]], mine: Sequence[float]
) -> float:
    """The end of the axis: above the band, the other runtimes' medians and one's own values."""
    medians = [month.median for each in others for month in each]
    return 1.12 * max([*(month.p90 for month in months), *medians, *mine])


def _message(
    configuration: Configuration, last: Month, mine: Sequence[float], disturbance: str
) -> str:
    text = f"{_name(configuration)}: {last.median:.0f} ms of Init on AWS"
    if not mine:
        return f"{text}, one in ten {last.p90:.0f} or more"
    if disturbance:
        return f"{text}. {disturbance}"
    return f"{text}, {median(mine):.0f} ms here"


def _year(day: date) -> float:
    return day.year + (day.month - 1) / 12


def _name(configuration: Configuration) -> str:
    return (
        f"{configuration.runtime}, {configuration.package}, {configuration.architecture}, "
        f"{configuration.memory_mb:,} MB"
    )
