"""Memory sizes for primes: the cheapest, and the balanced one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.deployed import disturbed_lines, refuse_disturbed, sweep_of
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import real, several, shown, whole
from serverless_course.exercises.task import task
from serverless_course.functions.best import Best
from serverless_course.functions.sweep_result import Sweep

BALANCED_WEIGHT = 0.5
# Two scores nearer than this are as good as each other.
ALIKE = 0.05


@task("cheapest")
def cheapest(lab: CheckedLab, answer: Any) -> Feedback:
    """The memory size at which primes costs least, by the learner's own sweep."""
    sweep = sweep_of(lab, "primes")
    rows = {row.memory_mb: row for row in sweep.rows}
    number = real(answer)
    if number is not None and 0 < number < 1:
        return NotYet(
            "That looks like dollars. The answer is a memory size in MB.", got=shown(answer)
        )
    items = several(answer)
    chosen = [size for size in map(whole, items) if size is not None and size in rows]
    if len(chosen) < len(items) or not items:
        return not_measured(answer, rows)
    refuse_disturbed(sweep, chosen)
    evidence = [*cost_lines(sweep), *disturbed_lines(sweep)]
    best = sweep.best("cost")
    # Without intervals nothing can be told apart, so the lowest figure has to do.
    alike = best.tied if best.enough else {best.point}
    costlier = [size for size in chosen if size not in alike]
    if not costlier:
        return Right(
            cheapest_words(chosen, best),
            evidence=evidence,
            not_checked=["sizes that are not in your sweep"],
        )
    size = costlier[0]
    why = f"{best.point:,} MB costs less than {size:,} MB"
    why += ", and the two intervals do not overlap." if best.enough else " in your sweep."
    if size in sweep.best("speed").tied and best.enough:
        why = f"{size:,} MB is among the fastest sizes, and the question is about cost: {why}"
    return NotYet(
        why,
        got=f"${rows[size].usd * 1e6:.3f} a million at {size:,} MB, "
        f"${rows[best.point].usd * 1e6:.3f} at {best.point:,} MB",
        evidence=evidence,
        next_step="Compare the cost column of `sweep.table()`.",
    )


@task("balanced")
def balanced(lab: CheckedLab, answer: Any) -> Feedback:
    """The size that the balanced strategy with weight 0.5 picks."""
    sweep = sweep_of(lab, "primes")
    scores = sweep.scores(BALANCED_WEIGHT)
    size = whole(answer)
    if size not in scores:
        return not_measured(answer, scores)
    refuse_disturbed(sweep, [size] if size is not None else [])
    evidence = [*score_lines(scores), *disturbed_lines(sweep)]
    best = sweep.best("balanced", BALANCED_WEIGHT)
    least = scores[best.point]
    if size == best.point:
        return Right("Yes: the least sum of relative cost and relative time.", evidence=evidence)
    if scores[size] <= (1 + ALIKE) * least:
        return Right(
            f"Yes: {size:,} MB is as good as the least. Its score is {scores[size]:.3f}; the least "
            f"is {least:.3f}, at {best.point:,} MB. Within {ALIKE:.0%} they count as alike.",
            evidence=evidence,
        )
    slowest = max(sweep.rows, key=lambda row: row.median_ms).memory_mb
    if size == slowest:
        text = f"{slowest:,} MB is the slowest size: half of the weight is on time."
    elif size == sweep.best("speed").point:
        text = f"{size:,} MB is the fastest size. Another has a lower sum, with cost counted too."
    elif size == sweep.best("cost").point:
        text = f"{size:,} MB is the cheapest size. Another has a lower sum, with time counted too."
    else:
        text = "Another size has a lower sum of relative cost and relative time."
    return NotYet(text, evidence=evidence, next_step="Work out the score of each row.")


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


def cheapest_words(chosen: Sequence[int], best: Best) -> str:
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


def cost_lines(sweep: Sweep) -> list[str]:
    """One line for each size of a sweep: dollars for a million invocations, with the interval."""
    lines = []
    for row in sweep.rows:
        spread = ""
        if row.usd_low is not None and row.usd_high is not None:
            spread = f" (from {row.usd_low * 1e6:.3f} to {row.usd_high * 1e6:.3f})"
        lines.append(f"{row.memory_mb:,} MB: ${row.usd * 1e6:.3f} a million{spread}")
    return lines


def time_lines(sweep: Sweep) -> list[str]:
    """One line for each size of a sweep: its median time."""
    return [f"{row.memory_mb:,} MB: {row.median_ms:.1f} ms" for row in sweep.rows]


def score_lines(scores: Mapping[int, float]) -> list[str]:
    """One line for each size: its balanced score, the least of which is best."""
    return [f"{size:,} MB: score {score:.3f}" for size, score in scores.items()]
