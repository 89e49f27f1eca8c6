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


# What a step of the SDK says, and what to do.
NO_SUBSEGMENT = (
    "`current_subsegment()` gives None outside of a captured step. Call it inside `price`, or give "
    "your own function `@xray_recorder.capture(…)`."
)
ON_LAMBDAS_SEGMENT = (
    "Lambda's own segment takes no annotations from your code. Put it on a subsegment: inside "
    "`price` there is one."
)


def fails_now(run: Invocation, folder: str) -> Feedback:
    """What to say of a checkout that should go well and does not."""
    return NotYet(
        f"A checkout that should go well fails now: {error_of(run)}",
        evidence=[seen(run)],
        next_step=_step_for(run) or f"Fix functions/{folder}, and deploy it again.",
    )


def _step_for(run: Invocation) -> str:
    """What to do about an error that learners of the SDK meet; "" for another one."""
    said = run.error_message or ""
    if run.error_type == "FacadeSegmentMutationException":
        return ON_LAMBDAS_SEGMENT
    if run.error_type == "AttributeError" and "'NoneType'" in said:
        return NO_SUBSEGMENT
    if run.error_type == "AttributeError" and "Subsegment" in said:
        return "A subsegment has `put_annotation` and `put_metadata`: compare letter by letter."
    if run.error_type == "AlreadyEndedException":
        return "That subsegment has ended. Annotate it before its `with` block or function ends."
    return ""


CENTS = 1200
# What price and coupon make of an order from BR of that much.
CENTS_TO_PAY = 1334


def order_of(customer: str, country: str, **changed: Any) -> dict[str, Any]:
    """A fresh order."""
    number = 10_000 + randbelow(900_000)
    return {"order": number, "customer": customer, "country": country, "cents": CENTS, **changed}


def new_customer() -> str:
    """A customer that nobody has seen yet."""
    return f"c-{100_000 + randbelow(900_000)}"


def new_country() -> str:
    """A country whose tax the function price does not know."""
    return f"X{randbelow(1000):03}"


def buy(
    lab: CheckedLab,
    customer: str,
    country: str = "BR",
    function: str = "checkout",
    **changed: Any,
) -> Invocation:
    """One checkout now; ``changed`` gives members of the order other values."""
    return lab.invoke(lab.name(function), order_of(customer, country, **changed))


def fail_early(lab: CheckedLab, customer: str, country: str = "BR", **changed: Any) -> Invocation:
    """A checkout that fails in the function price, whichever taxes that knows."""
    return buy(lab, customer, country, cents=None, **changed)


def fail_late(lab: CheckedLab, customer: str, country: str = "BR") -> Invocation:
    """A checkout that fails in the step reserve: DynamoDB wants a number."""
    return buy(lab, customer, country, order=f"no-{randbelow(900_000)}")


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


def paid_in(run: Invocation) -> Any:
    """What a checkout asked for, in cents; None where its answer does not say."""
    return run.payload.get("cents") if isinstance(run.payload, dict) else None
