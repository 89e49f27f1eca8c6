"""A memory size for primes, deployed, and defended against another by the learner's own sweep."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_04_memory_tuning.defence import check_numbers
from serverless_course.exercises.checks.lab_04_memory_tuning.sizes import (
    BALANCED_WEIGHT,
    not_measured,
    score_lines,
    time_lines,
)
from serverless_course.exercises.deployed import fresh, memory_of, refuse_disturbed, seen, sweep_of
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown, whole
from serverless_course.exercises.task import task
from serverless_course.functions.sweep_result import Sweep

GOAL_MS = 100
KEYS = ("memory", "takes_ms", "instead_of", "times_as_fast", "percent_more_expensive")
# A choice may be this much worse than the best in relative cost and time together.
NEARLY = 1.25


@task("decide")
def decide(lab: CheckedLab, answer: Any) -> Feedback:
    """A size, deployed, with numbers that the learner's own sweep bears out."""
    sweep = sweep_of(lab, "primes")
    rows = {row.memory_mb: row for row in sweep.rows}
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return NotYet(
            f"The answer is a dictionary with the keys {', '.join(KEYS)}.", got=shown(answer)
        )
    memory, other = whole(answer["memory"]), whole(answer["instead_of"])
    if memory is None or memory not in rows:
        return not_measured(answer["memory"], rows)
    if other is None or other not in rows:
        return not_measured(answer["instead_of"], rows)
    if memory == other:
        return NotYet(
            f"You defend {memory:,} MB against itself. Which other size would a colleague choose?",
            got=f"instead_of: {other:,}",
        )
    # Whether a number is the learner's own can be said of disturbed figures, too.
    check_numbers(answer, rows[memory], rows[other], sweep)
    refuse_disturbed(sweep, [memory, other])
    return _chosen(lab, sweep, memory, other)


def _chosen(lab: CheckedLab, sweep: Sweep, memory: int, other: int) -> Feedback:
    """Whether the size is deployed, quick enough, and nearly as good as the best."""
    configured = memory_of(lab, "primes")
    if configured != memory:
        return NotYet(
            f"You chose {memory:,} MB, and the function has {configured:,} MB.",
            next_step="Set MemorySize with update_function_configuration.",
        )
    rows = {row.memory_mb: row for row in sweep.rows}
    scores = sweep.scores(BALANCED_WEIGHT)
    quick = [size for size, row in rows.items() if row.median_ms < GOAL_MS]
    # Where this machine is too slow for the goal, every size may be chosen.
    least = min(scores[size] for size in quick or rows)
    if scores[memory] > NEARLY * least:
        return NotYet(
            "By your own measurements another size is more than a quarter better in the sum of "
            "relative cost and relative time.",
            evidence=score_lines(scores),
        )
    if quick and memory not in quick:
        return NotYet(
            f"At {memory:,} MB one run takes {rows[memory].median_ms:.0f} ms, and the shop needs "
            f"it done in under {GOAL_MS} ms.",
            evidence=time_lines(sweep),
            next_step="Choose among the sizes that are quick enough.",
        )
    run = fresh(lab, "primes", {"limit": 600_000})
    return Right(
        "A size that is set, and numbers of your own. For your team: "
        f"{sentence(sweep, memory, other)}",
        evidence=[seen(run), *score_lines(scores), *time_lines(sweep)],
        not_checked=["whether your colleague is convinced"],
    )


def sentence(sweep: Sweep, memory: int, other: int) -> str:
    """The defence in a sentence."""
    mine, theirs = sweep[memory], sweep[other]
    faster = theirs.median_ms / mine.median_ms
    percent = 100 * (mine.usd / theirs.usd - 1)
    cost = f"{abs(percent):.0f} % {'more expensive' if percent >= 0 else 'cheaper'}"
    speed = f"{faster:.1f} times as fast" if faster >= 1 else f"{1 / faster:.1f} times as slow"
    return (
        f"at {memory:,} MB one run takes {mine.median_ms:.0f} ms; against {other:,} MB that is "
        f"{speed} and {cost}."
    )
