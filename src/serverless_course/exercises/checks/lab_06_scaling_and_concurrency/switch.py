"""The kill switch: pulled and put back by the learner's functions, with three fresh senders."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.bakery import (
    CHECKS_ORDER,
    MOST_CONNECTIONS,
    THROTTLED,
    booked,
    cap_of,
    fresh_id,
    mapping_of,
    queue_url,
    quiet_database,
    send_all,
    try_to_invoke,
    waiting_in,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.function_answers import function_of
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.waiting import until

# More than the poller takes at once, which is 50: so some stay in the queue.
MESSAGES = 80
EVENTS = 2
# So long the switch stays off after the event has become a dead letter.
OFF_S = 1.0
LETTER_WITHIN_S = 30.0
HANDLED_WITHIN_S = 60.0
EVENT_WITHIN_S = 10.0
# A second booking of the same order would come so soon after the first.
ALSO_WITHIN_S = 2.0
# A letter that the learner has looked at is hidden for so long at most.
VISIBLE_WITHIN_S = 8.0


@dataclass(frozen=True)
class Sent:
    """The orders of a check: of a caller, of asynchronous events, of messages in the queue."""

    call: str
    events: list[str]
    messages: list[str]


@task("switch", time_limit_s=180)
def switch(lab: CheckedLab, answer: Any) -> Feedback:
    """Call ``stop``, send fresh orders in three ways, call ``restore``: nothing may be lost."""
    stop, restore = _pair(answer)
    before = cap_of(lab, "till")
    if before != MOST_CONNECTIONS:
        raise NotAttempted(
            f"The till's reserved concurrency is {_shown(before)}, before anybody pulls a switch.",
            expected=f"{MOST_CONNECTIONS}, as task 2 found",
            next_step="Do task 2 first.",
        )
    uuid = mapping_of(lab, "till")["UUID"]
    quiet_database(lab)
    try:
        sent = _while_off(lab, stop)
        return _afterwards(lab, restore, sent)
    finally:
        _as_before(lab, uuid)


def _pair(answer: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise NotYet("The answer is a pair of two functions: `(stop, restore)`.", got=shown(answer))
    stop = function_of(answer[0], "stop", "stop()", arguments=0)
    return stop, function_of(answer[1], "restore", "restore()", arguments=0)


def _while_off(lab: CheckedLab, stop: Callable[[], Any]) -> Sent:
    """Pull the switch, and send; raise `NotYet` when something is worked on all the same."""
    events, messages = ([fresh_id() for _ in range(number)] for number in (EVENTS, MESSAGES))
    sent = Sent(fresh_id(), events, messages)
    letters = waiting_in(lab, "held-events")
    stop()
    said = try_to_invoke(lab, "till", {"order": sent.call})
    if said != THROTTLED:
        raise NotYet(
            "After `stop()` the till still sold: a caller got "
            f"{said or 'an answer'}, and not {THROTTLED}.",
            got=f"reserved concurrency {_shown(cap_of(lab, 'till'))}",
            next_step="Which reserved concurrency lets nothing run?",
        )
    for order in sent.events:
        lab.client("lambda").invoke(
            FunctionName=lab.name("till"),
            InvocationType="Event",
            Payload=json.dumps({"order": order}),
        )
    send_all(lab, "orders", ({"order": order} for order in sent.messages))
    held = letters + EVENTS
    settings = lab.client("lambda").get_function_configuration(FunctionName=lab.name("till"))
    # Without a dead-letter queue none can come: nobody waits long for it.
    target = (settings.get("DeadLetterConfig") or {}).get("TargetArn")
    limit_s = LETTER_WITHIN_S if target else ALSO_WITHIN_S
    if not until(lambda: waiting_in(lab, "held-events") >= held, limit_s):
        raise NotYet(
            "An asynchronous event came while the switch was off, and is lost: it is not in the "
            "queue held-events.",
            next_step="Run the cell that makes held-events the till's dead-letter queue again, "
            "then check again.",
        )
    time.sleep(OFF_S)
    return sent


def _afterwards(lab: CheckedLab, restore: Callable[[], Any], sent: Sent) -> Feedback:
    """Put the switch back, and look for each order."""
    queued = waiting_in(lab, "orders")
    try:
        restore()
    except ClientError as refused:
        if refused.response["Error"]["Code"] != THROTTLED:
            raise
        raise NotYet(
            "`restore()` itself met a throttle: the messages of the queue came back first, and the "
            "till was busy with them.",
            evidence=[str(refused)],
            next_step='An event may wait until the till is free: `InvocationType="Event"`.',
        ) from None
    cap = cap_of(lab, "till")
    if cap != MOST_CONNECTIONS:
        raise NotYet(
            f"After `restore()` the till's reserved concurrency is {_shown(cap)}: "
            + ("it is still off." if cap == 0 else "its database is no longer protected."),
            expected=f"{MOST_CONNECTIONS}, as before",
        )
    orders = [*sent.events, *sent.messages]

    def look() -> dict[str, int]:
        return booked(lab, orders)

    # A message leaves the queue when it is booked, so an empty queue brings no booking any more.
    until(lambda: waiting_in(lab, "orders") == 0, HANDLED_WITHIN_S)
    # One that is still held when `restore` has ended is booked soon, or not at all.
    held = waiting_in(lab, "held-events") > 0
    limit_s = ALSO_WITHIN_S if held else EVENT_WITHIN_S
    times = until(look, limit_s, ends=lambda found: all(found[e] for e in sent.events))
    letter = waiting_in(lab, "held-events") > 0
    if letter:
        _take_out(lab)
    evidence = [
        f"order {sent.call}, of a caller, while the switch was off: {THROTTLED}",
        *(f"order {e}, an asynchronous event: booked {times[e]} times" for e in sent.events),
        f"{MESSAGES} messages, {queued} in the queue before `restore()`: "
        f"{sum(times[m] > 0 for m in sent.messages)} booked",
    ]
    lost = [order for order in sent.messages if not times[order]]
    if lost and mapping_of(lab, "till")["State"] == "Disabled":
        return NotYet(
            f"{len(lost)} of {MESSAGES} messages wait for ever: the mapping is Disabled.",
            evidence=evidence,
            next_step="`restore` puts back all that `stop` changed.",
        )
    if lost and waiting_in(lab, "orders"):
        raise EnvironmentProblem(
            f"{len(lost)} messages still wait {HANDLED_WITHIN_S:g} s after `restore()`. Your "
            "answer was not judged.",
            evidence=evidence,
            next_step="Is the mapping Enabled? Then check again.",
        )
    if lost:
        return NotYet(
            f"{len(lost)} of {MESSAGES} messages are neither booked nor in the queue any more: "
            "they are lost.",
            evidence=evidence,
            next_step="Leave the queue alone: its messages wait by themselves.",
        )
    unbooked = [order for order in sent.events if not times[order]]
    if unbooked:
        where = "still in held-events" if letter else "neither booked nor in held-events: lost"
        return NotYet(
            f"The switch is back, the messages are booked, and {len(unbooked)} of {EVENTS} events "
            f"{'is' if len(unbooked) == 1 else 'are'} {where}.",
            evidence=evidence,
            next_step="`restore` also sends what is in held-events to the till again.",
        )
    if letter:
        return NotYet(
            "The events are booked, and a letter is still in held-events: the next `restore()` "
            "books it twice.",
            evidence=evidence,
            next_step="Delete a letter when it was sent.",
        )
    time.sleep(ALSO_WITHIN_S)
    twice = [order for order, count in look().items() if count > 1]
    if twice:
        return NotYet(
            f"Order {twice[0]} was booked more than once.",
            evidence=evidence,
            next_step="Send each letter once.",
        )
    return Right(
        "Yes: nothing ran while the switch was off, nothing is lost, and the database is "
        "protected as before.",
        evidence=evidence,
        not_checked=["a queue with a small maxReceiveCount: throttled receives count there"],
    )


def _take_out(lab: CheckedLab) -> None:
    """Take the checks' letters out of the dead-letter queue, when they can be received."""
    sqs, url = lab.client("sqs"), queue_url(lab, "held-events")

    def look() -> bool:
        asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 1}
        for each in sqs.receive_message(QueueUrl=url, **asked).get("Messages", []):
            if CHECKS_ORDER in each["Body"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return waiting_in(lab, "held-events") == 0

    until(look, VISIBLE_WITHIN_S, every_s=0.5)


def _as_before(lab: CheckedLab, uuid: str) -> None:
    """Put back what the learner's functions left behind, so that the page goes on."""
    client, name = lab.client("lambda"), lab.name("till")
    client.put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=MOST_CONNECTIONS
    )
    found = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    if any(each["UUID"] == uuid and each["State"].startswith("Dis") for each in found):
        mapping_of(lab, "till")
        client.update_event_source_mapping(UUID=uuid, Enabled=True)


def _shown(cap: int | None) -> str:
    return "not set" if cap is None else str(cap)
