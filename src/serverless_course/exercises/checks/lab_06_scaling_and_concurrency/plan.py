"""How many environments a load needs: rate times duration, and Lambda's ten a second."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import SystemRandom
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.function_answers import function_of, given_back
from serverless_course.exercises.task import task

# Requests a second that one environment counts for at most (Lambda quotas, read 2026-11).
EACH_AT_MOST = 10
FORM = "environments(per_second, seconds)"

Load = tuple[int, float]


@task("plan")
def plan(lab: CheckedLab, answer: Any) -> Feedback:
    """Environments for fresh loads: long, short, and one that is no whole number."""
    environments = function_of(answer, "environments", FORM, arguments=2)
    evidence = []
    for load in fresh_loads():
        got = given_back(f"a number: `{FORM}` returns how many", environments(*load))
        if got != needed(*load):
            raise _wrong(environments, load, got)
        evidence.append(f"{_said(load)}: {got:g}")
    return Right(
        "Yes: rate times duration, rounded up, and an environment takes ten requests a second at "
        "most.",
        evidence=evidence,
        not_checked=["bursts: arrivals are not even, so leave room above the mean"],
    )


def needed(per_second: int, seconds: float) -> int:
    """Environments that this load needs; `seconds` is what each request takes."""
    # A product that misses a whole number by its last digit is that number.
    product = round(per_second * seconds, 9)
    return max(math.ceil(product), math.ceil(per_second / EACH_AT_MOST))


def fresh_loads() -> list[Load]:
    """Long requests, a product with a small rest, and requests under a tenth of a second, twice.

    The last has a rest, too: a tenth of its rate is no whole number. The long ones take 4 s at
    most: then a rate divided by its duration is more than a tenth of it.
    """
    draw = SystemRandom()
    short = draw.choice((0.01, 0.02, 0.05))
    return [
        (draw.randrange(20, 90), float(draw.randrange(2, 5))),
        (20 * draw.randrange(1, 5) + 1, 0.25),
        (10 * draw.randrange(20, 60), short),
        (10 * draw.randrange(20, 60) + draw.randrange(1, 5), short),
    ]


def _wrong(environments: Callable[..., Any], load: Load, got: float) -> NotYet:
    per_second, seconds = load
    product = per_second * seconds
    short = seconds < 1 / EACH_AT_MOST
    told = (
        (
            got == environments(1000 * per_second, seconds),
            "It returns the same number for each rate: count with the rate.",
            "Requests a second × seconds that each takes.",
        ),
        (
            not short and got in (product, math.floor(product)),
            "Environments are whole: a part of one is one more.",
            "`math.ceil` rounds up.",
        ),
        (
            short and got in (per_second / EACH_AT_MOST, per_second // EACH_AT_MOST),
            "Environments are whole here, too: a part of one is one more.",
            "`math.ceil` rounds up.",
        ),
        (
            got == math.ceil(product) + math.ceil(per_second / EACH_AT_MOST),
            "That is the sum of two numbers, and the same environments serve both: the larger "
            "counts.",
            "`max` of the two.",
        ),
        (
            short and abs(got - product) < 1,
            "Rate times duration is right, and it is not all: these requests are short, and an "
            f"environment counts for {EACH_AT_MOST} requests a second at most.",
            "Look at question 1 of lesson 06.",
        ),
        (
            got == math.floor(product) + 1 and product == math.floor(product),
            "That is one too many: a product that is whole needs no rounding.",
            "`math.ceil` leaves a whole number as it is.",
        ),
        (
            not short and got == math.ceil(per_second / EACH_AT_MOST),
            "That is a tenth of the rate, and rate times duration is more here: the larger counts.",
            "`max` of the two.",
        ),
        (
            abs(got - per_second / seconds) <= 1,
            "That is the rate divided by the duration: longer requests would need fewer "
            "environments. They need more.",
            "Multiply.",
        ),
        (
            got != environments(1000 * per_second, seconds) and abs(got - product / 1000) <= 1,
            "`seconds` is in seconds, not in milliseconds.",
            "Leave out the 1,000.",
        ),
        (
            got == per_second,
            "That is the rate alone. How long does each request take?",
            "Requests a second × seconds that each takes.",
        ),
        (
            True,
            "That is another number than this load needs.",
            "Requests a second × seconds that each takes. Then round up.",
        ),
    )
    message, next_step = next((said, step) for holds, said, step in told if holds)
    return NotYet(message, got=f"{got:g} for {_said(load)}", next_step=next_step)


def _said(load: Load) -> str:
    return f"{load[0]} requests a second of {load[1]:g} s"
