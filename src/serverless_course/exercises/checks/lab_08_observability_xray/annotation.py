"""An annotation that finds one customer's traces."""

import time
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import trace_of
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    CENTS_TO_PAY,
    buy,
    fail_early,
    fails_now,
    new_customer,
    paid_in,
    wait_for,
)
from serverless_course.exercises.checks.lab_08_observability_xray.traces import (
    STEPS,
    documents,
    function_node,
    summaries,
    traces,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.tree import Tree

FOLDER = "checkout_annotated"
KEY = "customer"


@task("find", time_limit_s=120)
def find(lab: CheckedLab, answer: Any) -> Feedback:
    """A filter expression that finds the traces of one customer, and of no other."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a filter expression.", got=shown(answer))
    if "{customer}" not in answer:
        return NotYet(
            "There is no {customer} in the expression: the check puts a customer's number there.",
            got=shown(answer),
            next_step="No f in front of the quotation marks: `'… = \"{customer}\"'`.",
        )
    own, other = new_customer(), new_customer()
    good = buy(lab, own)
    if not good.ok:
        return fails_now(good, FOLDER)
    # The default rule records at least the first request of each second.
    time.sleep(1.1)
    bad = fail_early(lab, other)
    if bad.ok:
        return NotYet(
            "A checkout that fails says now that it went well: its caller has to know.",
            evidence=[seen(bad)],
            next_step="Keep `raise` where it was.",
        )
    ids = {own: trace_of(lab, good), other: trace_of(lab, bad)}
    trees = {customer: _arrived(lab, trace_id) for customer, trace_id in ids.items()}
    incomplete = _steps_missing(trees[own], good)
    if incomplete is not None:
        return incomplete
    found = {
        customer: {each["Id"] for each in summaries(lab, answer.replace("{customer}", customer))}
        for customer in ids
    }
    return _judged(lab, answer, ids, found)


def _arrived(lab: CheckedLab, trace_id: str) -> Tree:
    def complete() -> Tree | None:
        trees = traces(lab, [trace_id])
        whole = trees and function_node(trees[0], lab.name("checkout")) is not None
        return trees[0] if whole else None

    tree: Tree = wait_for("a new trace was there", complete)
    return tree


def _steps_missing(tree: Tree, run: Invocation) -> Feedback | None:
    """The checkout has to do what it did: all its steps, and the same sum."""
    names = {node.name for _, node in tree.walk()}
    missing = [step for step in STEPS if step not in names]
    paid = paid_in(run)
    if not missing and paid == CENTS_TO_PAY:
        return None
    return NotYet(
        f"The checkout no longer takes the step {' and the step '.join(missing)}."
        if missing
        else "The checkout asks for another sum than before.",
        expected=None if missing else f"{CENTS_TO_PAY} cents",
        got=None if missing else str(paid),
        evidence=[seen(run)],
        next_step=f"Only the annotation is new in functions/{FOLDER}: put the rest back.",
    )


def _judged(
    lab: CheckedLab, answer: str, ids: dict[str, str], found: dict[str, set[str]]
) -> Feedback:
    (own, well), (other, failed) = ids.items()
    if found[own] == {well} and found[other] == {failed}:
        keys = {
            key
            for tree in traces(lab, [well, failed])
            for _, node in tree.walk()
            for key in node.annotations
        }
        if KEY not in keys:
            return NotYet(
                "The expression finds them, by an annotation of another name.",
                expected=f"an annotation called {KEY}",
                got=", ".join(sorted(keys)),
            )
        return Right(
            "Yes: one customer, one trace. From now on you can find hers within seconds.",
            evidence=[f"{own}: {well}", f"{other}: {failed}"],
        )
    if well in found[own] and failed not in found[other]:
        return NotYet(
            "It finds a checkout that went well, and not one that fails. Hers fail, so she would "
            "still not be found.",
            got=shown(answer),
            next_step="Put the annotation where every checkout comes by before it can fail.",
        )
    if well not in found[own]:
        return _not_found(
            answer, in_document=own in documents(lab, well), fails=failed in found[other]
        )
    return NotYet(
        "It finds traces of other customers, too.",
        got=shown(answer),
        evidence=[f"{len(found[own])} traces for {own}, {len(found[other])} for {other}"],
        next_step="The expression has to ask for this one customer, and for nothing else.",
    )


def _not_found(answer: str, *, in_document: bool, fails: bool) -> Feedback:
    if fails:
        return NotYet(
            "It finds a checkout that fails, and not one that goes well.",
            got=shown(answer),
            next_step="Put the annotation where every checkout comes by.",
        )
    if in_document:
        return NotYet(
            "The customer is in the trace, and your expression does not find it: as metadata, as "
            "an annotation of another name, or in a log only. X-Ray searches annotations, and not "
            "metadata.",
            got=shown(answer),
            next_step='Call put_annotation("customer", …), and ask for annotation.customer.',
        )
    return NotYet(
        "The expression finds no trace: the new traces carry no such annotation.",
        got=shown(answer),
        next_step=f"Deploy functions/{FOLDER} in place of the old one, with the customer's number "
        "as the annotation's value.",
    )
