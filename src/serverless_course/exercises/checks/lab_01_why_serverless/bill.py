"""What the shop pays: a month's bill, and what was billed in a stretch of time."""

import time
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_01_why_serverless.shop import reports_of, take_order
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.function_answers import (
    function_of,
    given_back,
)
from serverless_course.exercises.task import task
from serverless_course.pricing.cost import month as month_of
from serverless_course.pricing.tables import price_table

WITHIN = 0.002
# Clocks of a log and of this kernel may differ a little; so windows are kept apart.
APART_S = 1.2


@task("month")
def month(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that works out a month's bill of any function of any size."""
    month_usd = function_of(answer, "month_usd", "month_usd(requests, memory_mb, billed_ms)")
    lines = []
    for memory_mb in (512, 128 * (2 + randbelow(6)), 1024):
        requests, billed_ms = 100_000 * (7 + randbelow(90)), 20 + randbelow(400)
        usd = given_back("dollars a month", month_usd(requests, memory_mb, billed_ms))
        bill = month_of(requests, memory_mb, billed_ms, price_table())
        right = float(bill.total_usd)
        call = f"month_usd({requests:,}, {memory_mb}, {billed_ms})"
        lines.append(f"{call}: ${right:.4f}")
        if abs(usd - right) > WITHIN * right:
            fee, compute = float(bill.requests_usd), float(bill.compute_usd)
            return NotYet(
                _mistake(usd, fee, compute, memory_mb),
                expected=f"{call} is ${right:.4f}",
                got=f"${usd:.4f}",
                next_step="The bill is requests × fee + requests × GB × seconds × rate.",
            )
    return Right(
        "Yes: three months of functions that you did not know.",
        evidence=lines,
        not_checked=["volume tiers above 6 billion GB-seconds, and the free tier"],
    )


def _mistake(usd: float, fee: float, compute: float, memory_mb: int) -> str:
    """What went wrong in a bill of `usd`, when it equals a well-known wrong sum."""
    wrong = {
        "The request fee is missing: 0.20 dollars for each million.": compute,
        "Milliseconds were taken for seconds.": fee + compute * 1000,
        "The fee is 0.20 for a million requests, and it looks like 0.20 for each.": (
            fee * 1_000_000 + compute
        ),
        "Megabytes were taken for gigabytes: a GB is 1,024 MB.": fee + compute * 1024,
        "A GB is 1,024 MB here; it looks as if you divided by 1,000.": fee + compute * 1.024,
        "The memory size is not in it: half of the memory costs half.": (
            fee + compute * 1024 / memory_mb
        ),
        "The requests are billed; the time is missing.": fee,
    }
    for text, value in wrong.items():
        if abs(usd - value) <= 0.003 * value:
            return text
    return "That is not what the price list gives."


@task("idle", time_limit_s=150)
def idle(lab: CheckedLab, answer: Any) -> Feedback:
    """A function that reads from the log what was billed in a stretch of time."""
    billed_ms = function_of(answer, "billed_ms", "billed_ms(since_ms, until_ms)")
    first = _window(lab, 2)
    quiet_from = _now_ms()
    time.sleep(APART_S)
    quiet = (quiet_from, _now_ms(), 0, 0.0)
    time.sleep(APART_S)
    second = _window(lab, 3)
    evidence = []
    windows = {"two orders": first, "nobody ordered": quiet, "three orders": second}
    for what, (since, end, right, duration) in windows.items():
        told = given_back("billed milliseconds", billed_ms(since, end))
        evidence.append(f"{what}: {right} ms billed, by the REPORT lines")
        if told != right:
            return NotYet(
                _read_wrongly(what, told, right, duration, first[2] + second[2]),
                expected=f"{right} ms",
                got=f"{told:g} ms",
                evidence=evidence,
                next_step="Sum Report.parse(line).billed_ms over the REPORT lines in between.",
            )
    return Right(
        "Yes: it found each order's bill, and nothing where nobody ordered. Idle costs nothing.",
        evidence=evidence,
        not_checked=["what the stored log costs: it is idle, and not free"],
    )


def _window(lab: CheckedLab, number: int) -> tuple[int, int, int, float]:
    """Take orders: from when, until when, their billed and their handlers' milliseconds."""
    since = _now_ms()
    runs = [take_order(lab) for _ in range(number)]
    reports_of(lab, runs, since)
    end = _now_ms()
    time.sleep(APART_S)
    billed = sum(run.billed_ms for run in runs)
    return since, end, billed, sum(run.duration_ms for run in runs)


def _read_wrongly(what: str, told: float, right: int, duration: float, whole: int) -> str:
    if right == 0:
        return "In this stretch nobody ordered, and your function found something."
    if told == 0:
        return "Your function found nothing, and there were orders."
    if abs(told - duration) < 0.51:
        return "That is the sum of the Durations. AWS rounds each up, and bills Init as well."
    if told >= whole:
        return "That is more than was billed in this stretch: does it look at `until_ms`?"
    return f"That is not what was billed in the stretch with {what}."


def _now_ms() -> int:
    return int(time.time() * 1000)
