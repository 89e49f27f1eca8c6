"""What the three functions of lab 04 want most: CPU, nothing but time, or memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.deployed import died_of_memory, fresh, memory_of, seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, whole, word
from serverless_course.exercises.task import task
from serverless_course.functions.loan import Loan

KINDS = {"primes": "cpu", "waiting": "waiting", "hungry": "memory"}
FIRST_MB = 1024
WAITING_MB = 128
# What the function waits for its bank, a little less.
BANK_MS = 99
HUNGRY_MEGABYTES = 150
HUNGRY_STEP_MB = 64
QUARTERED = (256, 1024)
LEAST_MB = 128


@task("kinds")
def kinds(lab: CheckedLab, answer: Any) -> Feedback:
    """Which resource each function wants most."""
    if not isinstance(answer, Mapping) or set(answer) != set(KINDS):
        return NotYet(
            "The answer is a dictionary with one entry for each function.",
            expected="primes, waiting and hungry as keys",
            got=shown(answer),
        )
    said = {name: word(answer[name]) for name in KINDS}
    strange = [name for name in KINDS if said[name] not in KINDS.values()]
    if strange:
        return NotYet(
            f"For {' and '.join(strange)}, the answer is none of the three words.",
            expected='"cpu", "waiting" or "memory"',
            got=", ".join(shown(answer[name]) for name in strange),
        )
    grown = {name: growth(lab, name) for name in KINDS}
    evidence = [f"{name}: {found.words}" for name, found in grown.items()]
    wrong = [name for name in KINDS if said[name] != KINDS[name]]
    if not wrong:
        return Right("Yes. Each wants something else from its memory size.", evidence=evidence)
    return NotYet(
        f"Look again: {'; '.join(why_of_kind(name, grown[name]) for name in wrong)}.",
        evidence=evidence,
        next_step="Ask the memory question first, then the one about time.",
    )


@task("waiting", needs_answer=False)
def waiting(lab: CheckedLab, answer: Any) -> Feedback:
    """The memory size that is set on the waiting function, and what it takes there."""
    memory = memory_of(lab, "waiting")
    if memory == FIRST_MB:
        return NotAttempted(
            "The function still has the 1,024 MB that it was deployed with.",
            next_step="Change MemorySize with update_function_configuration.",
        )
    if memory != WAITING_MB:
        return NotYet(
            f"The function has {memory:,} MB. It waits nearly all of its time, and waiting takes "
            "as long at any size: you pay for memory that it does not use.",
            expected="the size with the lowest cost",
            got=f"{memory:,} MB",
            next_step="Compare cost and time of the first rows of `waits.table()`.",
        )
    order = randbelow(1_000_000)
    run = fresh(lab, "waiting", {"order": order})
    if died_of_memory(run):
        return NotYet(f"At {memory} MB the function runs out of memory.", evidence=[seen(run)])
    if run.payload != {"order": order, "paid": True} or run.duration_ms < BANK_MS:
        return NotYet(
            "The function no longer asks the bank: its code is another.",
            expected=f"order {order} paid, after {BANK_MS} ms or more",
            got=f"{shown(run.payload)} after {run.duration_ms:.1f} ms",
            evidence=[seen(run)],
            next_step="Deploy functions/waiting again, as it came, and set its memory size.",
        )
    return Right(
        "Yes: at 128 MB it takes as long and costs least.",
        evidence=[seen(run)],
        not_checked=["how long a cold start takes at this size"],
    )


@task("hungry", time_limit_s=90)
def hungry(lab: CheckedLab, answer: Any) -> Feedback:
    """The smallest multiple of 64 MB at which hungry survives, tried again."""
    size = whole(answer)
    if size is None or size % HUNGRY_STEP_MB or not 128 <= size <= 1024:
        return NotYet("The answer is a multiple of 64 between 128 and 1,024 MB.", got=shown(answer))
    event = {"megabytes": HUNGRY_MEGABYTES}
    name = lab.name("hungry")
    with Loan(lab.client("lambda"), name) as loan:
        loan.set_memory(size)
        here = fresh(lab, "hungry", event)
        if died_of_memory(here):
            return NotYet(
                f"At {size} MB the function dies: it ran out of memory.",
                evidence=[seen(here)],
                next_step="Read Max Memory Used in the log of a run that survives.",
            )
        evidence = [f"{seen(here)}: it lived"]
        if size > 128:
            loan.set_memory(size - HUNGRY_STEP_MB)
            below = fresh(lab, "hungry", event)
            if not died_of_memory(below):
                return NotYet(
                    f"It survives at {size} MB, and at {size - HUNGRY_STEP_MB} MB as well.",
                    evidence=[*evidence, f"{seen(below)}: it lived, too"],
                    next_step="Go down by 64 MB until it dies.",
                )
            evidence.append(f"{seen(below)}: it died")
    return Right(
        f"Yes: it lives at {size} MB and dies 64 MB below. Keep a margin, though.",
        evidence=evidence,
        not_checked=["a larger catalogue than 150 MB"],
    )


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


def growth(lab: CheckedLab, short: str) -> Growth:
    """By the learner's last sweep of a function that had 256 and 1,024 MB.

    `NotAttempted` without one.
    """
    for sweep in reversed(lab.past_sweeps):
        rows = {row.memory_mb: row for row in sweep.rows}
        if sweep.function.name == lab.name(short) and rows.keys() >= set(QUARTERED):
            small, large = (rows[size] for size in QUARTERED)
            most = max(small.max_memory_mb, large.max_memory_mb)
            return Growth(small.median_ms / large.median_ms, most)
    raise NotAttempted(
        f"{short} was not measured at 256 and 1,024 MB yet.",
        next_step="Run the cell above that sweeps all three functions: measure, then answer.",
    )


def why_of_kind(name: str, found: Growth) -> str:
    """Why a function is of its kind, with the learner's own figures."""
    longer = f"{found.times:.2f} times as long"
    used = f"{found.most_mb} MB"
    return {
        "primes": f"primes took {longer} at a quarter of the memory, and uses little of it: it "
        "wants CPU",
        "waiting": f"waiting took {longer} at a quarter of the memory: more CPU does not help it",
        "hungry": f"hungry fills its memory: it used {used}, and the least that Lambda gives is "
        f"{LEAST_MB} MB. Filling memory is work for the CPU, so its time grew as well "
        f"({longer}); what it cannot live without is the memory",
    }[name]
