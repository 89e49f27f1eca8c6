"""Whether a second process helps, below and above one vCPU."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, whole, yes_or_no
from serverless_course.exercises.task import task
from serverless_course.functions.size_result import SizeResult

CLEARLY_FASTER = 1.2
PAIR_SIZES = (1769, 3538)
# What was measured, by memory size in MB and number of workers.
Rows = dict[tuple[int, int], SizeResult]


@task("threads")
def threads(lab: CheckedLab, answer: Any) -> Feedback:
    """Whether a second process helps below and above one vCPU, held against the measurement."""
    keys = {whole(key): key for key in answer} if isinstance(answer, Mapping) else {}
    said = {size: yes_or_no(answer[key]) for size, key in keys.items()}
    if set(said) != {1769, 3538} or None in said.values():
        return NotYet(
            "The answer is a dictionary with the keys 1769 and 3538, and True or False for each.",
            got=shown(answer),
        )
    measured = worker_rows(lab)
    ratios = {
        size: measured[size, 1].median_ms / measured[size, 2].median_ms for size in PAIR_SIZES
    }
    evidence = [
        f"{size:,} MB: two workers were {ratio:.2f} times as fast as one"
        f"{_disturbed(measured, size)}"
        for size, ratio in ratios.items()
    ]
    if said[1769]:
        return NotYet(
            "At 1,769 MB there is one vCPU of CPU time. Two processes share it, and win nothing.",
            evidence=evidence,
            next_step=_step(measured, 1769, shows=ratios[1769] < CLEARLY_FASTER),
        )
    if not said[3538]:
        return NotYet(
            "At 3,538 MB there are two vCPUs of CPU time, by arithmetic (2 × 1,769). One process "
            "can use only one of them.",
            evidence=evidence,
            next_step=_step(measured, 3538, shows=ratios[3538] >= CLEARLY_FASTER),
        )
    doubts = ["threads of one Python process: these were two processes"]
    if ratios[3538] < CLEARLY_FASTER:
        doubts.append("the gain itself: on this machine no second CPU was free to show it")
    if ratios[1769] >= CLEARLY_FASTER:
        doubts.append("the loss at 1,769 MB: your times there say otherwise, so measure them again")
    return Right(
        "Yes: 1,769 MB is one vCPU of CPU time, however many processes share it.",
        evidence=evidence,
        not_checked=doubts,
    )


def _step(measured: Rows, size: int, *, shows: bool) -> str:
    """What to do next: look at the measurement where it shows the answer, else measure again."""
    disturbed = _disturbed(measured, size)
    if shows and not disturbed:
        return f"Compare the two times that you measured at {size:,} MB."
    why = "This machine was busy" if disturbed else "This machine could not show it"
    return (
        f"{why} while you measured at {size:,} MB, so those two times cannot tell. Close what you "
        "can and measure again, or answer by arithmetic: how many vCPUs are there, and how many "
        "can one process use?"
    )


def _disturbed(measured: Rows, size: int) -> str:
    rows = [measured[size, workers] for workers in (1, 2)]
    if not any(row.disturbed for row in rows):
        return ""
    counts = " and ".join(f"{row.doubtful} of {len(row.samples)}" for row in rows)
    return f" (this machine was busy in {counts} runs)"


def worker_rows(lab: CheckedLab) -> Rows:
    """The learner's last sweep of primes_pair for each memory size in MB and number of workers.

    `NotAttempted` when one of the four was not measured.
    """
    name = lab.name("primes_pair")
    found: Rows = {}
    for sweep in lab.past_sweeps:
        payload = sweep.wanted.payload
        if sweep.function.name == name and isinstance(payload, Mapping) and "workers" in payload:
            for row in sweep.rows:
                found[row.memory_mb, payload["workers"]] = row
    missing = [
        f"{workers} worker{'s' if workers > 1 else ''} at {size:,} MB"
        for size in PAIR_SIZES
        for workers in (1, 2)
        if (size, workers) not in found
    ]
    if missing:
        raise NotAttempted(
            f"This was not measured yet: {', '.join(missing)}.",
            next_step="Run the cell above that calls `lab.sweep(pair, …)`.",
        )
    return found
