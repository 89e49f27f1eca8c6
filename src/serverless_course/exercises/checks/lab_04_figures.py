"""Figures that the checks of lab 04 compare an answer with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.feedback import NotAttempted, NotYet
from serverless_course.exercises.inputs import several, shown, whole
from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

# An answer this near to a figure was worked out that way, and not by chance.
NEAR = 0.003
PAIR_SIZES = (1769, 3538)
QUARTERED = (256, 1024)
LEAST_MB = 128


@dataclass(frozen=True)
class Growth:
    """How a function took a quarter of the memory.

    Attributes:
        times: duration at 256 MB / duration at 1,024 MB.
        most_mb: the most memory that it used, in MB.
    """

    times: float
    most_mb: int

    @property
    def words(self) -> str:
        """Both figures in words."""
        return (
            f"{self.times:.2f} times as long at a quarter of the memory; "
            f"at most {self.most_mb} MB used"
        )


def growth(lab: Any, short: str) -> Growth | None:
    """By the learner's last sweep of a function that had 256 and 1,024 MB; None without one."""
    for sweep in reversed(lab.past_sweeps):
        rows = {row.memory_mb: row for row in sweep.rows}
        if sweep.function.name == lab.name(short) and rows.keys() >= set(QUARTERED):
            small, large = (rows[size] for size in QUARTERED)
            most = max(small.max_memory_mb, large.max_memory_mb)
            return Growth(small.median_ms / large.median_ms, most)
    return None


def why_of_kind(name: str, found: Growth | None) -> str:
    """Why a function is of its kind, with the learner's own figures where there are some."""
    longer = f"{found.times:.2f} times as long" if found else "longer"
    same = f"{found.times:.2f} times as long" if found else "as long"
    used = f"{found.most_mb} MB" if found else "more"
    return {
        "primes": f"primes took {longer} at a quarter of the memory, and uses little of it: it "
        "wants CPU",
        "waiting": f"waiting took {same} at a quarter of the memory: more CPU does not help it",
        "hungry": f"hungry fills its memory: it used {used}, and the least that Lambda gives is "
        f"{LEAST_MB} MB. Filling memory is work for the CPU, so its time grew as well "
        f"({longer}); what it cannot live without is the memory",
    }[name]


def not_measured(answer: Any, sizes: Iterable[int]) -> NotYet:
    """For an answer that is none of the sizes of a sweep."""
    known = set(sizes)
    if any(hasattr(item, "memory_mb") for item in several(answer)):
        return NotYet(
            "That is a whole row of the sweep. The answer is the memory size in it.",
            got=shown(answer),
            next_step="Take `.memory_mb` of the row.",
        )
    unknown = [shown(item).strip('"') for item in several(answer) if whole(item) not in known]
    return NotYet(
        f"{', '.join(unknown) or 'That'} is not among the sizes that you measured.",
        expected=f"one of {', '.join(f'{size:,}' for size in sorted(known))}",
        got=shown(answer),
    )


def cheapest_words(chosen: Sequence[int], best: Any) -> str:
    """What a right answer to `cheapest` means: a winner, or sizes that overlap."""
    if not best.enough:
        return (
            f"Yes: {best.point:,} MB has the lowest cost in your sweep. With six runs or more, an "
            "interval would tell how sure that is."
        )
    if best.winner is not None:
        return f"Yes: {best.point:,} MB costs least, and no other interval reaches down to its own."
    if best.point not in chosen:
        mine = " and ".join(f"{size:,}" for size in chosen)
        return (
            f"Yes. {best.point:,} MB has a lower figure in your sweep, but the intervals overlap: "
            f"these measurements cannot tell {mine} MB from it."
        )
    others = ", ".join(f"{size:,}" for size in sorted(best.tied - {best.point}))
    return (
        f"Yes: {best.point:,} MB has the lowest cost in your sweep. The intervals of {others} MB "
        "overlap with its own, so these measurements name no winner among them."
    )


def rounded_from(exact: float, given: float) -> bool:
    """Whether `given` is `exact`, rounded to one or two decimal places either way."""

    def in_steps_of(step: float) -> bool:
        steps = given / step
        return abs(steps - round(steps)) < 1e-6 and abs(given - exact) <= 0.5001 * step

    return in_steps_of(0.1) or in_steps_of(0.01)


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
        if sweep.function.name == name and isinstance(payload, Mapping) and "workers" in payload:
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


def time_lines(sweep: Any) -> list[str]:
    """One line for each size of a sweep: its median time."""
    return [f"{row.memory_mb:,} MB: {row.median_ms:.1f} ms" for row in sweep.rows]


def score_lines(scores: Mapping[int, float]) -> list[str]:
    """One line for each size: its balanced score, the least of which is best."""
    return [f"{size:,} MB: score {score:.3f}" for size, score in scores.items()]
