"""Where a region's metrics are kept: every value, by the second, as long as there is room.

CloudWatch keeps seconds for 3 hours, minutes for 15 days and hours for 15 months. Here everything
is kept as it came until ``MAX_VALUES`` distinct values are held (about 40 MB); then what came
first goes first. Nothing outlives the server.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from .metric import NO_UNIT, MetricId, Samples, StatisticSet

MAX_VALUES = 2_000_000
MINUTE_S = 60
# A second, and whether its values were published with a storage resolution of one second.
Slot = tuple[int, bool]


@dataclass
class Series:
    """The values of one metric in one unit. ``newest`` is when it last got one (seconds)."""

    slots: dict[Slot, Samples] = field(default_factory=dict)
    order: list[Slot] = field(default_factory=list)
    newest: float = 0.0


class MetricStore:
    """The metrics of one region. May be used on any thread."""

    def __init__(self, max_values: int = MAX_VALUES) -> None:
        self._max_values = max_values
        self._lock = threading.RLock()
        self._metrics: dict[MetricId, dict[str, Series]] = {}
        self._arrived: deque[tuple[MetricId, str, Slot]] = deque()
        self._held = 0

    def put(
        self,
        metric: MetricId,
        at: float,
        values: list[tuple[float, float]],
        unit: str = NO_UNIT,
        *,
        high_resolution: bool = False,
        sets: tuple[StatisticSet, ...] = (),
    ) -> None:
        """Add values, each with its count, that belong to ``at`` (seconds since the epoch)."""
        slot = (int(at), high_resolution)
        with self._lock:
            series = self._metrics.setdefault(metric, {}).setdefault(unit, Series())
            samples = series.slots.get(slot)
            if samples is None:
                samples = series.slots[slot] = Samples()
                insort(series.order, slot)
                self._arrived.append((metric, unit, slot))
            for value, count in values:
                self._held += samples.add(value, count)
            for each in sets:
                self._held += samples.add_set(each)
            series.newest = max(series.newest, at)
            while self._held > self._max_values and len(self._arrived) > 1:
                self._forget(*self._arrived.popleft())

    def periods(
        self, metric: MetricId, start: float, end: float, period_s: int, unit: str | None = None
    ) -> dict[str, dict[float, Samples]]:
        """The samples of each period that has some, by unit and by the period's start.

        Periods begin at ``start``. Values of standard resolution belong to their whole minute:
        with a period under 60 seconds they all stand at its beginning.
        """
        found: dict[str, dict[float, Samples]] = {}
        with self._lock:
            for name, series in self._metrics.get(metric, {}).items():
                if unit is not None and name != unit:
                    continue
                by_start: dict[float, Samples] = {}
                for at, samples in _between(series, start, end, by_minute=period_s < MINUTE_S):
                    begin = start + (at - start) // period_s * period_s
                    by_start.setdefault(begin, Samples()).merge(samples)
                if by_start:
                    found[name] = by_start
        return found

    def metrics(self, since: float = 0.0) -> list[MetricId]:
        """All metrics with a value at or after a time, in the order of their names."""
        with self._lock:
            return sorted(
                metric
                for metric, units in self._metrics.items()
                if any(series.newest >= since for series in units.values())
            )

    def _forget(self, metric: MetricId, unit: str, slot: Slot) -> None:
        series = self._metrics[metric][unit]
        self._held -= series.slots.pop(slot).size
        del series.order[bisect_left(series.order, slot)]
        if not series.order:
            del self._metrics[metric][unit]
            if not self._metrics[metric]:
                del self._metrics[metric]


def _between(
    series: Series, start: float, end: float, *, by_minute: bool
) -> Iterator[tuple[float, Samples]]:
    earlier = MINUTE_S if by_minute else 0
    for slot in series.order[bisect_left(series.order, (int(start) - earlier, False)) :]:
        second, high_resolution = slot
        if second >= end:
            return
        at = second if high_resolution or not by_minute else second // MINUTE_S * MINUTE_S
        if at >= start:
            yield at, series.slots[slot]


class MetricStores:
    """The stores of all regions, made when first asked for."""

    def __init__(self) -> None:
        self._stores: dict[str, MetricStore] = {}

    def region(self, name: str) -> MetricStore:
        """The store of one region."""
        return self._stores.setdefault(name, MetricStore())
