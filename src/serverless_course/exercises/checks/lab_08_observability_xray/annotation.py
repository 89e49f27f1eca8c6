"""An annotation that finds one customer's traces."""

import time
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    buy,
    fails_now,
    new_country,
    new_customer,
    wait_for,
)
from serverless_course.exercises.checks.lab_08_observability_xray.traces import (
    documents,
    function_node,
    summaries,
    traces_of,
)
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task


@task("find", time_limit_s=120)
def find(lab: CheckedLab, answer: Any) -> Feedback:
    """A filter expression that finds the traces of one customer, and of no other."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a filter expression.", got=shown(answer))
    since = time.time()
    own, other = new_customer(), new_customer()
    run = buy(lab, own)
    if not run.ok:
        return fails_now(run, "checkout_annotated")
    # The default rule records at least the first request of each second.
    time.sleep(1.1)
    # Hers fail, in the first step: it is those that have to be found.
    buy(lab, other, new_country())

    def arrived() -> list[str]:
        trees = traces_of(lab, "checkout", since - 1)
        complete = [t for t in trees if function_node(t, lab.name("checkout")) is not None]
        return [summary["Id"] for summary in _all(lab, since)] if len(complete) >= 2 else []

    ids = wait_for("two new traces were there", arrived)
    found = {
        customer: {
            summary["Id"]
            for summary in summaries(lab, answer.replace("{customer}", customer), since - 1)
        }
        for customer in (own, other)
    }
    if found[own] and not found[other]:
        return NotYet(
            "It finds a checkout that went well, and not one that fails. Hers fail, so she would "
            "still not be found.",
            got=shown(answer),
            next_step="Put the annotation where every checkout comes by before it can fail.",
        )
    if not found[own]:
        return _not_found(answer, in_document=any(own in documents(lab, each) for each in ids))
    if found[own] & found[other]:
        return NotYet(
            "It finds traces of other customers, too.",
            got=shown(answer),
            evidence=[f"{len(found[own])} traces for {own}, the same ones for {other}"],
        )
    return Right(
        "Yes: one customer, one trace. From now on you can find hers within seconds.",
        evidence=[f"{own}: {', '.join(found[own])}", f"{other}: {', '.join(found[other])}"],
    )


def _not_found(answer: str, *, in_document: bool) -> Feedback:
    if "{customer}" not in answer:
        return NotYet(
            "There is no {customer} in the expression: the check puts a customer's number there.",
            got=shown(answer),
            next_step="No f in front of the quotation marks: `'… = \"{customer}\"'`.",
        )
    if in_document:
        return NotYet(
            "The customer is in the trace as metadata, or only in a log. X-Ray searches "
            "annotations, and not metadata.",
            got=shown(answer),
            next_step='Call put_annotation("customer", …).',
        )
    return NotYet(
        "The expression finds no trace: the new traces carry no such annotation.",
        got=shown(answer),
        next_step="Deploy functions/checkout_annotated in place of the old one.",
    )


def _all(lab: CheckedLab, since: float) -> list[dict[str, Any]]:
    return summaries(lab, f'service("{lab.name("checkout")}")', since - 1)
