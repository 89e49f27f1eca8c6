"""The template: a dead-letter queue, time to work, a limit, an answer that is read, traces."""

import json
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import (
    fresh_folder,
    live,
    live_configuration,
    part,
    parts,
    put,
    queue_attributes,
    refuse_unversioned,
    writes,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.photo_day import cut_off, landscape
from serverless_course.exercises.photo_evidence import dead_photos
from serverless_course.exercises.task import task
from serverless_course.waiting import until

# AWS's advice for a queue that invokes a function (Lambda Developer Guide, SQS, read 2026).
TIMES_THE_TIMEOUT = 6
MOST_AT_ONCE = 5
LONGEST_S = 120
# The longest that SQS keeps a message: 14 days.
RETENTION_S = 1_209_600
READY_WITHIN_S = 45.0
GOOD = 8


@task("protect", needs_answer=False, time_limit_s=300)
def protect(lab: CheckedLab, answer: Any) -> Feedback:
    """A fresh photo that nobody can read ends in the dead-letter queue; the others are done."""
    refuse_unversioned(lab)
    attributes = queue_attributes(lab, "Work")
    redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
    if not redrive:
        return _no_policy(lab)
    target, receives = str(redrive["deadLetterTargetArn"]), int(redrive["maxReceiveCount"])
    if receives < 2:
        return NotYet(
            "maxReceiveCount is 1: the first hiccup makes a good photo a dead letter.",
            expected="2 or more; AWS advises 5 or more",
            got=str(receives),
        )
    mapping = _mapping(lab)
    wrong = (
        _too_short(lab, attributes, mapping, receives)
        or _mapping_problem(lab, mapping)
        or _letters_problem(lab, target)
    )
    if wrong is not None:
        return wrong
    if live_configuration(lab).get("TracingConfig", {}).get("Mode") != "Active":
        return NotYet(
            f"The live version, {live(lab)['FunctionVersion']}, has no active tracing.",
            next_step="`Tracing: Active` is a property of the function. A version is a copy: "
            "deploy, and `go_live` with the new one.",
        )
    return _caused(lab, target, receives * int(attributes["VisibilityTimeout"]))


def _no_policy(lab: CheckedLab) -> Feedback:
    config = lab.client("lambda").get_function_configuration(FunctionName=lab.name("sepia"))
    if (config.get("DeadLetterConfig") or {}).get("TargetArn"):
        return NotYet(
            "The function has a dead-letter queue. That is for asynchronous events; messages of a "
            "queue never go there. The dead-letter queue belongs to the queue Work.",
            next_step="Give Work a RedrivePolicy.",
        )
    return NotAttempted(
        "The queue Work has no RedrivePolicy yet.",
        next_step="Change functions/pipeline_safe/template.yaml, and deploy it.",
    )


def _mapping(lab: CheckedLab) -> dict[str, Any]:
    """The mapping, as soon as its last change is in force."""
    client, uuid = lab.client("lambda"), part(lab, "Mapping")
    found: dict[str, Any] = until(
        lambda: client.get_event_source_mapping(UUID=uuid),
        READY_WITHIN_S,
        ends=lambda each: each["State"] in ("Enabled", "Disabled"),
    )
    if found["State"] == "Disabled":
        raise NotYet("The mapping is Disabled, so nobody reads the queue.")
    if found["State"] != "Enabled":
        raise EnvironmentProblem(
            f"The mapping is still {found['State']}. Your answer was not judged.",
            next_step="Check again.",
        )
    return found


def _too_short(
    lab: CheckedLab, attributes: dict[str, str], mapping: dict[str, Any], receives: int
) -> Feedback | None:
    timeout = int(live_configuration(lab)["Timeout"])
    window = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    visible, least = int(attributes["VisibilityTimeout"]), TIMES_THE_TIMEOUT * timeout + window
    if visible < least:
        return NotYet(
            f"A message is hidden for {visible} s. AWS advises six times the function's time-out, "
            f"and the batching window on top: else a photo is given out again while it waits.",
            expected=f"VisibilityTimeout: {least} or more (6 × {timeout} s + {window} s)",
            got=f"{visible} s",
        )
    if visible * receives > LONGEST_S:
        return NotYet(
            f"A photo that nobody can read is a dead letter only after {visible * receives} s: "
            f"{receives} times {visible} s. Here it should be {LONGEST_S} s at most.",
            next_step="Make the function's time-out, and then VisibilityTimeout, smaller.",
        )
    return None


def _mapping_problem(lab: CheckedLab, mapping: dict[str, Any]) -> Feedback | None:
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return NotYet(
            "The mapping does not read the function's answer: what it reports as failed is deleted "
            "from the queue, and lost.",
            next_step="FunctionResponseTypes of the mapping: [ReportBatchItemFailures].",
        )
    most = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency")
    if most is None:
        concurrency = lab.client("lambda").get_function_concurrency(FunctionName=lab.name("sepia"))
        if concurrency.get("ReservedConcurrentExecutions") is not None:
            return NotYet(
                "Reserved concurrency stops the function, and not the mapping: it goes on reading, "
                "is throttled, and its messages come nearer to the dead-letter queue each time. "
                "MaximumConcurrency of the mapping makes it read less.",
                next_step="ScalingConfig of the mapping: {MaximumConcurrency: 5}.",
            )
        return NotYet(
            "The mapping has no MaximumConcurrency: it may use up what the whole account has.",
            next_step="ScalingConfig of the mapping: {MaximumConcurrency: 5}.",
        )
    if not str(mapping["FunctionArn"]).endswith(":live"):
        return NotYet(
            "The mapping invokes the function past its alias: whoever rolls a version out by "
            "`live` changes nothing for the photos.",
            expected="FunctionName: !Ref Live",
            got=str(mapping["FunctionArn"]),
        )
    if int(most) > MOST_AT_ONCE:
        return NotYet(
            f"MaximumConcurrency is {most}. The studio's other functions need environments, too: "
            f"this pipeline uses {MOST_AT_ONCE} environments at most.",
            got=str(most),
        )
    return None


def _letters_problem(lab: CheckedLab, target: str) -> Feedback | None:
    """What is wrong with the queue to which the redrive policy leads."""
    if "DeadPhotos" not in parts(lab):
        return NotYet(
            f"The RedrivePolicy leads to {target.rpartition(':')[2]}, and the template has no "
            "queue DeadPhotos. This page and the tasks below look for the letters there.",
            next_step="Call the resource DeadPhotos.",
        )
    letters = queue_attributes(lab, "DeadPhotos")
    if letters["QueueArn"] != target:
        return NotYet(
            "The RedrivePolicy of Work leads to another queue than DeadPhotos.",
            expected=letters["QueueArn"],
            got=target,
        )
    if int(letters["MessageRetentionPeriod"]) != RETENTION_S:
        days = int(letters["MessageRetentionPeriod"]) / 86_400
        return NotYet(
            f"DeadPhotos keeps a letter for {days:g} days. A letter's age counts from when its "
            "message was first sent, so it has to be kept much longer than in Work: 14 days.",
            expected=f"MessageRetentionPeriod: {RETENTION_S}",
            got=letters["MessageRetentionPeriod"],
        )
    return None


def _caused(lab: CheckedLab, target: str, patience_s: int) -> Feedback:
    """Upload good photos and a bad one, and see where each ends."""
    folder = fresh_folder()
    good = [landscape(f"{folder}/good {n}.png", width=44) for n in range(GOOD)]
    bad = cut_off(landscape(f"{folder}/cut off.png", width=48))
    for photo in (*good[:4], bad, *good[4:]):
        put(lab, photo)
    keys = [photo.key for photo in good]
    url = lab.client("sqs").get_queue_url(QueueName=target.rpartition(":")[2])["QueueUrl"]

    def look() -> tuple[dict[str, int], set[str]]:
        return writes(lab, keys), dead_photos(lab.client("sqs"), url) & {*keys, bad.key}

    count, dead = until(
        look,
        patience_s + 45,
        ends=lambda found: all(found[0].values()) and bad.key in found[1],
        every_s=1.0,
    )
    evidence = [
        f"{GOOD} good photos in {folder!r}: written {sorted(count.values())} times",
        f"dead letters of that folder: {', '.join(sorted(dead)) or 'none'}",
    ]
    undone = [key for key, number in count.items() if not number]
    if dead & set(keys):
        return NotYet("A good photo became a dead letter.", evidence=evidence)
    if undone:
        return NotYet(
            f"{len(undone)} of {GOOD} fresh photos have no picture after {patience_s + 45} s.",
            evidence=evidence,
            next_step="Do task 2 first, and let `live` point to that version.",
        )
    if max(count.values()) > 1:
        return NotYet("A fresh photo was written more than once.", evidence=evidence)
    if bad.key not in dead:
        return NotYet(
            "A photo that nobody can read was uploaded, and is not in the dead-letter queue.",
            evidence=evidence,
            next_step="Does the live version report it, and does the mapping read that?",
        )
    return Right(
        "Yes: the good photos became pictures, once, and the bad one alone is a dead letter.",
        evidence=evidence,
        not_checked=["an alarm on the depth of the dead-letter queue: set one on AWS"],
    )
