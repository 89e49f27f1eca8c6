"""Latencies in short: percentiles of values, and of the histograms that X-Ray returns.

CloudWatch's definition: of the data points, p percent lie below the p-th percentile (CloudWatch
User Guide, "CloudWatch statistics definitions", read 2026-11). How it chooses between two
neighbouring values is not published. Here it is the nearest rank: the smallest value that at least
p percent of all values do not exceed, so a percentile is always a value that was measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Latency:
    """Values in short, in the values' own unit; ``n`` is how many."""

    n: int
    mean: float
    p50: float
    p95: float
    p99: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Latency:
        """Of single values. Raises ValueError for none, and for one that is no finite number."""
        return cls.of_weighted((value, 1) for value in values)

    @classmethod
    def of_histogram(cls, entries: Iterable[Mapping[str, Any]]) -> Latency:
        """Of X-Ray's histogram entries, each with ``Value`` in seconds and ``Count``."""
        return cls.of_weighted((float(each["Value"]), int(each["Count"])) for each in entries)

    @classmethod
    def of_weighted(cls, pairs: Iterable[tuple[float, int]]) -> Latency:
        """Of pairs of a value and how often it stands. Raises ValueError as ``of``."""
        ordered = sorted((value, count) for value, count in pairs if count > 0)
        n = sum(count for _, count in ordered)
        if not n:
            raise ValueError("There are no latencies: nothing was measured.")
        if not all(math.isfinite(value) for value, _ in ordered):
            raise ValueError("A latency is not a finite number.")
        return cls(
            n=n,
            mean=math.fsum(value * count for value, count in ordered) / n,
            p50=_ranked(ordered, n, 50),
            p95=_ranked(ordered, n, 95),
            p99=_ranked(ordered, n, 99),
            least=ordered[0][0],
            greatest=ordered[-1][0],
        )


def percentile(values: Iterable[float], p: float) -> float:
    """The nearest-rank percentile, ``p`` above 0 and up to 100. Raises ValueError."""
    ordered = sorted((value, 1) for value in values)
    if not ordered:
        raise ValueError("There are no latencies: nothing was measured.")
    if not 0 < p <= 100:
        raise ValueError(f"p={p} is out of range: it must be above 0, and 100 at most.")
    return _ranked(ordered, len(ordered), p)


def _ranked(ordered: list[tuple[float, int]], n: int, p: float) -> float:
    # 2.2 * 1500 / 100 is a little more than 33 in binary, and not to be rounded up for that.
    rank = max(1, math.ceil(round(p * n / 100, 6)))
    for value, count in ordered:
        rank -= count
        if rank <= 0:
            return value
    return ordered[-1][0]
