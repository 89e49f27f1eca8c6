"""What a set of measured values says: median, interval, means."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from serverless_course.traces.latency import percentile

CONFIDENCE = 0.95
SMALLEST_N = 6
DEFAULT_TRIM = 0.2


@lru_cache(maxsize=512)
def interval_ranks(n: int) -> tuple[int, int] | None:
    """Ranks (from 1) of the two ordered values between which the median lies.

    The number of values below the median is binomial(n, 1/2) whatever the distribution, so the
    j-th smallest and the j-th largest value enclose it with a probability of
    sum(C(n, i), i = j .. n-j) / 2**n. The largest j that keeps it at 95 % or more is taken.

    Source: J.-Y. Le Boudec, Performance Evaluation of Computer and Communication Systems (2010),
    confidence interval for the median. Below n = 6 no pair of values reaches 95 %.

    Args:
        n: how many values.

    Returns:
        The ranks, or None for fewer than 6 values.
    """
    if n < SMALLEST_N:
        return None
    # Integers: n can be thousands, and a float sum of such terms would drift.
    low, term, outside, half_of_5_percent = 0, 1, 1, 2**n // 40
    while outside <= half_of_5_percent:
        low += 1
        term = term * (n + 1 - low) // low
        outside += term
    return low, n + 1 - low


@dataclass(frozen=True)
class Summary:
    """A set of values in short. All numbers have the values' own unit.

    Attributes:
        n: how many values.
        median: the middle value.
        low: lower end of the 95 % interval of the median; None for fewer than 6 values.
        high: upper end.
        mean: arithmetic mean.
        trimmed_mean: mean without the lowest and the highest part.
        p95: nearest-rank 95th percentile.
        least: smallest value.
        greatest: largest value.
    """

    n: int
    median: float
    low: float | None
    high: float | None
    mean: float
    trimmed_mean: float
    p95: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float], *, trim: float = DEFAULT_TRIM) -> Summary:
        """Summarise values.

        Args:
            values: one or more finite numbers.
            trim: part of the values, 0 to 0.4, left out at each end for the trimmed mean; it is
                rounded down to whole values, as aws-lambda-power-tuning does.

        Raises:
            ValueError: no values, a value that is not finite, or `trim` out of range.
        """
        ordered = sorted(values)
        if not ordered:
            raise ValueError("There are no values to summarise.")
        if not all(math.isfinite(value) for value in ordered):
            raise ValueError("A value is not a finite number.")
        if not 0 <= trim <= 0.4:
            raise ValueError(f"trim={trim} is out of range: it must be between 0 and 0.4.")
        n = len(ordered)
        cut = int(n * trim)
        ranks = interval_ranks(n)
        return cls(
            n=n,
            median=statistics.median(ordered),
            low=ordered[ranks[0] - 1] if ranks else None,
            high=ordered[ranks[1] - 1] if ranks else None,
            mean=_mean(ordered),
            trimmed_mean=_mean(ordered[cut : n - cut]),
            p95=percentile(ordered, 95),
            least=ordered[0],
            greatest=ordered[-1],
        )

    @property
    def has_interval(self) -> bool:
        """Whether there were enough values for an interval."""
        return self.low is not None

    def overlaps(self, other: Summary) -> bool:
        """Whether the two medians cannot be told apart: their intervals touch, or one has none."""
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return True
        return self.low <= other.high and other.low <= self.high

    def describe(self, unit: str = "ms") -> str:
        """The summary in one line, for example ``12.3 ms (11.9 to 12.8, n = 20)``."""
        if self.low is None or self.high is None:
            return f"{self.median:.4g} {unit} (n = {self.n} is too small for an interval)"
        return f"{self.median:.4g} {unit} ({self.low:.4g} to {self.high:.4g}, n = {self.n})"


def _mean(values: list[float]) -> float:
    # fsum rounds once; clamping keeps the mean of equal values equal to them.
    return min(max(math.fsum(values) / len(values), values[0]), values[-1])
