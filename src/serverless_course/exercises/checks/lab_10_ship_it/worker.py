"""The worker: it reports what failed, and writes each picture once."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import (
    fresh_folder,
    hand_over,
    message,
    part,
    put,
    refuse_another_picture,
    refuse_unversioned,
    writes,
    written_by,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import CodeError, Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.photo_day import Photo, cut_off, landscape
from serverless_course.exercises.photo_log import photo_lines, reports_of
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.invoke import invoke
from serverless_course.waiting import until

BAD = 2
LOOK_BACK_S = 60
LOG_WITHIN_S = 10.0


@task("worker", needs_answer=False, time_limit_s=120)
def worker(lab: CheckedLab, answer: Any) -> Feedback:
    """A batch with two bad photos, handed over twice, and one photo handed over twice at once."""
    refuse_unversioned(lab)
    # Without .png at the end of its key, no notification tells the pipeline of an upload.
    folder = fresh_folder()
    good = [landscape(f"{folder}/good {n} ü", width=44) for n in range(3)]
    bad = cut_off(landscape(f"{folder}/cut off", width=48))
    for photo in (*good, bad):
        put(lab, photo)
    missing = f"{folder}/never uploaded"
    order = [good[0].key, bad.key, good[1].key, missing, good[2].key]
    batch = [message(lab, key) for key in order]
    run = hand_over(lab, batch)
    evidence = [f"{seen(run)}; its batch: {len(good)} good photos and 2 that nobody can read"]
    failing = {batch[1]["messageId"], batch[3]["messageId"]}
    reported = _reported(run, {each["messageId"] for each in batch}, failing, evidence)
    _converted(lab, run, good, evidence)
    if reported != failing:
        raise NotYet(
            "The batch had two photos that cannot be converted, and the answer reports one.",
            got=f"{len(reported)} of 2",
            evidence=evidence,
            next_step="Go on after a failure, and report each message that failed.",
        )
    _counted(lab, run, evidence)
    _again(lab, batch, failing, good, evidence)
    _at_once(lab, folder)
    for photo in good:
        _still_there(lab, photo)
    return Right(
        "Yes: what failed was reported, the others became pictures, and each was written once, "
        "however often its message came.",
        evidence=evidence,
        not_checked=["a photo that is replaced by another one with the same key"],
    )


def _reported(run: Invocation, known: set[str], failing: set[str], evidence: list[str]) -> set[str]:
    """The messages that the answer reports; raises what is wrong with it."""
    if not run.ok:
        what = f"{run.error_type}: {run.error_message}"
        if "decompressing" in what or "NoSuchKey" in what or "AccessDenied" in what:
            raise NotAttempted(
                "The live version still raises an error when one photo of a batch cannot be read: "
                "the whole batch comes back.",
                evidence=[*evidence, what],
                next_step="Change functions/worker_safe/index.py, deploy it, and `go_live`.",
            )
        raise CodeError(
            f"The live version raised {what}",
            evidence=evidence,
            next_step="Fix functions/worker_safe/index.py, deploy it, and `go_live`.",
        )
    answer = run.payload
    if not isinstance(answer, dict) or "batchItemFailures" not in answer:
        raise NotYet(
            "Two photos failed, and the handler's answer does not say so: it says that all went "
            "well. Their messages would be deleted: lost.",
            expected='{"batchItemFailures": [{"itemIdentifier": …}, …]}',
            got=shown(answer),
            evidence=evidence,
        )
    entries = answer["batchItemFailures"]
    if not isinstance(entries, list) or any(not isinstance(each, dict) for each in entries):
        raise NotYet(
            'batchItemFailures is a list of dictionaries: `{"itemIdentifier": messageId}`.',
            got=shown(entries),
            evidence=evidence,
        )
    told = {str(each.get("itemIdentifier")) for each in entries}
    if told - known:
        raise NotYet(
            "The answer reports an itemIdentifier that no message of the batch has. Then Lambda "
            "takes the whole batch for failed.",
            expected="the messageId of each message that failed",
            got=shown(sorted(told - known)[0]),
            evidence=evidence,
        )
    if told - failing:
        raise NotYet(
            "The answer reports photos that went well: they come back, for nothing.",
            expected="2 messages",
            got=f"{len(told)}",
            evidence=evidence,
        )
    if not told:
        raise NotYet(
            "Two photos failed, and the handler's answer does not say so: it says that all went "
            "well. Their messages would be deleted: lost.",
            evidence=evidence,
            next_step="Add the messageId to `batchItemFailures` where you catch the error.",
        )
    return told


def _converted(lab: CheckedLab, run: Invocation, good: list[Photo], evidence: list[str]) -> None:
    count = writes(lab, [photo.key for photo in good])
    never = [key for key, number in count.items() if not number]
    if never:
        raise NotYet(
            f"{len(never)} of {len(good)} good photos of the batch were not converted, and not "
            "reported either: they are lost.",
            evidence=[*evidence, f"no picture of {never[0]}"],
            next_step="Go on with the next message when one fails.",
        )
    if written_by(lab, good[0].key) != run.request_id:
        raise NotYet(
            "The picture does not say which request wrote it: its metadata has no `request`, or "
            "another one.",
            expected=f"request: {run.request_id}",
            got=written_by(lab, good[0].key) or "none",
            next_step="Leave `Metadata` of put_object as it was: the report needs it as evidence.",
        )
    for photo in good:
        refuse_another_picture(lab, photo)


def _failures_told(lab: CheckedLab, run: Invocation) -> int:
    """How many failures the log counts in an invocation; the alarm will watch that metric."""
    began, logs = time.time() - LOOK_BACK_S, lab.client("logs")
    name = lab.name("sepia")

    def look() -> tuple[bool, int]:
        # The REPORT line is the last of an invocation: when it is there, the others are.
        ended = any(each.request_id == run.request_id for each in reports_of(logs, name, began))
        lines = photo_lines(logs, name, began)
        return ended, sum(line.failed and line.request == run.request_id for line in lines)

    _, failures = until(look, LOG_WITHIN_S, ends=lambda seen: seen[0], every_s=0.3)
    return failures


def _counted(lab: CheckedLab, run: Invocation, evidence: list[str]) -> None:
    failures = _failures_told(lab, run)
    if failures != BAD:
        raise NotYet(
            f"{BAD} photos failed, and the log counts {failures}. Lambda's own Errors counts none "
            "of them, because the handler did not fail: no alarm would ever go off.",
            evidence=evidence,
            next_step="Call `tell(context, record, failed=1)` where you catch the error, once.",
        )


def _again(
    lab: CheckedLab,
    batch: list[dict[str, str]],
    failing: set[str],
    good: list[Photo],
    evidence: list[str],
) -> None:
    """The same batch once more, to the live version and to $LATEST: another environment."""
    for qualifier, where in (("live", "same"), (None, "another")):
        run = hand_over(lab, batch, qualifier)
        count = writes(lab, [photo.key for photo in good])
        again = [key for key, number in count.items() if number > 1]
        if again and where == "same":
            raise NotYet(
                f"The same messages came once more, and {len(again)} pictures were written again.",
                evidence=[*evidence, f"{again[0]} was written {count[again[0]]} times"],
                next_step='`IfNoneMatch="*"` makes put_object refuse to write over what is there.',
            )
        if again:
            raise NotYet(
                "The same messages came once more, to another environment, and pictures were "
                "written again: what one environment remembers, another does not know.",
                evidence=[*evidence, f"{again[0]} was written {count[again[0]]} times"],
                next_step="Let S3 decide whether the picture is there, not a variable.",
            )
        entries = (run.payload or {}).get("batchItemFailures", []) if run.ok else None
        if entries is None or {each.get("itemIdentifier") for each in entries} != failing:
            raise NotYet(
                "The same messages came once more, and photos whose pictures are there already "
                "count as failed now. They would end as dead letters.",
                evidence=[*evidence, seen(run)],
                next_step="A picture that is there already is a success: catch the error "
                "PreconditionFailed. And leave the upload where it is.",
            )
        if where == "same" and (told := _failures_told(lab, run)) != BAD:
            raise NotYet(
                f"The same messages came once more, and the log counts {told} failures. {BAD} "
                "photos failed; the others have their pictures. An alarm on Failed would go off "
                "for messages that come twice.",
                evidence=[*evidence, seen(run)],
                next_step="Call `tell(…, failed=1)` only for a photo that has no picture.",
            )


def _at_once(lab: CheckedLab, folder: str) -> None:
    photo = landscape(f"{folder}/at once", width=44)
    put(lab, photo)
    client, name = lab.client("lambda"), lab.name("sepia")
    batches = [{"Records": [message(lab, photo.key)]} for _ in range(4)]
    with ThreadPoolExecutor(len(batches)) as pool:
        for run in pool.map(lambda each: invoke(client, name, each, qualifier="live"), batches):
            if not run.ok:
                raise CodeError(f"The live version raised {run.error_type}: {run.error_message}")
    count = writes(lab, [photo.key])[photo.key]
    if count != 1:
        raise NotYet(
            f"One photo came four times at once, and its picture was written {count} times.",
            next_step="To look first and to write then leaves a gap between the two: let "
            'put_object do both, with `IfNoneMatch="*"`.',
        )


def _still_there(lab: CheckedLab, photo: Photo) -> None:
    try:
        lab.client("s3").head_object(Bucket=part(lab, "Uploads"), Key=photo.key)
    except ClientError:
        raise NotYet(
            "The upload is gone: your function deletes the customer's photo.",
            evidence=[photo.key],
            next_step="Leave the uploads alone.",
        ) from None
