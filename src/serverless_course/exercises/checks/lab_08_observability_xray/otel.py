"""Spans of OpenTelemetry in a checkout."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import trace_of
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    ARRIVES_WITHIN_S,
    CENTS_TO_PAY,
    buy,
    error_of,
    fail_early,
    new_customer,
    paid_in,
)
from serverless_course.exercises.checks.lab_08_observability_xray.traces import (
    function_node,
    noted,
    traces,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.node import Node
from serverless_course.traces.tree import Tree
from serverless_course.waiting import until

CALLED = ("price", "coupon")
# What the clocks of two processes on one machine may differ by; on AWS, those of two machines.
CLOCKS_DIFFER_S = 0.005


@task("otel", needs_answer=False, time_limit_s=120)
def otel(lab: CheckedLab, answer: Any) -> Feedback:
    """Spans of OpenTelemetry around both steps, below the checkout's own, with the customer."""
    name = lab.name("checkout_otel")
    client = lab.client("lambda")
    try:
        client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return NotAttempted(
            "There is no function checkout_otel yet.",
            next_step="Change functions/checkout_otel/index.py, and deploy it.",
        )
    customer = new_customer()
    run = buy(lab, customer, function="checkout_otel")
    wrong = _works_no_longer(lab, run)
    if wrong is not None:
        return wrong
    trace_id = trace_of(lab, run, "checkout_otel")
    found = until(lambda: _arrived(lab, name, trace_id), ARRIVES_WITHIN_S, every_s=0.3)
    if found is None:
        return NotYet(
            f"No span of the checkout came within {ARRIVES_WITHIN_S:g} s.",
            evidence=[seen(run)],
            next_step="Does the handler still call `provider.force_flush()` at its end, in "
            "`finally`? Between invocations the function is frozen, and sends nothing.",
        )
    tree, span = found
    wrong = _spans_problem(lab, tree, span) or _attribute_problem(lab, tree, span, customer)
    return wrong or Right(
        "Yes: spans of an open standard, in the same trace as Lambda's own segments.",
        evidence=[seen(run), f"trace {tree.trace_id}"],
    )


def _works_no_longer(lab: CheckedLab, run: Invocation) -> Feedback | None:
    if not run.ok:
        other_layer = "opentelemetry" in (run.error_message or "")
        return NotYet(
            f"The function checkout_otel fails: {error_of(run)}",
            evidence=[seen(run)],
            next_step="Deploy it with **otel_settings: its layer is another one."
            if other_layer
            else "Fix functions/checkout_otel, and deploy it again.",
        )
    paid = paid_in(run)
    if paid != CENTS_TO_PAY:
        return NotYet(
            "The checkout asks for another sum than before.",
            expected=f"{CENTS_TO_PAY} cents",
            got=str(paid),
            evidence=[seen(run)],
            next_step="Only spans and an attribute are new: put the rest back.",
        )
    bad = fail_early(lab, new_customer(), function="checkout_otel")
    if bad.ok:
        return NotYet(
            "A checkout that fails says now that it went well: its caller has to know.",
            evidence=[seen(bad)],
            next_step="Let the error leave the `with` block: the span notes it.",
        )
    return None


def _arrived(lab: CheckedLab, name: str, trace_id: str) -> tuple[Tree, Node] | None:
    for tree in traces(lab, [trace_id]):
        # X-Ray names the segment of a function's span like the function: the second of two.
        own = [
            node
            for _, node in tree.walk()
            if node.name == name and node.origin == "AWS::Lambda::Function"
        ]
        if len(own) > 1 and not own[-1].in_progress:
            return tree, own[-1]
    return None


def _spans_problem(lab: CheckedLab, tree: Tree, span: Node) -> Feedback | None:
    below = {node.name: node for _, node in span.walk() if node is not span}
    missing = [step for step in CALLED if step not in below]
    if missing:
        return NotYet(
            f"There is no span {' and no span '.join(missing)} below check out.",
            evidence=[f"below check out: {', '.join(sorted(below)) or 'nothing'}"],
            next_step=f'`with tracer.start_as_current_span("{missing[0]}"):` around the step. It '
            "needs no context of its own: the span around it is its parent.",
        )
    for step in CALLED:
        for called in CALLED:
            call = function_node(tree, lab.name(called))
            if call is None:
                return NotYet(
                    f"The checkout no longer calls the function {called}.",
                    next_step="Only spans and an attribute are new: put the rest back.",
                )
            inside = _covers(below[step], call)
            if step == called and not inside:
                return NotYet(
                    f"The span {step} does not hold the call of the function {called}: the call "
                    "begins before the span, or ends after it.",
                    evidence=[f"the span {step} took {1000 * below[step].seconds:.1f} ms"],
                    next_step="Indent the line that calls the function below `with`.",
                )
            if step != called and inside:
                return NotYet(
                    f"The span {step} holds the call of the function {called}, too: it does not "
                    "say which step takes the time.",
                    next_step="One span for each step, one after the other.",
                )
    return None


def _covers(span: Node, call: Node) -> bool:
    begun = span.start_s <= call.start_s + CLOCKS_DIFFER_S
    return begun and span.end_s >= call.end_s - CLOCKS_DIFFER_S


def _attribute_problem(lab: CheckedLab, tree: Tree, span: Node, customer: str) -> Feedback | None:
    held = noted(lab, tree.trace_id, span.id)
    if held.get("customer") == customer:
        return None
    others = sorted(key for key, value in held.items() if customer in (key, str(value)))
    if "customer" in held:
        text = "The attribute customer holds something else than this customer's number."
    elif others:
        text = "The span check out has the customer's number, under another name."
    else:
        text = "The spans are there; the attribute customer is not on the span check out."
    return NotYet(
        text,
        expected=f"customer: {customer}",
        got=f"customer: {str(held['customer'])[:60]}"
        if "customer" in held
        else ", ".join(others) or None,
        next_step='`span.set_attribute("customer", event["customer"])` on the span check out.',
    )
