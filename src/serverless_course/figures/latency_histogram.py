"""How long requests took: a histogram with its percentiles, cold and warm apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.style import Series
from serverless_course.figures.trace_look import counted, duration
from serverless_course.functions.samples import Summary
from serverless_course.traces.latency import Latency

BINS = 32
# From this ratio of the longest to the shortest on, equal steps would hide one of them.
LOG_FROM = 20
# A p95 is a value of its own from 20 values on, a p99 from 100 on: below, it is the longest.
NEEDED = {"p50": 1, "p95": 20, "p99": 100}

Pairs = list[tuple[float, int]]


def latency_histogram(
    latencies: Iterable[float] | Iterable[Mapping[str, Any]],
    *,
    cold: Iterable[float] | Iterable[Mapping[str, Any]] | None = None,
    what: str = "latency",
    disturbance: str = "",
) -> Picture:
    """Draw latencies with their p50, p95 and p99.

    Percentiles are nearest-rank, as ``traces.latency`` says. One for which there are too few
    values is not drawn: p95 needs 20 values, p99 needs 100.

    Args:
        latencies: milliseconds; or X-Ray's histogram entries (``Value`` in seconds, ``Count``) as
            ``ResponseTimeHistogram`` holds them; or ``get_trace_summaries(...)["TraceSummaries"]``,
            of which ``ResponseTime`` is drawn. With ``cold``, these are the warm ones.
        cold: those of cold starts, in any of these forms; drawn apart, on the same axis.
        what: what was measured, for title and axis.
        disturbance: what the title says besides when the machine was busy.

    Raises:
        ValueError: there is nothing to draw, or a value is below 0 or no finite number.
    """
    groups: list[tuple[str, Pairs, Series]] = []
    first = "" if cold is None else "warm"
    for name, given, series in (
        (first, latencies, style.MEASURED),
        ("cold", cold, style.PUBLISHED),
    ):
        pairs = _pairs(given) if given is not None else []
        if pairs:
            groups.append((name, pairs, series))
    if not groups:
        raise ValueError("There are no latencies to draw: nothing was measured.")
    figure = style.new_figure(8.0, 0.9 + 2.3 * len(groups))
    panels = np.atleast_1d(figure.subplots(len(groups), 1, sharex=True))
    edges, is_log = _bins([value for _, pairs, _ in groups for value, _ in pairs])
    for axes, (name, pairs, series) in zip(panels, groups, strict=True):
        _draw(axes, name, pairs, series, edges, is_log)
        last = axes is panels[-1]
        label = f"{what} (ms{', logarithmic' if is_log else ''})" if last else ""
        style.dress(axes, x=label, y="requests")
    if is_log:
        panels[-1].xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panels[-1].xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        panels[-1].xaxis.set_minor_formatter(NullFormatter())
    spreads = {name: Latency.of_weighted(pairs) for name, pairs, _ in groups}
    message = ". ".join(part for part in (_message(spreads, what), disturbance) if part)
    style.title(figure, message)
    table = latency_table(groups)
    return Picture(figure, _alt(spreads, message, is_log), table)


def latency_table(groups: Sequence[tuple[str, Pairs, Series]]) -> pd.DataFrame:
    """A row for each group: n, percentiles in ms, the median's 95 % interval where it has one."""
    rows = []
    for _, pairs, _ in groups:
        spread = Latency.of_weighted(pairs)
        summary = Summary.of(value for value, count in pairs for _ in range(count))
        rows.append(
            {
                "n": spread.n,
                **{name: _borne(spread, name) for name in NEEDED},
                "least": spread.least,
                "longest": spread.greatest,
                "median from": summary.low,
                "median to": summary.high,
            }
        )
    index = pd.Index([name or "all" for name, _, _ in groups], name="ms")
    return pd.DataFrame(rows, index=index).astype(float).astype({"n": int}).round(2)


def _pairs(given: Iterable[Any]) -> Pairs:
    pairs = [_pair(each) for each in given]
    for value, _ in pairs:
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"A latency of {value} ms: it must be a finite number, 0 or more.")
    return [pair for pair in pairs if pair[1] > 0]


def _pair(given: Any) -> tuple[float, int]:
    if not isinstance(given, Mapping):
        return float(given), 1
    if "Value" in given and "Count" in given:
        return 1000 * float(given["Value"]), int(given["Count"])
    if "ResponseTime" in given or "Duration" in given:
        # A trace in progress has no ResponseTime yet, and is none of a finished request.
        seconds = given.get("ResponseTime")
        return (1000 * float(seconds), 1) if seconds is not None else (0.0, 0)
    raise ValueError(
        "This is neither a number, nor a histogram entry with Value and Count, nor a trace "
        f"summary with ResponseTime: {sorted(given)[:6]}"
    )


def _bins(values: Sequence[float]) -> tuple[list[float], bool]:
    low, high = min(values), max(values)
    if low > 0 and high / low > LOG_FROM:
        return [float(edge) for edge in np.geomspace(low, high * 1.0001, BINS + 1)], True
    if high == low:
        low, high = low * 0.9, high * 1.1 or 1.0
    return [float(edge) for edge in np.linspace(low, high, BINS + 1)], False


def _draw(
    axes: Axes, name: str, pairs: Pairs, series: Series, edges: list[float], is_log: bool
) -> None:
    spread = Latency.of_weighted(pairs)
    heights, _, _ = axes.hist(
        [value for value, _ in pairs],
        bins=edges,
        weights=[count for _, count in pairs],
        color=series.colour,
        alpha=0.55,
        edgecolor=style.CARD,
        linewidth=0.6,
        hatch="///" if name == "cold" else None,
    )
    if is_log:
        axes.set_xscale("log")
    top = float(np.max(heights)) or 1.0
    axes.set_ylim(0, top * 1.62)
    for place, (percent, value) in enumerate(
        (each, found) for each in NEEDED if (found := _borne(spread, each)) is not None
    ):
        # Each label one step lower, so that percentiles side by side can be read.
        height = top * (1.5 - 0.17 * place)
        axes.plot([value, value], [0, height], color=style.INK, linewidth=1.1, linestyle="--")
        axes.annotate(
            f"{percent} {duration(value / 1000)}",
            (value, height),
            xytext=(4, -1),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=style.INK,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": style.CARD, "edgecolor": "none"},
        )
    text = f"{name}, n = {spread.n:,}" if name else f"n = {spread.n:,}"
    axes.set_title(text, loc="right", color=series.colour, fontsize=10, fontweight="bold")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def _borne(spread: Latency, percent: str) -> float | None:
    """A percentile, when there are values enough for it."""
    if spread.n < NEEDED[percent]:
        return None
    return {"p50": spread.p50, "p95": spread.p95, "p99": spread.p99}[percent]


def _message(spreads: Mapping[str, Latency], what: str) -> str:
    if {"cold", "warm"} <= set(spreads):
        cold, warm = spreads["cold"], spreads["warm"]
        return (
            f"A cold start's median {what} is {duration(cold.p50 / 1000)}, a warm one's "
            f"{duration(warm.p50 / 1000)}"
        )
    name, spread = next(iter(spreads.items()))
    if spread.n == 1:
        return f"One {f'{name} ' if name else ''}request took {duration(spread.p50 / 1000)}"
    text = f"Half of {counted(spread.n, 'request')} took {duration(spread.p50 / 1000)} or less"
    if name:
        text = f"{name.capitalize()}: {text[0].lower()}{text[1:]}"
    p95 = _borne(spread, "p95")
    return text if p95 is None else f"{text}, one in twenty more than {duration(p95 / 1000)}"


def _alt(spreads: Mapping[str, Latency], message: str, is_log: bool) -> str:
    parts = [f"Histogram over {'a logarithmic' if is_log else 'an'} axis of ms. {message}."]
    for name, spread in spreads.items():
        told = [
            f"{percent} {duration(value / 1000)}"
            for percent in NEEDED
            if (value := _borne(spread, percent)) is not None
        ]
        left = [percent for percent, needed in NEEDED.items() if spread.n < needed]
        head = f"{name.capitalize()}, n = {spread.n:,}" if name else f"n = {spread.n:,}"
        parts.append(f"{head}: {', '.join(told)}.")
        if left:
            parts.append(f"Too few values for {' and '.join(left)}.")
    return " ".join(parts)
