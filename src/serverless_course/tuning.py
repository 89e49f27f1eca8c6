"""A sweep as a learner looks at it: a row for each memory size, a table, a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from serverless_course.aws.cloud import Cloud
from serverless_course.figures.alt import Picture
from serverless_course.figures.sweep_plot import sweep_plot
from serverless_course.functions.function import Function, name_of
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.loan import Loan
from serverless_course.functions.power_url import power_url
from serverless_course.functions.samples import Summary
from serverless_course.functions.sampling import Take, take_samples
from serverless_course.functions.sweep_input import SweepInput
from serverless_course.pricing.cost import invocation_cost
from serverless_course.pricing.tables import price_table


@dataclass(frozen=True)
class Row:
    """One memory size: durations in ms, dollars for one warm invocation, request fee included.

    ``median_ms`` with its 95 % interval (``low_ms`` to ``high_ms``; None for fewer than six
    samples) is of warm invocations. ``cold_ms`` is Init and Duration of a cold start that was
    measured alone. ``doubtful`` samples are those for which the host had no CPU free.
    """

    memory_mb: int
    n: int
    median_ms: float
    low_ms: float | None
    high_ms: float | None
    mean_ms: float
    billed_ms: float
    usd: float
    usd_low: float | None
    usd_high: float | None
    max_memory_mb: int
    cold_ms: float | None
    rejected: int
    doubtful: int


@dataclass(frozen=True)
class TunedSweep:
    """The rows in the order of memory, what failed and why, and how it was measured."""

    function: str
    rows: tuple[Row, ...]
    failures: Mapping[int, str]
    wanted: SweepInput
    architecture: str

    def table(self) -> pd.DataFrame:
        """A row for each size: times in ms, dollars for a million invocations."""
        table = pd.DataFrame(
            {
                "MB": row.memory_mb,
                "n": row.n,
                "median ms": round(row.median_ms, 2),
                "from": None if row.low_ms is None else round(row.low_ms, 2),
                "to": None if row.high_ms is None else round(row.high_ms, 2),
                "cold ms": None if row.cold_ms is None else round(row.cold_ms, 1),
                "$ per million": round(row.usd * 1e6, 3),
                "max MB used": row.max_memory_mb,
                "host was busy": row.doubtful,
            }
            for row in self.rows
        )
        return table.set_index("MB") if len(table) else table

    def plot(self, published: Mapping[int, float] | None = None, source: str = "") -> Picture:
        """Time and cost over memory; ``published`` maps MB to seconds measured by others."""
        return sweep_plot(self.rows, self.table(), published, source)

    def best(self, strategy: str = "cost", balanced_weight: float = 0.5) -> tuple[int, set[int]]:
        """The best size, and the sizes that cannot be told apart from it.

        ``strategy``: "cost", "speed" or "balanced" (``balanced_weight`` 1.0 is cost alone), as in
        aws-lambda-power-tuning. Sizes whose intervals overlap the best one's are in the set; for
        "balanced", those within 5 % of its objective.
        """
        if not self.rows:
            raise ValueError("No memory size gave a usable measurement.")
        if strategy == "cost":
            winner = min(self.rows, key=lambda row: row.usd)
            top = winner.usd if winner.usd_high is None else winner.usd_high
            alike = {r.memory_mb for r in self.rows if (r.usd_low or r.usd) <= top}
        elif strategy == "speed":
            winner = min(self.rows, key=lambda row: row.median_ms)
            top = winner.median_ms if winner.high_ms is None else winner.high_ms
            alike = {r.memory_mb for r in self.rows if (r.low_ms or r.median_ms) <= top}
        elif strategy == "balanced":
            scores = self.scores(balanced_weight)
            winner = min(self.rows, key=lambda row: scores[row.memory_mb])
            limit = scores[winner.memory_mb] * 1.05
            alike = {memory for memory, score in scores.items() if score <= limit}
        else:
            raise ValueError(f"strategy={strategy!r} is not one of cost, speed, balanced.")
        return winner.memory_mb, alike | {winner.memory_mb}

    def scores(self, balanced_weight: float = 0.5) -> dict[int, float]:
        """The balanced objective of each size: w x cost / dearest + (1 - w) x time / slowest."""
        dearest = max(row.usd for row in self.rows)
        slowest = max(row.median_ms for row in self.rows)
        weight = balanced_weight
        return {
            row.memory_mb: weight * row.usd / dearest + (1 - weight) * row.median_ms / slowest
            for row in self.rows
        }

    def output(self) -> dict[str, Any]:
        """The result in aws-lambda-power-tuning's output format.

        ``executionCost`` is 0.0: no state machine ran. Prices are unrounded, with the request fee.
        """
        chosen, _ = self.best(self.wanted.strategy, self.wanted.balanced_weight)
        row = next(row for row in self.rows if row.memory_mb == chosen)
        rows = self.rows
        return {
            "power": chosen,
            "cost": row.usd,
            "duration": row.median_ms,
            "stateMachine": {
                "executionCost": 0.0,
                "lambdaCost": sum(row.usd * row.n for row in rows),
                "visualization": power_url(
                    [row.memory_mb for row in rows],
                    [row.median_ms for row in rows],
                    [row.usd for row in rows],
                ),
            },
            "stats": [
                {
                    "value": row.memory_mb,
                    "averagePrice": row.usd,
                    "averageDuration": row.mean_ms,
                }
                for row in rows
            ],
        }


def tune(
    client: Any,
    function: Function | str,
    payload: Any,
    memory: Sequence[int],
    runs: int,
    cloud: Cloud,
    step: Callable[..., None],
    **rest: Any,
) -> TunedSweep:
    """Measure ``function`` at each memory size (MB), ``runs`` warm invocations each.

    ``rest`` are further fields of `SweepInput`. ``step`` is called when a size is done. The
    function's own memory is restored whatever happens.
    """
    name = name_of(function)
    wanted = SweepInput(name, tuple(memory), runs, payload, **rest)
    rows: list[Row] = []
    failures: dict[int, str] = {}
    with Loan(client, name) as loan:
        architecture = loan.configuration.get("Architectures", ["x86_64"])[0]
        for size in wanted.sizes:
            take = Take(size, wanted.at_once(size, cloud.host_cores))
            take_samples(client, wanted, loan, take, tell=lambda *_: None)
            if take.failure is not None:
                failures[size] = take.failure
            else:
                rows.append(_row(take, wanted, architecture, cloud.region))
            step()
    rows.sort(key=lambda row: row.memory_mb)
    return TunedSweep(name, tuple(rows), failures, wanted, architecture)


def _row(take: Take, wanted: SweepInput, architecture: str, region: str) -> Row:
    table = price_table(region, architecture)
    doubtful = [run for run in take.warm if run.host is not None and not run.host.kept_promise]
    sound = [run for run in take.warm if run not in doubtful]
    # Samples of a busy host are left out only when enough others remain; they are always told.
    used = sound if len(sound) >= 6 else take.warm

    def figure(runs: list[Invocation], cold: bool) -> list[float]:
        return [run.duration_ms + (run.init_ms or 0.0) if cold else run.duration_ms for run in runs]

    kept = take.cold if wanted.only_cold_starts else used
    times = Summary.of(figure(kept, wanted.only_cold_starts), trim=wanted.trim)
    costs = Summary.of(
        [float(invocation_cost(take.memory_mb, run.billed_ms, table)) for run in kept],
        trim=wanted.trim,
    )
    billed = Summary.of([float(run.billed_ms) for run in kept])
    return Row(
        memory_mb=take.memory_mb,
        n=times.n,
        median_ms=times.median,
        low_ms=times.low,
        high_ms=times.high,
        mean_ms=times.trimmed_mean,
        billed_ms=billed.median,
        usd=costs.median,
        usd_low=costs.low,
        usd_high=costs.high,
        max_memory_mb=max(run.max_memory_mb for run in kept),
        cold_ms=figure(take.cold, cold=True)[0] if take.cold else None,
        rejected=sum(take.rejected.values()),
        doubtful=len(doubtful),
    )
