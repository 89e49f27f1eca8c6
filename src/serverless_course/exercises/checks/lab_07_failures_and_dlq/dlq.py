"""A dead-letter queue on the function: a fresh event that fails must end in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.role import refuse_too_much
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    hopeless_order,
    queue_arn,
    redrive_target,
    send,
    take,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task
from serverless_course.functions.configure import configure
from serverless_course.functions.patience import message_of, patiently

ARRIVES_WITHIN_S = 20.0


@task("dlq", needs_answer=False, time_limit_s=120)
def dlq(lab: CheckedLab, answer: Any) -> Feedback:
    """A dead-letter queue on the function, and the right to write to it, and nothing else."""
    wanted = queue_arn(lab, "dead-orders")
    wrong = _wrong_target(lab, wanted) or _refused(lab, wanted)
    if wrong is not None:
        return wrong
    order = hopeless_order()
    with _one_attempt(lab):
        request = send(lab, order)
        letter = take(lab, "dead-orders", order["order"], ARRIVES_WITHIN_S)
    evidence = [f"request {request}: order {order['order']}, sent by this check to fail"]
    if letter is None:
        return NotYet(
            "The function names the queue, and a fresh event that failed did not arrive there "
            f"within {ARRIVES_WITHIN_S:g} s.",
            evidence=evidence,
            next_step="Is anybody else reading from the queue? Check again.",
        )
    refuse_too_much(lab)
    return Right(
        "Yes. A fresh order that failed is in the queue, and the role may send to no other.",
        evidence=[*evidence, "its letter arrived; this check took it out again"],
        not_checked=["an event of more than 256 KB"],
    )


def _wrong_target(lab: CheckedLab, wanted: str) -> Feedback | None:
    """What is wrong with the function's dead-letter target, by its configuration."""
    config = lab.client("lambda").get_function_configuration(FunctionName=lab.name("orders"))
    target = str((config.get("DeadLetterConfig") or {}).get("TargetArn", ""))
    if not target:
        if redrive_target(lab, "elsewhere") == wanted:
            return NotYet(
                "You gave another queue a redrive policy. That is for messages of that queue. The "
                "function itself has no dead-letter target.",
                next_step="Set `DeadLetterConfig` of the function `orders`.",
            )
        return NotAttempted(
            "The function has no dead-letter target yet.",
            next_step='`lab.hint("dlq")` gives a first step.',
        )
    if ":sns:" in target:
        return NotYet(
            "The target is a topic. That is possible; but a topic keeps nothing, and nobody "
            "has subscribed to it.",
            expected=wanted,
            got=target,
        )
    if target != wanted:
        return NotYet("The target is another queue.", expected=wanted, got=target)
    return None


def _refused(lab: CheckedLab, arn: str) -> Feedback | None:
    """What Lambda says when the same target is set once more: it asks whether the role may send."""
    client, function = lab.client("lambda"), lab.name("orders")
    try:
        configure(client, function, permissions_spread=False, DeadLetterConfig={"TargetArn": arn})
    except client.exceptions.InvalidParameterValueException as refused:
        return NotYet(
            "The function names the queue, and Lambda no longer accepts this queue: the role may "
            "not send to it. Letters would be lost.",
            evidence=[message_of(refused)],
            next_step="Look at the role's policies: `sqs:SendMessage` on `dead_arn`. Then check "
            "again.",
        )
    return None


@contextmanager
def _one_attempt(lab: CheckedLab) -> Iterator[None]:
    """Let events of orders fail at once, and give the learner's own settings back."""
    client, function = lab.client("lambda"), lab.name("orders")
    found = client.list_function_event_invoke_configs(FunctionName=function)
    before: dict[str, Any] = next(iter(found["FunctionEventInvokeConfigs"]), {})
    patiently(
        lambda: client.put_function_event_invoke_config(
            FunctionName=function, MaximumRetryAttempts=0
        )
    )
    try:
        yield
    finally:
        names = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
        kept = {name: before[name] for name in names if name in before}
        if kept:
            client.put_function_event_invoke_config(FunctionName=function, **kept)
        else:
            client.delete_function_event_invoke_config(FunctionName=function)
