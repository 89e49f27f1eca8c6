"""A batch of parcels, one of them too heavy."""

import json
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_07_failures_and_dlq.shop import (
    list_of,
    packed,
    queue_url,
    wait_until_empty,
    waiting_in,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

HEAVY_KG = 40


@task("partial", needs_answer=False, time_limit_s=150)
def partial(lab: CheckedLab, answer: Any) -> Feedback:
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


def _mapping(lab: CheckedLab) -> dict[str, Any]:
    client = lab.client("lambda")
    found = client.list_event_source_mappings(FunctionName=lab.name("packer"))
    mappings = found["EventSourceMappings"]
    if not mappings:
        raise NotAttempted(
            "The packer has no mapping.", next_step="Run the cells of this task from its top."
        )
    mapping: dict[str, Any] = mappings[0]
    return mapping
