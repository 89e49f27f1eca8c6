"""The shop of lab 08: fresh orders, checkouts, and waiting for what they leave behind."""

from collections.abc import Callable
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import EnvironmentProblem, Feedback, NotYet
from serverless_course.functions.invocation import Invocation
from serverless_course.waiting import until

# What traces, log lines and metrics may take to arrive on AWS, in seconds.
ARRIVES_WITHIN_S = 45.0


def fails_now(run: Invocation, folder: str) -> Feedback:
    """What to say of a checkout that should go well and does not."""
    steps = {
        "FacadeSegmentMutationException": "Lambda's own segment takes no annotations from your "
        "code. Put it on a subsegment: inside `price` there is one.",
    }
    return NotYet(
        f"A checkout that should go well fails now: {error_of(run)}",
        evidence=[seen(run)],
        next_step=steps.get(str(run.error_type), f"Mend functions/{folder}, and deploy it again."),
    )


def order_of(customer: str, country: str) -> dict[str, Any]:
    """A fresh order."""
    number = 10_000 + randbelow(900_000)
    return {"order": number, "customer": customer, "country": country, "cents": 1200}


def new_customer() -> str:
    """A customer that nobody has seen yet."""
    return f"c-{100_000 + randbelow(900_000)}"


def new_country() -> str:
    """A country whose tax the function price does not know."""
    return f"X{randbelow(1000):03}"


def buy(
    lab: CheckedLab, customer: str, country: str = "BR", function: str = "checkout"
) -> Invocation:
    """One checkout now."""
    return lab.invoke(lab.name(function), order_of(customer, country))


def error_of(run: Invocation) -> str:
    """The error of an invocation that failed, in a few words."""
    return f"{run.error_type}: {run.error_message[:200]}"


def wait_for(what: str, found: Callable[[], Any], limit_s: float = ARRIVES_WITHIN_S) -> Any:
    """Ask until something true comes; `EnvironmentProblem` when it does not."""
    given = until(found, limit_s, every_s=0.3)
    if not given:
        raise EnvironmentProblem(
            f"It took longer than {limit_s:g} s until {what}. Your answer was not judged.",
            next_step="Run the check again in a minute.",
        )
    return given
