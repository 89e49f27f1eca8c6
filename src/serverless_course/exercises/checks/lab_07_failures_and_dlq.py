"""The tasks of lab 07: events that fail, and where they end."""

import json
from collections.abc import Mapping
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checks.lab_07_shop import (
    DAY,
    body_of,
    booked,
    dead_letter_target,
    list_of,
    packed,
    queue_arn,
    queue_url,
    redrive_target,
    tries_in_log,
    wait_until_empty,
    waiting_in,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import several, whole, word
from serverless_course.exercises.task import task

ATTEMPTS = 3
HEAVY_KG = 40


@task("lost")
def lost(lab: Any, answer: Any) -> Feedback:
    """Which orders of the day are not in the table."""
    missing = sorted(DAY - booked(lab))
    if whole(answer) is not None:
        return NotYet(
            "The question is which orders, not how many.",
            expected="a list of order numbers",
            got=repr(answer),
        )
    said = {whole(item) for item in several(answer)}
    if not said or None in said:
        return NotYet("The answer is a list of order numbers.", got=repr(answer)[:80])
    there = sorted(number for number in said if number is not None and number not in missing)
    if there:
        return NotYet(
            f"Order {there[0]} is in the table, so it is not lost.",
            next_step="`booked()` gives the numbers that are in the table.",
        )
    if said != set(missing):
        return NotYet(
            f"These are lost, and there are more: {len(missing)} in all.",
            got=list_of(sorted(number for number in said if number is not None)),
            next_step="Compare the whole of `day` with `booked()`.",
        )
    return Right(
        f"Yes: {list_of(missing)}. Nobody saw an error, and no queue holds them.",
        evidence=[f"{len(booked(lab))} orders are in the table"],
    )


@task("attempts")
def attempts(lab: Any, answer: Any) -> Feedback:
    """How often Lambda tried a lost order."""
    number = whole(answer)
    if number is None:
        return NotYet("The answer is a whole number.", got=repr(answer)[:80])
    seen_in_log = tries_in_log(lab)
    evidence = [f"at most {seen_in_log} START lines with one request id in the log"]
    if number == ATTEMPTS:
        return Right("Yes: the first attempt, and two retries.", evidence=evidence)
    if number == ATTEMPTS - 1:
        text = "There are two retries; the first attempt counts, too."
    elif number == 1:
        text = "Lambda tries again: after one minute, and after two more."
    else:
        text = "The log has another number."
    return NotYet(text, got=str(number), evidence=evidence, next_step="Count the points.")


@task("dlq", needs_answer=False)
def dlq(lab: Any, answer: Any) -> Feedback:
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


@task("cause")
def cause(lab: Any, answer: Any) -> Feedback:
    """The field of the event that breaks the function, and its value."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return NotYet("The answer is a pair: (field, value).", got=repr(answer)[:80])
    field, value = word(answer[0]), answer[1]
    if field in ("errorcode", "errormessage", "requestid"):
        return NotYet(
            f"{answer[0]} is an attribute of the dead letter. ErrorCode 200 says that your "
            "function failed, and not why. The cause is in the event itself.",
            next_step="Compare the four bodies with an order that went well.",
        )
    if field != "coupon":
        return NotYet(
            f"Orders with the same {answer[0]} went well. Look for what only the lost ones have.",
            got=repr(answer)[:80],
        )
    if value is not None:
        return NotYet(
            "It is the coupon. Which value has it in the lost orders?", got=repr(value)[:80]
        )
    return Right("Yes: a customer without a coupon sends null, and null has no percent.")


@task("mend", needs_answer=False, time_limit_s=90)
def mend(lab: Any, answer: Any) -> Feedback:
    """The function books orders without a coupon, and all orders of the day are in the table."""
    missing = sorted(DAY - booked(lab))
    number = 1000 + randbelow(900_000)
    order = {"order": number, "items": [{"cents": 450, "number": 3}], "coupon": None}
    run = lab.invoke(lab.name("orders"), order)
    if not run.ok and len(missing) == len([n for n in DAY if n % 6 == 0]):
        return NotAttempted(
            "The function still fails for an order without a coupon.",
            evidence=[seen(run)],
            next_step="Change functions/orders_mended/index.py, and deploy it again.",
        )
    run = fresh(lab, "orders", order)
    wrong = _priced_wrong(lab, order, seen(run))
    if wrong is not None:
        return wrong
    if missing:
        return NotYet(
            f"{len(missing)} of the {len(DAY)} orders are still missing: {list_of(missing)}.",
            next_step="Redrive the letters that are in the dead-letter queue.",
        )
    left = waiting_in(lab, "dead-orders")
    if left:
        return NotYet(
            f"All orders are booked, and {left} dead letters are still in the queue: somebody "
            "may send them a second time.",
            next_step="Delete a letter when its order is booked.",
        )
    return Right(
        "Yes: all 24 orders are booked, each at its price, and the dead-letter queue is empty.",
        evidence=[seen(run)],
        not_checked=["a letter that is sent twice: then the order would be written twice, alike"],
    )


def _priced_wrong(lab: Any, order: dict[str, Any], evidence: str) -> Feedback | None:
    """What is wrong with the price of a fresh order, without a coupon and with one."""
    number = order["order"]
    cents = body_of(lab, number)
    if cents is None:
        return NotYet(
            "For an order without a coupon, the function says that all is well, and writes "
            "nothing. That is worse than before: nobody will ever send this order again.",
            evidence=[evidence],
            next_step="Do not catch the error; give the order a coupon of 0 %.",
        )
    if cents != 1350:
        return NotYet(
            "An order without a coupon costs its full price.",
            expected="1350 cents for 3 at 450",
            got=f"{cents} cents",
            evidence=[evidence],
        )
    discounted = {"order": number + 1, "items": order["items"], "coupon": {"percent": 10}}
    fresh(lab, "orders", discounted)
    if body_of(lab, number + 1) != 1215:
        return NotYet(
            "An order with a coupon of 10 % is not booked at its price any more.",
            expected="1215 cents for 3 at 450, less 10 %",
            got=f"{body_of(lab, number + 1)} cents",
        )
    return None


@task("partial", needs_answer=False, time_limit_s=150)
def partial(lab: Any, answer: Any) -> Feedback:
    """Ten fresh parcels, one too heavy: nine packed once, one in the queue's DLQ."""
    mapping = _mapping(lab)
    looks = "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", [])
    first = 10_000 + 10 * randbelow(90_000)
    heavy = first + 3
    sqs = lab.client("sqs")
    bodies = [{"order": first + n, "kg": HEAVY_KG if first + n == heavy else 2} for n in range(10)]
    before = waiting_in(lab, "bad-parcels")
    sqs.send_message_batch(
        QueueUrl=queue_url(lab, "parcels"),
        Entries=[{"Id": str(each["order"]), "MessageBody": json.dumps(each)} for each in bodies],
    )
    wait_until_empty(lab, "parcels")
    dead = waiting_in(lab, "bad-parcels") - before
    times = {each["order"]: packed(lab, each["order"]) for each in bodies if each["order"] != heavy}
    evidence = [
        f"parcels {first} to {first + 9}, of them {heavy} too heavy",
        f"packed: {list_of(sorted(times.values()))} times; {dead} of them in the queue's DLQ",
    ]
    more, never = [n for n, t in times.items() if t > 1], [n for n, t in times.items() if t == 0]
    if not looks and dead > 1:
        return NotAttempted(
            "The packer still fails for the whole batch.",
            evidence=evidence,
            next_step="Change functions/packer_mended/index.py, deploy it, and update the mapping.",
        )
    if not looks:
        return NotYet(
            f"The function reports failures, and the mapping does not look at its answer: parcel "
            f"{heavy} was deleted from the queue, and is in no other.",
            evidence=evidence,
            next_step="Set FunctionResponseTypes of the mapping.",
        )
    if more:
        return NotYet(
            f"Good parcels were packed more than once: {list_of(more[:3])} and others were "
            "reported as failed.",
            evidence=evidence,
            next_step="Report the messages that failed, and no others.",
        )
    if never or dead != 1:
        return NotYet(
            f"{len(never)} good parcels were never packed, and {dead} parcels are in the queue's "
            "dead-letter queue.",
            expected="none, and 1",
            evidence=evidence,
            next_step="Go on with the next message when one fails, and report that one.",
        )
    return Right(
        "Yes: nine were packed once, and the heavy one alone ended in the queue's DLQ.",
        evidence=evidence,
        not_checked=["a crash in the middle of a batch: then the whole batch comes back"],
    )


@task("record")
def record(lab: Any, answer: Any) -> Feedback:
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


def _misconfigured(lab: Any) -> Feedback | None:
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


def _mapping(lab: Any) -> dict[str, Any]:
    client = lab.client("lambda")
    found = client.list_event_source_mappings(FunctionName=lab.name("packer"))
    mappings = found["EventSourceMappings"]
    if not mappings:
        raise NotAttempted(
            "The packer has no mapping.", next_step="Run the cells of this task from its top."
        )
    mapping: dict[str, Any] = mappings[0]
    return mapping
