"""Where an event ends that has failed: a dead-letter queue, a failure destination."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    dead_letter_target,
    queue_arn,
    redrive_target,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import whole, word
from serverless_course.exercises.task import task


@task("dlq", needs_answer=False)
def dlq(lab: CheckedLab, answer: Any) -> Feedback:
    """A dead-letter queue on the function, and the right to write to it."""
    target = dead_letter_target(lab)
    wanted = queue_arn(lab, "dead-orders")
    if not target:
        elsewhere = redrive_target(lab, "elsewhere")
        if elsewhere == wanted:
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
    return Right(
        "Yes. From now on, what fails three times ends there.",
        evidence=[f"DeadLetterConfig names {target}"],
        not_checked=["that a letter arrives: the next task shows it"],
    )


@task("record")
def record(lab: CheckedLab, answer: Any) -> Feedback:
    """What the failure destination's record says of an event with one retry."""
    misconfigured = _misconfigured(lab)
    if misconfigured is not None:
        return misconfigured
    if not isinstance(answer, Mapping) or set(answer) != {"condition", "attempts"}:
        return NotYet(
            "The answer is a dictionary with the keys condition and attempts.",
            got=repr(answer)[:80],
        )
    if whole(answer["attempts"]) == 1:
        return NotYet("One retry makes two attempts: the first attempt counts, too.", got="1")
    if whole(answer["attempts"]) != 2:
        return NotYet("The record counts another number of attempts.", got=str(answer["attempts"]))
    if word(answer["condition"]) != "retriesexhausted":
        return NotYet(
            "The record's condition is another.",
            got=repr(answer["condition"])[:80],
            next_step="Read requestContext.condition in the record.",
        )
    return Right(
        "Yes. And it holds the answer with its stack trace, which a dead letter does not.",
        not_checked=["a destination for success"],
    )


def _misconfigured(lab: CheckedLab) -> Feedback | None:
    """What is wrong with the event invoke configuration of orders."""
    client = lab.client("lambda")
    configs = client.list_function_event_invoke_configs(FunctionName=lab.name("orders"))
    config: dict[str, Any] = next(iter(configs["FunctionEventInvokeConfigs"]), {})
    target = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    if target != queue_arn(lab, "failures"):
        return NotYet(
            "The function has no failure destination yet, or another than `failures_arn`.",
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
