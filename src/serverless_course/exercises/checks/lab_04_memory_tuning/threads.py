"""Whether a second process helps, below and above one vCPU."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, whole, yes_or_no
from serverless_course.exercises.task import task

CLEARLY_FASTER = 1.2
PAIR_SIZES = (1769, 3538)


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
    ratios = worker_ratios(lab)
    evidence = [
        f"{size:,} MB: two workers were {ratio:.2f} times as fast as one"
        for size, ratio in ratios.items()
    ]
    if said[1769]:
        return NotYet(
            "At 1,769 MB there is one vCPU of CPU time. Two processes share it, and win nothing.",
            evidence=evidence,
            next_step="Compare the two times that you measured at 1,769 MB.",
        )
    if not said[3538]:
        return NotYet(
            "At 3,538 MB there are two vCPUs of CPU time, by arithmetic (2 × 1,769). One process "
            "can use only one of them.",
            evidence=evidence,
            next_step="Compare the two times that you measured at 3,538 MB. If they are alike, "
            "this machine had only one CPU free: answer for AWS.",
        )
    doubts = ["threads of one Python process: these were two processes"]
    if ratios[3538] < CLEARLY_FASTER:
        doubts.append("the gain itself: on this machine no second CPU was free to show it")
    return Right(
        "Yes: 1,769 MB is one vCPU of CPU time, however many processes share it.",
        evidence=evidence,
        not_checked=doubts,
    )


def worker_ratios(lab: CheckedLab) -> dict[int, float]:
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
