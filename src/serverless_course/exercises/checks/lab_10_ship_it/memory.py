"""A memory size by the learner's own sweep, deployed and live."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_04_memory_tuning.sizes import (
    BALANCED_WEIGHT,
    not_measured,
    score_lines,
    time_lines,
)
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import (
    fresh_folder,
    hand_over,
    live,
    live_configuration,
    message,
    put,
    writes,
)
from serverless_course.exercises.deployed import disturbed_lines, seen, sweep_of
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import whole
from serverless_course.exercises.photo_day import landscape
from serverless_course.exercises.task import task

# A choice may be this much worse than the best in relative cost and time together.
NEARLY = 1.25
LEAST_SIZES = 3


@task("memory", time_limit_s=90)
def memory(lab: CheckedLab, answer: Any) -> Feedback:
    """The size is live, was measured, and is nearly the best; a fresh photo shows it."""
    sweep = sweep_of(lab, "sepia")
    rows = {row.memory_mb: row for row in sweep.rows}
    size = whole(answer)
    if size is None or size not in rows:
        return not_measured(answer, rows)
    if len(rows) < LEAST_SIZES:
        return NotYet(
            f"Your sweep has {len(rows)} sizes. Measure {LEAST_SIZES} or more before you choose.",
            next_step="Run the cell `memory-sweep` again.",
        )
    config = live_configuration(lab)
    if config["MemorySize"] != size:
        latest = lab.client("lambda").get_function_configuration(FunctionName=lab.name("sepia"))
        step = "Deploy with `memory=` of your choice, and `go_live` with the new version."
        if latest["MemorySize"] == size:
            step = "$LATEST has it. `live` points to an older version: `go_live` with the new one."
        return NotYet(
            f"You chose {size:,} MB, and the live version, {live(lab)['FunctionVersion']}, has "
            f"{config['MemorySize']:,} MB.",
            next_step=step,
        )
    scores = sweep.scores(BALANCED_WEIGHT)
    if scores[size] > NEARLY * min(scores.values()):
        return NotYet(
            "By your own measurements another size is more than a quarter better in the sum of "
            "relative cost and relative time.",
            evidence=score_lines(scores),
        )
    photo = landscape(f"{fresh_folder()}/memory", width=44)
    put(lab, photo)
    run = hand_over(lab, [message(lab, photo.key)])
    if not run.ok or writes(lab, [photo.key])[photo.key] != 1:
        return NotYet(
            "At this size a fresh photo was not converted.",
            evidence=[seen(run)],
            next_step="Choose a size at which it works, and deploy worker_safe with it.",
        )
    return Right(
        f"{size:,} MB is live, and your sweep bears it out.",
        evidence=[
            seen(run),
            *score_lines(scores),
            *time_lines(sweep),
            *disturbed_lines(sweep),
        ],
    )
