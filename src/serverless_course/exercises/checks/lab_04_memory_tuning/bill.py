"""A month's bill for primes, and the well-known ways to get it wrong."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.deployed import sweep_of
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.exercises.task import task
from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

BILL_REQUESTS = 3_000_000
BILL_MB = 1024
WITHIN = 0.02
# An answer this near to a figure was worked out that way, and not by chance.
NEAR = 0.003


@task("bill")
def bill(lab: CheckedLab, answer: Any) -> Feedback:
    """Dollars a month for three million invocations of primes at 1,024 MB."""
    rows = sweep_of(lab, "primes").rows
    row = next((row for row in rows if row.memory_mb == BILL_MB), None)
    if row is None:
        return NotAttempted("Your sweep has no 1,024 MB.", next_step="Run the sweep cell again.")
    dollars = real(answer)
    if dollars is None or dollars < 0:
        return NotYet(number_wanted("a number of dollars, such as 12.5", answer), got=shown(answer))
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
