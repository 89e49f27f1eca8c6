"""A failure destination with one retry: a fresh event that fails leaves its record there."""

import json
from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.role import refuse_too_much
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    hopeless_order,
    messages_in,
    order_in,
    queue_arn,
    send,
    take,
    tries,
)
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown, whole, word
from serverless_course.exercises.task import task

BROKEN = 900
# One retry: a minute of AWS's clock, which the embedded cloud lets pass faster.
ARRIVES_WITHIN_S = 100.0
ALSO_WITHIN_S = 3.0


@task("record", time_limit_s=180)
def record(lab: CheckedLab, answer: Any) -> Feedback:
    """What the failure destination's record says of an event with one retry."""
    problem = _misconfigured(lab)
    if not isinstance(answer, Mapping) or set(answer) != {"condition", "attempts"}:
        problem = NotYet(
            "The answer is a dictionary with the keys condition and attempts.", got=shown(answer)
        )
    if problem is not None:
        return problem
    sent_by_learner = any(order_in(m) == BROKEN for m in messages_in(lab, "failures"))
    if not sent_by_learner and 2 not in tries(lab).values():
        return NotYet(
            f"No record of your order {BROKEN} is in the queue, and the log shows no event that "
            "was tried twice.",
            next_step="Send `broken`, and wait for its record.",
        )
    order = hopeless_order()
    request = send(lab, order)
    message = take(lab, "failures", order["order"], ARRIVES_WITHIN_S)
    if message is None:
        return NotYet(
            "A fresh event that failed left no record in `failures`. May the role still send "
            "there?",
            evidence=[f"request {request}: order {order['order']}, sent by this check to fail"],
        )
    # A function may have both: then the event ends in both queues.
    take(lab, "dead-orders", order["order"], ALSO_WITHIN_S)
    context = json.loads(message["Body"])["requestContext"]
    condition, attempts = context["condition"], context["approximateInvokeCount"]
    evidence = [f"the record of request {request}: {condition}, {attempts} attempts"]
    wrong = _misread(answer, condition, attempts, evidence)
    if wrong is not None:
        return wrong
    refuse_too_much(lab)
    return Right(
        "Yes. And it holds the answer with its stack trace, which a dead letter does not.",
        evidence=evidence,
        not_checked=["a destination for success"],
    )


def _misread(
    answer: Mapping[Any, Any], condition: str, attempts: int, evidence: list[str]
) -> Feedback | None:
    """What is wrong with an answer, beside what the record says."""
    said = whole(answer["attempts"])
    if said == attempts - 1:
        return NotYet(
            f"One retry makes {attempts} attempts: the first attempt counts, too.",
            got=shown(answer["attempts"]),
            evidence=evidence,
        )
    if said != attempts:
        return NotYet(
            "The record counts another number of attempts.",
            got=shown(answer["attempts"]),
            evidence=evidence,
            next_step="Read requestContext.approximateInvokeCount in the record.",
        )
    if word(answer["condition"]) != word(condition):
        return NotYet(
            "The record has another condition.",
            got=shown(answer["condition"]),
            evidence=evidence,
            next_step="Read requestContext.condition in the record.",
        )
    return None


def _misconfigured(lab: CheckedLab) -> Feedback | None:
    """What is wrong with the event invoke configuration of orders."""
    client = lab.client("lambda")
    wanted = queue_arn(lab, "failures")
    configs = client.list_function_event_invoke_configs(FunctionName=lab.name("orders"))
    config: dict[str, Any] = next(iter(configs["FunctionEventInvokeConfigs"]), {})
    target = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    if target != wanted:
        return NotYet(
            "The function has no failure destination yet, or another than `failures_arn`.",
            expected=wanted,
            got=target or "none",
            next_step="Set DestinationConfig with OnFailure.",
        )
    retries = config.get("MaximumRetryAttempts")
    if retries != 1:
        return NotYet(
            "The task asks for one retry. MaximumRetryAttempts says how many.",
            expected="MaximumRetryAttempts 1",
            got=f"MaximumRetryAttempts {'not set, so 2' if retries is None else retries}",
        )
    return None
