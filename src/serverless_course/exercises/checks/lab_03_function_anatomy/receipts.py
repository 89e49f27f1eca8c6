"""Work that a handler leaves in the background: frozen with the environment, or done in time."""

import time
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import (
    deployed,
    item,
    renew,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.task import task

SENT = "receipts_sent"
MOST_EVENTS = 8


@task("freeze", needs_answer=False, time_limit_s=120)
def freeze(lab: CheckedLab, answer: Any) -> Feedback:
    """When receipts_sent has answered, the receipt is printed, however slow the printer is."""
    deployed(lab, SENT)
    renew(lab, SENT)
    evidence = []
    for seconds in ((30 + randbelow(30)) / 100, (130 + randbelow(60)) / 100):
        receipt = f"receipt-{token_hex(6)}"
        run = fresh(lab, SENT, {"receipt": receipt, "seconds": seconds})
        evidence.append(f"printer of {seconds:g} s: {seen(run)}")
        if not item(lab, receipt):
            raise _not_there(lab, receipt, seconds, evidence)
        # The clocks of a handler and of the REPORT differ by less.
        if run.duration_ms < 950 * seconds:
            raise NotYet(
                f"The receipt is in the table after {run.duration_ms:.0f} ms, and this printer "
                f"takes {1000 * seconds:.0f}: nothing was printed.",
                evidence=evidence,
                next_step="Leave print_receipt as it is, and wait until it has finished.",
            )
    return Right(
        "Yes: both receipts were printed before the answer, by a quick and by a slow printer.",
        evidence=evidence,
        not_checked=["a printer that fails: an error in a thread does not reach your handler"],
    )


def _not_there(lab: CheckedLab, receipt: str, seconds: float, evidence: list[str]) -> NotYet:
    """What became of a receipt that was not printed when the answer came."""
    answered = time.monotonic()
    time.sleep(seconds + 0.5)
    waited = "later, without another event, it was not there either"
    if item(lab, receipt):
        waited = "it came without another event: was it frozen at all?"
    for number in range(1, MOST_EVENTS + 1):
        if item(lab, receipt):
            late = time.monotonic() - answered
            return NotYet(
                f"The function answered before the printer of {seconds:g} s was done; then the "
                f"environment was frozen, and the thread in it. The receipt came {late:.1f} s "
                "late, when further events had thawed it.",
                evidence=[*evidence, waited, f"it was there after {number - 1} more events"],
                next_step="Wait for the thread itself before you return, not for a time.",
            )
        fresh(lab, SENT, {"receipt": f"receipt-{token_hex(6)}", "seconds": 0})
        time.sleep(0.2)
    return NotYet(
        f"The receipt was never printed: {MOST_EVENTS} more events did not bring it.",
        evidence=[*evidence, waited],
        next_step="`print_receipt` must run to its end before the handler returns.",
    )
