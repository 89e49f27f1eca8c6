"""A batch of parcels, some too heavy: what the handler answers, and what becomes of a batch."""

import json
import random
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.batch_answer import (
    check_answer,
)
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    fresh_number,
    list_of,
    packed,
    queue_url,
    waiting_in,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.task import task
from serverless_course.waiting import until

READY_WITHIN_S = 45.0
EMPTY_WITHIN_S = 90.0
MOVED_WITHIN_S = 5.0
BATCH = 10


@task("partial", needs_answer=False, time_limit_s=180)
def partial(lab: CheckedLab, answer: Any) -> Feedback:
    """A fresh batch: the good parcels are packed once, the heavy one ends in the queue's DLQ."""
    mapping = _enabled(lab)
    looks = "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", [])
    told = check_answer(lab, looks=looks)
    parcels = fresh_parcels()
    dead, times = _send(lab, parcels)
    heavy = [each["order"] for each in parcels if too_heavy(each)]
    evidence = [
        *told,
        f"{len(parcels)} parcels, of them {list_of(heavy)} too heavy",
        f"the others were packed {list_of(sorted(times.values()))} times; {dead} parcels are in "
        "the queue's DLQ",
    ]
    more = [number for number, count in times.items() if count > 1]
    never = [number for number, count in times.items() if count == 0]
    if not looks:
        return NotYet(
            f"The function reports failures, and the mapping does not look at its answer: parcel "
            f"{heavy[0]} was deleted from the queue, and is in no other.",
            evidence=evidence,
            next_step="Set FunctionResponseTypes of the mapping.",
        )
    if more:
        return NotYet(
            f"Good parcels were packed more than once: {list_of(more[:3])}.",
            evidence=evidence,
            next_step="Report the messages that failed, and no others.",
        )
    if never or dead != len(heavy):
        return NotYet(
            f"{len(never)} good parcels were never packed, and {dead} parcels are in the queue's "
            "dead-letter queue.",
            expected=f"none, and {len(heavy)}",
            evidence=evidence,
            next_step="Go on with the next message when one fails, and report that one.",
        )
    return Right(
        "Yes: the good parcels were packed once, and the heavy one alone ended in the queue's DLQ.",
        evidence=evidence,
        not_checked=["a crash in the middle of a batch: then the whole batch comes back"],
    )


def fresh_parcels() -> list[dict[str, int]]:
    """Ten parcels with new numbers, one of them too heavy, at a drawn place."""
    draw = random.SystemRandom()
    first, heavy = fresh_number(), draw.randrange(1, BATCH - 1)
    return [
        {"order": first + n, "kg": draw.randint(21, 90) if n == heavy else draw.randint(1, 20)}
        for n in range(BATCH)
    ]


def too_heavy(parcel: dict[str, int]) -> bool:
    """Whether the packer cannot pack it: more than 20 kg."""
    return parcel["kg"] > 20


def _send(lab: CheckedLab, parcels: list[dict[str, int]]) -> tuple[int, dict[int, int]]:
    """Send parcels, wait until the queue is empty: how many died, how often each was packed."""
    before = waiting_in(lab, "bad-parcels")
    lab.client("sqs").send_message_batch(
        QueueUrl=queue_url(lab, "parcels"),
        Entries=[{"Id": str(each["order"]), "MessageBody": json.dumps(each)} for each in parcels],
    )
    if not until(lambda: waiting_in(lab, "parcels") == 0, EMPTY_WITHIN_S):
        raise EnvironmentProblem(
            f"The queue parcels was not empty after {EMPTY_WITHIN_S:g} s. "
            "Your answer was not judged.",
            next_step="Look at the state of the mapping: is it Enabled? Then check again.",
        )
    # SQS moves a message when it would be received once more: a moment later.
    heavy = sum(map(too_heavy, parcels))
    dead = until(
        lambda: waiting_in(lab, "bad-parcels") - before, MOVED_WITHIN_S, ends=lambda n: n >= heavy
    )
    good = [each["order"] for each in parcels if not too_heavy(each)]
    return dead, {number: packed(lab, number) for number in good}


def _enabled(lab: CheckedLab) -> dict[str, Any]:
    """The packer's mapping, as soon as its last change is in force."""
    client, name = lab.client("lambda"), lab.name("packer")

    def look() -> dict[str, Any]:
        found = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        return dict(found[0]) if found else {}

    mapping = until(
        look, READY_WITHIN_S, ends=lambda m: m.get("State") in (None, "Enabled", "Disabled")
    )
    if not mapping:
        raise NotAttempted(
            "The packer has no mapping.", next_step="Run the cells of this task from its top."
        )
    if mapping["State"] == "Disabled":
        raise NotYet(
            "The mapping is Disabled, so nobody polls the queue.",
            next_step='`lam.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)`.',
        )
    if mapping["State"] != "Enabled":
        raise EnvironmentProblem(
            f"The mapping is still {mapping['State']} after {READY_WITHIN_S:g} s. "
            "Your answer was not judged.",
            next_step="Wait until `mapping_state()` is Enabled, then check again.",
        )
    return mapping
