"""What a sweep found: figures for each memory size, and what may be concluded from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from serverless_course.functions.best import Best, best_of
from serverless_course.functions.function import Function
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.samples import Summary
from serverless_course.functions.size_result import SizeResult
from serverless_course.functions.sweep_input import (
    STRATEGIES,
    Strategy,
    SweepInput,
    SweepInputError,
)
from serverless_course.functions.tool_output import tool_output
from serverless_course.pricing.tables import PriceTable


class NothingMeasured(ValueError):
    """No memory size was measured to its end; the message says why."""


@dataclass(frozen=True)
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
            SweepInputError: no such strategy.
        """
        chosen = strategy or self.wanted.strategy
        if chosen not in STRATEGIES:
            raise SweepInputError(f"{chosen!r} is not one of {', '.join(STRATEGIES)}.")
        weight = self.wanted.balanced_weight if balanced_weight is None else balanced_weight
        return best_of(self._some_rows(), chosen, weight)

    def output(self) -> dict[str, Any]:
        """The result as aws-lambda-power-tuning 4.4.0 gives it; of a dry run, only its trial.

        ``executionCost`` is 0.0, because no state machine runs: see :func:`tool_output`.

        Raises:
            NothingMeasured: no size was measured to its end.
        """
        if self.trial is not None:
            error = self.trial.function_error
            return {"dryRun": True, "statusCode": self.trial.status_code, "functionError": error}
        return tool_output(self._some_rows(), self.wanted, self.lambda_usd)

    def table(self) -> pd.DataFrame:
        """One row for each size that was asked for: times in ms, costs in dollars."""
        return pd.DataFrame([_record(size) for size in self.sizes]).set_index("memory_mb")

    def describe(self) -> str:
        """The findings in sentences: best size, what failed, and what to mind."""
        said = [self.best().describe()] if self.rows else []
        said += [f"{size} MB {why}." for size, why in self.failures.items()]
        return "\n".join([*said, *self.notes])

    def _some_rows(self) -> tuple[SizeResult, ...]:
        if not self.rows:
            raise NothingMeasured(
                "No memory size was measured to its end, so none can be compared.\n"
                + self.describe()
            )
        return self.rows


def _record(size: SizeResult) -> dict[str, Any]:
    ms, cost = size.duration, size.cost

    def of(summary: Summary | None, name: str, factor: float = 1.0) -> float | None:
        value = None if summary is None else getattr(summary, name)
        return None if value is None else value * factor

    return {
        "memory_mb": size.memory_mb,
        "n": size.n,
        "median_ms": of(ms, "median"),
        "low_ms": of(ms, "low"),
        "high_ms": of(ms, "high"),
        "mean_ms": of(ms, "mean"),
        "trimmed_mean_ms": of(ms, "trimmed_mean"),
        "p95_ms": of(ms, "p95"),
        "cold_n": len(size.cold),
        "cold_median_ms": size.cold_ms,
        "init_median_ms": of(size.init, "median"),
        "max_memory_mb": max((run.max_memory_mb for run in size.samples), default=None),
        "usd": of(cost, "median"),
        "usd_per_million": of(cost, "median", 1e6),
        "usd_per_million_low": of(cost, "low", 1e6),
        "usd_per_million_high": of(cost, "high", 1e6),
        "rejected": size.rejected,
        "rejected_why": ", ".join(f"{why}: {count}" for why, count in size.rejected_why.items()),
        "doubtful": size.doubtful,
        "excluded": size.excluded,
        "at_once": size.at_once,
        "failure": size.failure or "",
    }
