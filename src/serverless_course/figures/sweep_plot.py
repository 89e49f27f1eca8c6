"""Time and cost over memory: the picture and the table of a sweep."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from serverless_course.figures.alt import Picture
from serverless_course.figures.style import (
    MEASURED,
    MODEL,
    OTHER,
    PUBLISHED,
    dress,
    label,
    memory_axis,
    new_figure,
    title,
)

MB_PER_VCPU = 1769


class SweepPoint(Protocol):
    """What is drawn of one memory size: MB, milliseconds, dollars for one invocation.

    The bounds are those of a 95 % interval of the median, None where it is not known.
    """

    @property
    def memory_mb(self) -> int: ...
    @property
    def median_ms(self) -> float: ...
    @property
    def low_ms(self) -> float | None: ...
    @property
    def high_ms(self) -> float | None: ...
    @property
    def usd(self) -> float: ...
    @property
    def usd_low(self) -> float | None: ...
    @property
    def usd_high(self) -> float | None: ...


def sweep_plot(
    points: Sequence[SweepPoint],
    table: pd.DataFrame | None = None,
    published: Mapping[int, float] | None = None,
    published_label: str = "",
    *,
    disturbance: str = "",
) -> Picture:
    """Draw a sweep in two panels, duration and cost of a million invocations.

    ``published`` maps MB to seconds measured elsewhere (its ``published_label`` names source and
    date); it is shown scaled to our duration at the first size that both have, because the work
    differs. The model is of work for one CPU: time falls with memory / 1769 up to one vCPU, and
    stays from there on. ``disturbance`` is what a busy machine did to the figures: then it is the
    title. ``ValueError`` when there is nothing to draw.
    """
    if not points:
        raise ValueError("There is nothing to draw: no memory size gave a usable measurement.")
    points = sorted(points, key=lambda point: point.memory_mb)
    sizes = [point.memory_mb for point in points]
    figure = new_figure(7.5, 4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    _draw_times(above, points)
    if published:
        _draw_published(above, points, published, published_label)
    _draw_costs(below, points)
    memory_axis(below, sizes)
    message = disturbance or _message(points)
    title(figure, message)
    return Picture(figure, _alt(points, message), table)


def _draw_times(axes: Axes, points: Sequence[SweepPoint]) -> None:
    sizes = [point.memory_mb for point in points]
    times = [point.median_ms for point in points]
    bars = _bars((p.median_ms, p.low_ms, p.high_ms) for p in points)
    first = points[0]
    model = [
        first.median_ms * min(first.memory_mb, MB_PER_VCPU) / min(size, MB_PER_VCPU)
        for size in sizes
    ]
    axes.plot(sizes, model, color=MODEL.colour, linestyle=MODEL.line)
    axes.errorbar(sizes, times, yerr=bars, color=MEASURED.colour, marker=MEASURED.marker, capsize=3)
    label(axes, "measured here", (sizes[-1], times[-1]), MEASURED, (10, 6))
    if len(sizes) > 1:
        middle = len(sizes) // 2
        label(axes, "model: CPU only", (sizes[middle], model[middle]), MODEL, (-92, -12))
    axes.set_yscale("log")
    axes.set_ylim(min(*times, *model) / 1.6, max(*times, *model) * 1.4)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    dress(axes, x="", y="median duration (ms)")


def _draw_published(
    axes: Axes, points: Sequence[SweepPoint], published: Mapping[int, float], text: str
) -> None:
    common = [point for point in points if point.memory_mb in published]
    if not common:
        return
    scale = common[0].median_ms / published[common[0].memory_mb]
    sizes = [point.memory_mb for point in common]
    values = [published[size] * scale for size in sizes]
    colour, marker, line = PUBLISHED.colour, PUBLISHED.marker, PUBLISHED.line
    axes.plot(sizes, values, color=colour, marker=marker, linestyle=line)
    # Not at the last size: our own label stands there.
    place = len(sizes) // 2
    label(axes, f"{text}, scaled", (sizes[place], values[place]), PUBLISHED, (6, 12))


def _draw_costs(axes: Axes, points: Sequence[SweepPoint]) -> None:
    costs = [point.usd * 1e6 for point in points]
    bars = _bars((p.usd, p.usd_low, p.usd_high) for p in points)
    axes.errorbar(
        [point.memory_mb for point in points],
        costs,
        yerr=[[bar * 1e6 for bar in side] for side in bars],
        color=OTHER.colour,
        marker=OTHER.marker,
        linestyle=OTHER.line,
        capsize=3,
    )
    dress(axes, x="memory (MB)", y="dollars per million")
    axes.set_ylim(0, max(costs) * 1.15)


def _bars(figures: Iterable[tuple[float, float | None, float | None]]) -> list[list[float]]:
    """Lengths below and above each median, 0 where the interval is not known."""
    lower, upper = [], []
    for middle, low, high in figures:
        lower.append(0.0 if low is None else max(0.0, middle - low))
        upper.append(0.0 if high is None else max(0.0, high - middle))
    return [lower, upper]


def _message(points: Sequence[SweepPoint]) -> str:
    """Fast and slow compared; no winner where the intervals overlap or are not known."""
    fast = min(points, key=lambda point: point.median_ms)
    slow = max(points, key=lambda point: point.median_ms)
    if fast is slow:
        return f"{fast.memory_mb:,} MB takes {fast.median_ms:,.1f} ms"
    high, low = fast.high_ms, slow.low_ms
    unknown = high is None or low is None
    alike = slow.median_ms <= fast.median_ms * 1.02
    if alike or (high is not None and low is not None and low <= high):
        return "Memory makes no clear difference to the time"
    if unknown:
        return "Too few runs to tell the sizes apart: six or more give intervals"
    times = slow.median_ms / fast.median_ms
    return f"{fast.memory_mb:,} MB is {times:.1f} times as fast as {slow.memory_mb:,} MB"


def _alt(points: Sequence[SweepPoint], message: str) -> str:
    first, last = points[0], points[-1]
    costs = [point.usd * 1e6 for point in points]
    cheapest = min(points, key=lambda point: point.usd)
    return (
        f"Two charts over memory size. {message}. The median duration is {first.median_ms:,.1f} ms "
        f"at {first.memory_mb:,} MB and {last.median_ms:,.1f} ms at {last.memory_mb:,} MB. A "
        f"million invocations cost between {min(costs):.2f} and {max(costs):.2f} dollars; the "
        f"lowest figure stands at {cheapest.memory_mb:,} MB."
    )
