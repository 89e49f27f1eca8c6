"""What a sweep found: figures for each memory size, and what may be concluded from them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from serverless_course.functions.best import Best, best_of, scores
from serverless_course.functions.function import Function
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.samples import Summary
from serverless_course.functions.size_result import SizeResult
from serverless_course.functions.sweep_input import Strategy, SweepInput
from serverless_course.functions.tool_output import tool_output
from serverless_course.pricing.tables import PriceTable


class NothingMeasured(ValueError):
    """No memory size was measured to its end; the message says why."""


@dataclass(frozen=True, repr=False)
class Sweep:
    """The result of a sweep.

    Attributes:
        function: the function as it was before.
        wanted: what was asked.
        sizes: one result for each memory size, in the order of measuring, failed ones included.
        prices: the price table behind every cost.
        lambda_usd: dollars for every invocation that was made, rejected ones included.
        notes: sentences that belong beside the figures.
        trial: the one invocation of a dry run.
    """

    function: Function
    wanted: SweepInput
    sizes: tuple[SizeResult, ...]
    prices: PriceTable
    lambda_usd: float
    notes: tuple[str, ...] = ()
    trial: Invocation | None = field(default=None, repr=False)

    @property
    def rows(self) -> tuple[SizeResult, ...]:
        """The sizes that were measured to their end, smallest first."""
        measured = (size for size in self.sizes if size.measured)
        return tuple(sorted(measured, key=lambda size: size.memory_mb))

    @property
    def failures(self) -> dict[int, str]:
        """Why a size could not be measured to its end, by memory size in MB."""
        return {size.memory_mb: size.failure for size in self.sizes if size.failure is not None}

    def __getitem__(self, memory_mb: int) -> SizeResult:
        """The result of one memory size in MB."""
        for size in self.sizes:
            if size.memory_mb == memory_mb:
                return size
        asked = ", ".join(str(size.memory_mb) for size in self.sizes)
        raise KeyError(f"{memory_mb} MB was not measured; these were: {asked}.")

    def best(self, strategy: Strategy | None = None, balanced_weight: float | None = None) -> Best:
        """The best size, and all that cannot be told apart from it.

        Args:
            strategy: ``"cost"``, ``"speed"`` or ``"balanced"``; without it, the one asked for.
            balanced_weight: for ``"balanced"``: 0.0 is speed alone, 1.0 is cost alone.

        Raises:
            NothingMeasured: no size was measured to its end.
            SweepInputError: no such strategy, or a weight that is not between 0 and 1.
        """
        wanted = self._wanted(strategy, balanced_weight)
        return best_of(self.measured_rows(), wanted.strategy, wanted.balanced_weight)

    def scores(self, balanced_weight: float | None = None) -> dict[int, float]:
        """The balanced objective of each size, by memory size in MB; the least is best.

        weight x cost / highest cost + (1 - weight) x duration / longest duration, of the medians.

        Raises:
            NothingMeasured: no size was measured to its end.
            SweepInputError: a weight that is not between 0 and 1.
        """
        wanted = self._wanted("balanced", balanced_weight)
        found = scores(self.measured_rows(), wanted.strategy, wanted.balanced_weight)
        return {memory: score.median for memory, score in found.items()}

    def output(
        self, strategy: Strategy | None = None, balanced_weight: float | None = None
    ) -> dict[str, Any]:
        """The result as aws-lambda-power-tuning 4.4.0 gives it; of a dry run, only its trial.

        ``executionCost`` is 0.0, because no state machine runs: see :func:`tool_output`.

        Args:
            strategy: ``"cost"``, ``"speed"`` or ``"balanced"``; without it, the one asked for.
            balanced_weight: for ``"balanced"``: 0.0 is speed alone, 1.0 is cost alone.

        Raises:
            NothingMeasured: no size was measured to its end.
            SweepInputError: no such strategy, or a weight that is not between 0 and 1.
        """
        if self.trial is not None:
            error = self.trial.function_error
            return {"dryRun": True, "statusCode": self.trial.status_code, "functionError": error}
        wanted = self._wanted(strategy, balanced_weight)
        return tool_output(self.measured_rows(), wanted, self.lambda_usd)

    def table(self, *, full: bool = False) -> pd.DataFrame:
        """One row for each size that was asked for: times in ms, dollars for a million.

        Args:
            full: every figure that is known, under the names of :class:`SizeResult`.
        """
        if not self.sizes:
            return pd.DataFrame()
        sizes = sorted(self.sizes, key=lambda size: size.memory_mb)
        if full:
            return pd.DataFrame([_record(size) for size in sizes]).set_index("memory_mb")
        table = pd.DataFrame([_short_record(size) for size in sizes]).set_index("MB")
        # The column would be empty where all went well.
        return table if self.failures else table.drop(columns="failure")

    @property
    def disturbance(self) -> str:
        """What a busy host did to the figures, and what to do; "" when they can be trusted.

        Sizes count whose figures rest mostly on samples that the host disturbed.
        """
        sizes = [f"{size.memory_mb:,}" for size in self.rows if size.disturbed]
        if not sizes:
            return ""
        return (
            f"This machine was too busy at {', '.join(sizes)} MB: close what you can, and run the "
            "sweep again"
        )

    def describe(self) -> str:
        """The findings in sentences: best size, what failed, and what to mind."""
        said = [self.best().describe()] if self.rows else ["Nothing was measured to its end."]
        said += [f"{size} MB {why}." for size, why in self.failures.items()]
        return "\n".join([*said, *self.notes])

    __str__ = __repr__ = describe

    def _wanted(self, strategy: Strategy | None, balanced_weight: float | None) -> SweepInput:
        """What was asked, with another strategy or weight where one is given; checked again."""
        weight = self.wanted.balanced_weight if balanced_weight is None else balanced_weight
        return replace(
            self.wanted, strategy=strategy or self.wanted.strategy, balanced_weight=weight
        )

    def measured_rows(self) -> tuple[SizeResult, ...]:
        """:attr:`rows` of a sweep that has some.

        Raises:
            NothingMeasured: no size was measured to its end; the message has every size's reason.
        """
        if not self.rows:
            raise NothingMeasured(
                "No memory size was measured to its end, so none can be compared.\n"
                + "\n".join(f"{size} MB {why}." for size, why in self.failures.items())
            )
        return self.rows


def _of(
    summary: Summary | None, name: str, factor: float = 1.0, digits: int | None = None
) -> float | None:
    value: float | None = None if summary is None else getattr(summary, name)
    if value is None:
        return None
    return value * factor if digits is None else round(value * factor, digits)


def _most_memory(size: SizeResult) -> int | None:
    return max((run.max_memory_mb for run in size.samples), default=None)


def _short_record(size: SizeResult) -> dict[str, Any]:
    ms = size.duration
    return {
        "MB": size.memory_mb,
        "n": size.n,
        "median ms": _of(ms, "median", digits=2),
        "from": _of(ms, "low", digits=2),
        "to": _of(ms, "high", digits=2),
        "cold ms": _of(size.cold_duration, "median", digits=1),
        "$ per million": _of(size.cost, "median", 1e6, 3),
        "max MB used": _most_memory(size),
        "host was busy": size.doubtful,
        "failure": size.failure or "",
    }


def _record(size: SizeResult) -> dict[str, Any]:
    ms, cost = size.duration, size.cost
    return {
        "memory_mb": size.memory_mb,
        "n": size.n,
        "median_ms": _of(ms, "median"),
        "low_ms": _of(ms, "low"),
        "high_ms": _of(ms, "high"),
        "mean_ms": _of(ms, "mean"),
        "trimmed_mean_ms": _of(ms, "trimmed_mean"),
        "p95_ms": _of(ms, "p95"),
        "cold_n": len(size.cold),
        "cold_median_ms": size.cold_ms,
        "init_median_ms": _of(size.init, "median"),
        "max_memory_mb": _most_memory(size),
        "usd": _of(cost, "median"),
        "usd_per_million": _of(cost, "median", 1e6),
        "usd_per_million_low": _of(cost, "low", 1e6),
        "usd_per_million_high": _of(cost, "high", 1e6),
        "rejected": size.rejected,
        "rejected_why": ", ".join(f"{why}: {count}" for why, count in size.rejected_why.items()),
        "doubtful": size.doubtful,
        "excluded": size.excluded,
        "at_once": size.at_once,
        "failure": size.failure or "",
    }
