"""The best memory size, and which sizes cannot be told apart from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from serverless_course.functions.samples import SMALLEST_N, Summary
from serverless_course.functions.size_result import SizeResult
from serverless_course.functions.sweep_input import Strategy

_WORDS = {"cost": "cheapest", "speed": "fastest", "balanced": "best balanced"}


class Best(NamedTuple):
    """The best size for a strategy.

    Attributes:
        point: size in MB with the lowest median.
        tied: sizes in MB whose 95 % intervals overlap with that of `point`, itself included; a
            size without an interval counts as one of them.
        strategy: ``"cost"``, ``"speed"`` or ``"balanced"``.
        enough: whether every size had enough samples for an interval.
    """

    point: int
    tied: frozenset[int]
    strategy: Strategy
    enough: bool

    @property
    def winner(self) -> int | None:
        """The one best size in MB, or None where the measurements do not name one."""
        return self.point if self.enough and self.tied == {self.point} else None

    def describe(self) -> str:
        """The finding in a sentence."""
        word = _WORDS[self.strategy]
        if self.winner is not None:
            return f"{self.winner} MB is the {word}."
        if not self.enough:
            return (
                f"{self.point} MB looks {word}, but with fewer than {SMALLEST_N} samples there is "
                f"no interval to tell sizes apart. Take {SMALLEST_N} runs or more."
            )
        sizes = ", ".join(str(size) for size in sorted(self.tied))
        return (
            f"No {word} size can be named: {sizes} MB cannot be told apart "
            f"({self.point} MB has the lowest median). More runs may separate them."
        )


def best_of(sizes: Sequence[SizeResult], strategy: Strategy, weight: float) -> Best:
    """The best of one or more sizes that have figures."""
    found = scores(sizes, strategy, weight)
    point = min(found, key=lambda size: found[size].median)
    tied = {size for size, score in found.items() if score.overlaps(found[point])} | {point}
    return Best(
        point, frozenset(tied), strategy, all(score.has_interval for score in found.values())
    )


def scores(sizes: Sequence[SizeResult], strategy: Strategy, weight: float) -> dict[int, Summary]:
    """What a strategy minimises, by size: dollars, milliseconds, or the balanced objective."""
    if strategy == "cost":
        return {size.memory_mb: size.costs for size in sizes}
    if strategy == "speed":
        return {size.memory_mb: size.times for size in sizes}
    dearest = max(size.usd for size in sizes) or 1.0
    slowest = max(size.median_ms for size in sizes) or 1.0
    return {
        size.memory_mb: _mix(size.costs, size.times, weight / dearest, (1 - weight) / slowest)
        for size in sizes
    }


def _mix(cost: Summary, time: Summary, per_usd: float, per_ms: float) -> Summary:
    """weight x cost / dearest + (1 - weight) x duration / slowest, as aws-lambda-power-tuning.

    Adding the ends of both intervals gives an interval that is too wide rather than too narrow.
    """

    def mix(usd: float | None, ms: float | None) -> float | None:
        return None if usd is None or ms is None else usd * per_usd + ms * per_ms

    return Summary(
        n=time.n,
        median=cost.median * per_usd + time.median * per_ms,
        low=mix(cost.low, time.low),
        high=mix(cost.high, time.high),
        mean=cost.mean * per_usd + time.mean * per_ms,
        trimmed_mean=cost.trimmed_mean * per_usd + time.trimmed_mean * per_ms,
        p95=cost.p95 * per_usd + time.p95 * per_ms,
        least=cost.least * per_usd + time.least * per_ms,
        greatest=cost.greatest * per_usd + time.greatest * per_ms,
    )
