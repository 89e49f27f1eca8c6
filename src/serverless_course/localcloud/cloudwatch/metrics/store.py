"""Where a region's metrics are kept: every value, as long as there is room.

CloudWatch keeps data of a second's resolution for 3 hours, minutes for 15 days, and so on up to 15
months. Here values of a second's resolution are put together by the minute after those 3 hours,
all others after 3 minutes; till then windows of alarms slide by the second. When
``MAX_PLACES`` are taken, of 16 bytes each (measured: up to 125 MB), what came first goes first.
Nothing outlives the server.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .metric import NO_UNIT, MetricId, Samples, StatisticSet

MAX_PLACES = 6_000_000
# What a slot takes beside its values (measured: 770 bytes): objects, and where they are found.
SLOT_PLACES = 48
MINUTE_S = 60
# By the second for so long, for values of standard and of high resolution.
BY_SECOND_S = {False: 180.0, True: 3 * 3600.0}
# A second, and whether its values were published with a storage resolution of one second.
Slot = tuple[int, bool]


# Where a slot is found.
_Place = tuple[MetricId, str, Slot]


@dataclass
class Series:
    """The values of one metric in one unit. ``newest`` is when it last got one (seconds)."""

    slots: dict[Slot, Samples] = field(default_factory=dict)
    order: list[Slot] = field(default_factory=list)
    newest: float = 0.0


class MetricStore:
    """The metrics of one region. May be used on any thread."""

    def __init__(
        self, max_places: int = MAX_PLACES, clock: Callable[[], float] = time.time
    ) -> None:
        self._max_places = max_places
        self._clock = clock
        self._lock = threading.RLock()
        self._metrics: dict[MetricId, dict[str, Series]] = {}
        # Slots in the order in which they came: by the minute, and those still by the second.
        self._minutes: deque[_Place] = deque()
        self._seconds: dict[bool, deque[tuple[float, _Place]]] = {False: deque(), True: deque()}
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
                samples = self._new(series, slot)
                self._seconds[high_resolution].append((self._clock(), (metric, unit, slot)))
            for value, count in values:
                self._held += samples.add(value, count)
            for each in sets:
                self._held += samples.add_set(each)
            series.newest = max(series.newest, at)
            self._put_together()
            while self._held > self._max_places and (place := self._first()) is not None:
                self._forget(*place)

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

    def _new(self, series: Series, slot: Slot) -> Samples:
        samples = series.slots[slot] = Samples()
        insort(series.order, slot)
        self._held += SLOT_PLACES
        return samples

    def _put_together(self) -> None:
        """Move what is old enough from its second to its minute."""
        now = self._clock()
        for high_resolution, waiting in self._seconds.items():
            until = now - BY_SECOND_S[high_resolution]
            while waiting and waiting[0][0] < until:
                metric, unit, slot = waiting.popleft()[1]
                minute = (slot[0] // MINUTE_S * MINUTE_S, False)
                if slot != minute:
                    series = self._metrics[metric][unit]
                    samples = self._take(series, slot)
                    if minute in series.slots:
                        self._held += series.slots[minute].absorb(samples)
                        continue
                    self._held += self._new(series, minute).absorb(samples)
                self._minutes.append((metric, unit, minute))

    def _first(self) -> _Place | None:
        """What came first, unless it is the last there is."""
        if self._minutes:
            return self._minutes.popleft()
        queues = [each for each in self._seconds.values() if each]
        if sum(len(each) for each in queues) < 2:
            return None
        return min(queues, key=lambda each: each[0][0]).popleft()[1]

    def _take(self, series: Series, slot: Slot) -> Samples:
        samples = series.slots.pop(slot)
        del series.order[bisect_left(series.order, slot)]
        self._held -= samples.size + SLOT_PLACES
        return samples

    def _forget(self, metric: MetricId, unit: str, slot: Slot) -> None:
        series = self._metrics[metric][unit]
        self._take(series, slot)
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
