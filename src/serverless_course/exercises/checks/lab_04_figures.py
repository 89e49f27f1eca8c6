"""Figures that the checks of lab 04 compare an answer with."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.answers import NotAttempted
from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

# An answer this near to a figure was worked out that way, and not by chance.
NEAR = 0.003
PAIR_SIZES = (1769, 3538)


def bill_mistake(dollars: float, requests: int, memory_mb: int, billed_ms: float) -> str | None:
    """What went wrong in a month's bill of `dollars`, when it equals a well-known wrong sum.

    None when the right sum is as near. `billed_ms` is of one invocation.
    """
    table = price_table()
    right = month(requests, memory_mb, billed_ms, table)
    free = month(requests, memory_mb, billed_ms, table, free_tier=True)
    fee, compute = float(right.requests_usd), float(right.compute_usd)
    wrong = {
        "The request fee is missing: $0.20 for each million.": compute,
        "The free tier is taken off; this bill leaves it out.": float(free.total_usd),
        "A GB is 1,024 MB here; it looks as if you divided by 1,000.": fee + compute * 1.024,
        "That is the bill of one million; there are three.": (fee + compute) / 3,
        "The fee is $0.20 for each million requests, and there are three million.": (
            fee / 3 + compute
        ),
        "Milliseconds were taken for seconds: the bill is requests x fee + requests x GB x "
        "seconds x rate.": fee + compute * 1000,
    }
    text, value = min(wrong.items(), key=lambda item: abs(dollars - item[1]))
    near = abs(dollars - value) <= NEAR * max(value, 0.01)
    return text if near and abs(dollars - value) < abs(dollars - fee - compute) else None


def worker_ratios(lab: Any) -> dict[int, float]:
    """How many times as fast two workers were as one, by memory size in MB.

    Read from the learner's sweeps of primes_pair, the last one of each kind; `NotAttempted` when
    one of the four figures was not measured.
    """
    name = lab.name("primes_pair")
    medians: dict[tuple[int, int], float] = {}
    for sweep in lab.past_sweeps:
        payload = sweep.wanted.payload
        if sweep.function == name and isinstance(payload, Mapping) and "workers" in payload:
            for row in sweep.rows:
                medians[row.memory_mb, payload["workers"]] = row.median_ms
    missing = [
        f"{workers} worker{'s' if workers > 1 else ''} at {size:,} MB"
        for size in PAIR_SIZES
        for workers in (1, 2)
        if (size, workers) not in medians
    ]
    if missing:
        raise NotAttempted(
            f"This was not measured yet: {', '.join(missing)}.",
            next_step="Run the cell above that sweeps primes_pair.",
        )
    return {size: medians[size, 1] / medians[size, 2] for size in PAIR_SIZES}


def cost_lines(sweep: Any) -> list[str]:
    """One line for each size of a sweep: dollars for a million invocations, with the interval."""
    lines = []
    for row in sweep.rows:
        known = row.usd_low is not None and row.usd_high is not None
        spread = f" (from {row.usd_low * 1e6:.3f} to {row.usd_high * 1e6:.3f})" if known else ""
        lines.append(f"{row.memory_mb:,} MB: ${row.usd * 1e6:.3f} a million{spread}")
    return lines


def score_lines(scores: Mapping[int, float]) -> list[str]:
    """One line for each size: its balanced score, the least of which is best."""
    return [f"{size:,} MB: score {score:.3f}" for size, score in scores.items()]
