"""A metric's name, and the values published for it in a stretch of time."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Dimensions = tuple[tuple[str, str], ...]
NO_UNIT = "None"


class MetricId(NamedTuple):
    """What makes a metric one of its own: namespace, name, and all of its dimensions."""

    namespace: str
    name: str
    dimensions: Dimensions = ()


def dimensions(given: Iterable[Mapping[str, Any]] | None) -> Dimensions:
    """Dimensions as the API writes them, ``[{"Name": …, "Value": …}]``, in one fixed order."""
    return tuple(sorted((str(each["Name"]), str(each["Value"])) for each in given or ()))


class StatisticSet(NamedTuple):
    """Values of which only this is known: what PutMetricData calls ``StatisticValues``."""

    samples: float
    sum: float
    minimum: float
    maximum: float


class Samples:
    """A distribution: values, how often each came, and sets of which only four figures are known.

    Equal values that come one after another take one place, so that a counter of ones is small.
    """

    __slots__ = ("_counts", "_values", "sets")

    def __init__(self) -> None:
        self._values = array("d")
        self._counts = array("d")
        self.sets: list[StatisticSet] = []

    def add(self, value: float, count: float = 1.0) -> int:
        """Add a value that came ``count`` times; how many places that took (0 or 1)."""
        if self._values and self._values[-1] == value:
            self._counts[-1] += count
            return 0
        self._values.append(value)
        self._counts.append(count)
        return 1

    def add_set(self, given: StatisticSet) -> int:
        """Add a statistic set. One whose values must all be equal is as good as its values."""
        if given.samples == 1 or given.minimum == given.maximum:
            return self.add(given.minimum, given.samples)
        self.sets.append(given)
        return 1

    def merge(self, other: Samples) -> None:
        """Add everything of another."""
        self._values.extend(other._values)
        self._counts.extend(other._counts)
        self.sets += other.sets

    def absorb(self, other: Samples) -> int:
        """Add everything of another, equal neighbours together; how many places that took."""
        taken = sum(self.add(v, n) for v, n in zip(other._values, other._counts, strict=True))
        self.sets += other.sets
        return taken + len(other.sets)

    @property
    def size(self) -> int:
        """Places taken in memory."""
        return len(self._values) + len(self.sets)

    @property
    def count(self) -> float:
        """SampleCount."""
        return sum(self._counts) + sum(each.samples for each in self.sets)

    @property
    def total(self) -> float:
        """Sum."""
        own = sum(v * n for v, n in zip(self._values, self._counts, strict=True))
        return own + sum(each.sum for each in self.sets)

    @property
    def minimum(self) -> float:
        """Minimum. Raises ValueError when there is nothing."""
        return min([*self._values, *(each.minimum for each in self.sets)])

    @property
    def maximum(self) -> float:
        """Maximum. Raises ValueError when there is nothing."""
        return max([*self._values, *(each.maximum for each in self.sets)])

    def ordered(self) -> list[tuple[float, float]]:
        """The values in ascending order, each with how often it came."""
        return sorted(zip(self._values, self._counts, strict=True))
