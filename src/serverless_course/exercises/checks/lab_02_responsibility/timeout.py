"""The time-out of carrier: a slow answer is waited for, a silent carrier is not."""

from secrets import randbelow
from typing import Any

from serverless_course.exercises.audited_shop import PLANTED_TIMEOUT_S
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.shop import settings_of, stopped
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation

LONGEST_S = 10
SLOW_S = 1.2


@task("timeout", needs_answer=False)
def timeout(lab: CheckedLab, answer: Any) -> Feedback:
    """A slow carrier is waited for; a silent one is cut off after ten seconds at most."""
    limit_s = settings_of(lab, "carrier")["Timeout"]
    at_once = stopped(lab, "carrier")
    if at_once is not None:
        return NotYet(
            "You limited how many invocations hang at the same moment. Each of them still hangs, "
            "and the parcels of other carriers wait behind them.",
            got=f"reserved concurrency {at_once}, Timeout {limit_s} s",
            next_step="lam.delete_function_concurrency(FunctionName=…), then set Timeout.",
        )
    if limit_s == PLANTED_TIMEOUT_S:
        raise NotAttempted(
            f"The time-out of carrier is still {PLANTED_TIMEOUT_S} s.",
            next_step='`lab.hint("timeout")` gives a first step.',
        )
    slow = _slow(lab, limit_s)
    if limit_s > LONGEST_S:
        return NotYet(
            f"One silent carrier is still paid for {limit_s} s. No customer waits that long.",
            expected=f"at most {LONGEST_S} s",
            got=f"Timeout {limit_s} s",
            next_step="How long does the slowest answer take that is still worth having?",
        )
    silent = _ask(lab, "silent")
    if silent.ok:
        return NotYet(
            "The carrier was silent, and carrier answered all the same: it invents a date. The "
            "code was changed, and the time-out proves nothing.",
            got=str(silent.payload)[:80],
            evidence=[seen(silent)],
            next_step='Deploy the folder again: `lab.deploy("carrier", memory=1769, timeout=…)`.',
        )
    if not silent.timed_out:
        return _broken(silent)
    return Right(
        "Yes: an answer of a slow day still comes, and a silent carrier was cut off.",
        evidence=[f"slow: {seen(slow)}", f"silent: {seen(silent)}"],
        not_checked=["what your caller does then: a retry asks the silent carrier again"],
    )


def _slow(lab: CheckedLab, limit_s: int) -> Invocation:
    """An answer of a slow day; `NotYet` when it does not come."""
    slow = _ask(lab, "slow")
    if slow.timed_out:
        raise NotYet(
            f"A time-out of {limit_s} s cuts off a carrier that answers after {SLOW_S} s: that "
            "customer gets no date.",
            evidence=[seen(slow)],
            next_step=f"Leave room for the slow days: more than {SLOW_S} s, at most {LONGEST_S} s.",
        )
    if not slow.ok or "parcel" not in str(slow.payload):
        raise _broken(slow)
    return slow


def _ask(lab: CheckedLab, carrier: str) -> Invocation:
    return lab.invoke(lab.name("carrier"), {"parcel": randbelow(10_000), "carrier": carrier})


def _broken(run: Invocation) -> Feedback:
    return NotYet(
        "carrier fails, and not by its time-out.",
        got=f"{run.error_type}: {run.error_message}"[:300],
        evidence=[f"request {run.request_id}"],
        next_step='Deploy the folder again: `lab.deploy("carrier", memory=1769, timeout=…)`.',
    )
