"""Spans of OpenTelemetry in a checkout."""

import time
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    buy,
    error_of,
    new_customer,
    wait_for,
)
from serverless_course.exercises.checks.lab_08_observability_xray.traces import (
    own_document,
    traces_of,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task


@task("otel", needs_answer=False, time_limit_s=120)
def otel(lab: CheckedLab, answer: Any) -> Feedback:
    """Spans of OpenTelemetry for both steps, below the checkout's own, with the customer."""
    name = lab.name("checkout_otel")
    client = lab.client("lambda")
    try:
        client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return NotAttempted(
            "There is no function checkout_otel yet.",
            next_step="Change functions/checkout_otel/index.py, and deploy it.",
        )
    since, customer = time.time(), new_customer()
    run = buy(lab, customer, function="checkout_otel")
    if not run.ok:
        return NotYet(
            f"The function checkout_otel fails: {error_of(run)}",
            evidence=[seen(run)],
            next_step="Deploy it with **otel_settings: its layer is another one."
            if "opentelemetry" in run.error_message
            else "Mend functions/checkout_otel, and deploy it again.",
        )

    def arrived() -> Any:
        for tree in traces_of(lab, "checkout_otel", since - 1):
            # X-Ray names the segment of a function's span like the function: the second of two.
            own = [
                node
                for _, node in tree.walk()
                if node.name == name and node.origin == "AWS::Lambda::Function"
            ]
            if len(own) > 1:
                return tree, own[-1]
        return None

    tree, span = wait_for("its spans were there", arrived)
    below = {node.name for _, node in span.walk()}
    missing = [step for step in ("price", "coupon") if step not in below]
    if missing:
        return NotYet(
            f"There is no span {' and no span '.join(missing)} below check out.",
            evidence=[f"below check out: {', '.join(sorted(below - {name})) or 'nothing'}"],
            next_step=f'`with tracer.start_as_current_span("{missing[0]}"):` around the step. It '
            "needs no context of its own: the span around it is its parent.",
        )
    if customer not in own_document(lab, tree.trace_id, span.id):
        return NotYet(
            "The spans are there; the attribute customer is not on the span check out.",
            next_step='`span.set_attribute("customer", …)` on the span check out.',
        )
    return Right(
        "Yes: spans of an open standard, in the same trace as Lambda's own segments.",
        evidence=[seen(run), f"trace {tree.trace_id}"],
    )
