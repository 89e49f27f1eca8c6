"""The tasks of lab 04: what memory buys, measured on three functions."""

from collections.abc import Mapping
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checks.lab_04_figures import (
    bill_mistake,
    cheapest_words,
    cost_lines,
    growth,
    not_measured,
    rounded_from,
    score_lines,
    time_lines,
    why_of_kind,
    worker_ratios,
)
from serverless_course.exercises.checks.lab_04_reason import GOAL_MS, check_reason
from serverless_course.exercises.deployed import (
    died_of_memory,
    fresh,
    memory_of,
    seen,
    sweep_of,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import real, several, shown, whole, word, yes_or_no
from serverless_course.exercises.task import task
from serverless_course.functions.loan import Loan
from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

KINDS = {"primes": "cpu", "waiting": "waiting", "hungry": "memory"}
FIRST_MB = 1024
WAITING_MB = 128
HUNGRY_MEGABYTES = 150
HUNGRY_STEP_MB = 64
BILL_REQUESTS = 3_000_000
BILL_MB = 1024
WITHIN = 0.02
BALANCED_WEIGHT = 0.5
# Two scores nearer than this are as good as each other.
ALIKE = 0.05
CLEARLY_FASTER = 1.2


@task("kinds")
def kinds(lab: Any, answer: Any) -> Feedback:
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
    evidence = [f"{name}: {found.words}" for name, found in grown.items() if found]
    wrong = [name for name in KINDS if said[name] != KINDS[name]]
    if not wrong:
        return Right("Yes. Each wants something else from its memory size.", evidence=evidence)
    return NotYet(
        f"Look again: {'; '.join(why_of_kind(name, grown[name]) for name in wrong)}.",
        evidence=evidence,
        next_step="Ask the memory question first, then the one about time.",
    )


@task("cheapest")
def cheapest(lab: Any, answer: Any) -> Feedback:
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
    evidence = cost_lines(sweep)
    best = sweep.best("cost")
    # Without intervals nothing can be told apart, so the lowest figure has to do.
    alike = best.tied if best.enough else {best.point}
    dearer = [size for size in chosen if size not in alike]
    if not dearer:
        return Right(
            cheapest_words(chosen, best),
            evidence=evidence,
            not_checked=["sizes that are not in your sweep"],
        )
    size = dearer[0]
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


@task("waiting", needs_answer=False)
def waiting(lab: Any, answer: Any) -> Feedback:
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
    run = fresh(lab, "waiting", {"order": randbelow(1_000_000)})
    if died_of_memory(run):
        return NotYet(f"At {memory} MB the function runs out of memory.", evidence=[seen(run)])
    return Right(
        "Yes: at 128 MB it takes as long and costs least.",
        evidence=[seen(run)],
        not_checked=["how long a cold start takes at this size"],
    )


@task("hungry", time_limit_s=90)
def hungry(lab: Any, answer: Any) -> Feedback:
    """The smallest multiple of 64 MB at which hungry survives, tried afresh."""
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


@task("balanced")
def balanced(lab: Any, answer: Any) -> Feedback:
    """The size that the balanced strategy with weight 0.5 picks."""
    sweep = sweep_of(lab, "primes")
    scores = sweep.scores(BALANCED_WEIGHT)
    size = whole(answer)
    if size not in scores:
        return not_measured(answer, scores)
    evidence = score_lines(scores)
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
        text = f"{size:,} MB is the fastest size. Balanced counts cost as much as time."
    elif size == sweep.best("cost").point:
        text = f"{size:,} MB is the cheapest size. Another has a lower sum, with time counted too."
    else:
        text = "Another size has a lower sum of relative cost and relative time."
    return NotYet(text, evidence=evidence, next_step="Work out the score of each row.")


@task("threads")
def threads(lab: Any, answer: Any) -> Feedback:
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
            "At 3,538 MB there are two vCPUs of CPU time. One process can use only one of them.",
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


@task("bill")
def bill(lab: Any, answer: Any) -> Feedback:
    """Dollars a month for three million invocations of primes at 1,024 MB."""
    rows = sweep_of(lab, "primes").rows
    row = next((row for row in rows if row.memory_mb == BILL_MB), None)
    if row is None:
        return NotAttempted("Your sweep has no 1,024 MB.", next_step="Run the sweep cell again.")
    dollars = real(answer)
    if dollars is None or dollars < 0:
        text = " Yours is text: leave the quotes out." if isinstance(answer, str) else ""
        return NotYet(f"The answer is a number of dollars, such as 12.5.{text}", got=shown(answer))
    total = float(month(BILL_REQUESTS, BILL_MB, row.billed_ms, price_table()).total_usd)
    evidence = [f"{row.billed_ms:g} ms billed at 1,024 MB, the median of {row.n} runs"]
    near = abs(dollars - total) <= WITHIN * total
    mistake = bill_mistake(dollars, BILL_REQUESTS, BILL_MB, row.billed_ms)
    # 2.6 for 2.55 is rounded, whatever wrong sum is near it as well.
    if mistake is not None and not (near and rounded_from(total, dollars)):
        return NotYet(mistake, got=f"${dollars:.2f}", evidence=evidence)
    if near:
        return Right(
            "Yes, within 2 %.",
            expected=f"${total:.2f}",
            got=f"${dollars:.2f}",
            evidence=evidence,
            not_checked=["cold starts, and what CloudWatch Logs costs"],
        )
    return NotYet(
        "The bill is requests x fee + requests x GB x seconds x rate.",
        got=f"${dollars:.2f}",
        evidence=evidence,
        next_step='`lab.hint("bill")` gives the first step.',
    )


@task("decide")
def decide(lab: Any, answer: Any) -> Feedback:
    """A size, deployed, with a reason that the learner's own sweep bears out."""
    if not isinstance(answer, tuple | list) or len(answer) != 2 or whole(answer[0]) is None:
        return NotYet("The answer is a pair: (memory, reason).", got=shown(answer))
    memory, reason = whole(answer[0]), answer[1]
    sweep = sweep_of(lab, "primes")
    rows = {row.memory_mb: row for row in sweep.rows}
    if memory is None or memory not in rows:
        return not_measured(answer[0], rows)
    check_reason(reason, sweep, memory, [*time_lines(sweep), *cost_lines(sweep)])
    configured = memory_of(lab, "primes")
    if configured != memory:
        return NotYet(
            f"You chose {memory:,} MB, and the function has {configured:,} MB.",
            next_step="Set MemorySize with update_function_configuration.",
        )
    scores = sweep.scores(BALANCED_WEIGHT)
    quick = [row for row in sweep.rows if row.median_ms < GOAL_MS]
    # Where this machine is too slow for the goal, every size may be chosen.
    least = min(scores[row.memory_mb] for row in quick or sweep.rows)
    if scores[memory] > 1.25 * least:
        return NotYet(
            "By your own measurements another size is more than a quarter better in the sum of "
            "relative cost and relative time.",
            evidence=score_lines(scores),
        )
    if quick and rows[memory] not in quick:
        return NotYet(
            f"At {memory:,} MB one run takes {rows[memory].median_ms:.0f} ms, and the shop needs "
            f"it done in under {GOAL_MS} ms.",
            evidence=time_lines(sweep),
            next_step="Choose among the sizes that are quick enough.",
        )
    return Right(
        "A size that is set, and a reason with a number of your own.",
        evidence=[*score_lines(scores), *time_lines(sweep)],
        not_checked=["whether the reason is a good one: ask a colleague"],
    )
