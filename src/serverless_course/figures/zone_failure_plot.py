"""Functions through the failure of a zone: how many requests succeed, and how long they take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

import pandas as pd
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.figures.trace_look import counted

BIN_S = 1.0


class Request(NamedTuple):
    """One request: when it was sent in seconds, whether it succeeded, and its time in ms."""

    time_s: float
    ok: bool
    latency_ms: float


Requests = Sequence[tuple[float, bool, float]]


def zone_failure_plot(
    runs: Mapping[str, Requests],
    failed_s: tuple[float, float],
    title: str | None = None,
    timeout_s: float | None = None,
) -> Picture:
    """Draw success rate and latency over time, in bins of one second.

    Args:
        runs: requests by what sent them, as `{"one subnet": [(0.05, True, 12.3), …]}`: when each
            was sent in seconds, whether it succeeded, and how long it took in ms.
        failed_s: when the zone failed and when it was healed, on the same clock.
        title: the picture's message; without it, the picture says what it found.
        timeout_s: the function's time-out in seconds. A request that took much longer waited for
            something else, such as a cold start: the title counts those.

    Raises:
        ValueError: no run or one without requests, more runs than can be told apart, or a
            failure that ends before it begins.
    """
    _check(runs, failed_s)
    bins = {name: binned(requests) for name, requests in runs.items()}
    during = {name: answered_during(requests, failed_s) for name, requests in runs.items()}
    message = title or _message(during)
    slow = waited_elsewhere(runs, timeout_s)
    if slow:
        waited = counted(slow, "request")
        message += f"\nDisturbed: {waited} waited for cold starts. Run it on a quiet machine"
    figure = style.new_figure(8.0, 4.8)
    above, below = figure.subplots(2, 1, sharex=True)
    for rank, ((name, table), series) in enumerate(zip(bins.items(), style.SERIES, strict=False)):
        look = {"color": series.colour, "linestyle": series.line, "marker": series.marker}
        above.plot(table.index, table["success, %"], markersize=4, **look)
        below.plot(table.index, table["median, ms"], markersize=4, **look)
        last = table.iloc[-1]
        style.label(above, name, (table.index[-1], last["success, %"]), series, (8, -13 * rank))
        style.label(below, name, (table.index[-1], last["median, ms"]), series, (8, 13 * rank))
    for axes in (above, below):
        axes.axvspan(*failed_s, color="#b3001b", alpha=0.10, linewidth=0)
    above.annotate(
        "zone failed",
        (failed_s[0], 1),
        xycoords=("data", "axes fraction"),
        xytext=(2, 3),
        textcoords="offset points",
        color="#8a0015",
        fontsize=9,
    )
    style.dress(above, x="", y="answered, also late (%)")
    above.set_ylim(-6, 106)
    style.dress(below, x="seconds since the first request", y="median time of all (ms)")
    below.set_yscale("log")
    below.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    below.yaxis.set_minor_formatter(NullFormatter())
    first = min(table.index[0] for table in bins.values())
    end = max(table.index[-1] for table in bins.values())
    below.set_xlim(first, first + (end - first) * 1.22 + 1)
    style.title(figure, message)
    return Picture(figure, _alt(message, bins, failed_s, during), summary(runs, failed_s))


def binned(requests: Requests) -> pd.DataFrame:
    """Requests, success in per cent, and median time in ms, by the second in which they began."""
    held: dict[int, list[Request]] = {}
    for each in requests:
        request = Request(*each)
        held.setdefault(math.floor(request.time_s / BIN_S), []).append(request)
    rows = {
        number * BIN_S: {
            "requests": len(group),
            "success, %": _percent(group),
            "median, ms": median(request.latency_ms for request in group),
        }
        for number, group in sorted(held.items())
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "second"
    return table


def answered_during(requests: Requests, failed_s: tuple[float, float]) -> float | None:
    """Per cent of the requests sent during the failure that were answered before it was over.

    What was still waiting when the zone came back was answered late: the failure stopped it, too.
    None without any request.
    """
    start, healed = failed_s
    within = [Request(*each) for each in requests if start <= each[0] < healed]
    if not within:
        return None
    in_time = [each.ok and each.time_s + each.latency_ms / 1000 < healed for each in within]
    return 100 * sum(in_time) / len(within)


# What a request takes beside its function: a call through the cloud, and a late time-out.
BESIDE_S = 1.0


def waited_elsewhere(runs: Mapping[str, Requests], timeout_s: float | None) -> int:
    """How many requests took longer than a time-out explains; 0 without a time-out."""
    if timeout_s is None:
        return 0
    limit_ms = 1000 * (timeout_s + BESIDE_S)
    return sum(each[2] > limit_ms for requests in runs.values() for each in requests)


def summary(runs: Mapping[str, Requests], failed_s: tuple[float, float]) -> pd.DataFrame:
    """Before, during and after the failure: requests, success in per cent, median time in ms.

    Success counts late answers, too; "in time" only those that came before the zone was healed.
    """
    start, end = failed_s
    spans = {"before": (-math.inf, start), "failed": (start, end), "after": (end, math.inf)}
    rows = {}
    for name, requests in runs.items():
        for span, (begin, until) in spans.items():
            group = [Request(*each) for each in requests if begin <= each[0] < until]
            if group:
                rows[name, span] = {
                    "requests": len(group),
                    "success, also late, %": round(_percent(group), 1),
                    "in time, %": _in_time(requests, failed_s) if span == "failed" else None,
                    "median, ms": round(median(each.latency_ms for each in group), 1),
                }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(list(rows), names=["run", "zone"])
    return table


def _in_time(requests: Requests, failed_s: tuple[float, float]) -> float | None:
    share = answered_during(requests, failed_s)
    return None if share is None else round(share, 1)


def _check(runs: Mapping[str, Requests], failed_s: tuple[float, float]) -> None:
    if not runs or not all(runs.values()):
        raise ValueError("There is nothing to draw: each run needs at least one request.")
    if len(runs) > len(style.SERIES):
        raise ValueError(f"At most {len(style.SERIES)} runs can be told apart, not {len(runs)}.")
    if failed_s[1] < failed_s[0]:
        raise ValueError("The failure ends before it begins: give (failed, healed) in seconds.")


def _percent(group: Sequence[Request]) -> float:
    return 100 * sum(request.ok for request in group) / len(group)


def _message(during: Mapping[str, float | None]) -> str:
    said = [f"{name} {rate:.0f} %" for name, rate in during.items() if rate is not None]
    if not said:
        return "No request was sent while the zone was down"
    return f"Answered in time while the zone was down: {', '.join(said)}"


def _alt(
    message: str,
    bins: Mapping[str, pd.DataFrame],
    failed_s: tuple[float, float],
    during: Mapping[str, float | None],
) -> str:
    words = [
        f"Two charts over time in bins of one second. {message}.",
        f"The zone was down from second {failed_s[0]:g} to second {failed_s[1]:g}.",
    ]
    for name, table in bins.items():
        low = table["success, %"].min()
        slow = table["median, ms"].max()
        rate = during[name]
        within = f" {rate:.1f} % were answered during the failure;" if rate is not None else ""
        words.append(
            f"{name}: {int(table['requests'].sum())} requests;{within} the worst second had "
            f"{low:.0f} % success, the slowest second a median of {slow:,.0f} ms."
        )
    return " ".join(words)
