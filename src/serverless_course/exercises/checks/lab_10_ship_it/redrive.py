"""Grey photos become pictures, and the dead letters come home."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import (
    fresh_folder,
    hand_over,
    live,
    message,
    part,
    put,
    refuse_another_picture,
    writes,
    written_by,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import CodeError, Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.photo_day import ARCHIVE_WIDTH, Photo, landscape
from serverless_course.exercises.photo_evidence import dead_photos
from serverless_course.exercises.photo_log import photo_lines, reports_of
from serverless_course.exercises.plain_png import GREY, RGB
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.report import Report
from serverless_course.waiting import until

HOURS_S = 6 * 3600
LOG_WITHIN_S = 20.0
FEW = 5


@task("redrive", needs_answer=False, time_limit_s=120)
def redrive(lab: CheckedLab, answer: Any) -> Feedback:
    """Fresh photos of four kinds become their pictures, and no photo of day 1 is missing."""
    evidence = _each_kind(lab)
    keys = _uploaded(lab)
    count = writes(lab, keys)
    missing = sorted(key for key, number in count.items() if not number)
    waiting = dead_photos(lab.client("sqs"), part(lab, "DeadPhotos")) & set(keys)
    if missing:
        at = len(set(missing) & waiting)
        return NotYet(
            f"{len(missing)} of {len(keys)} photos of the first day are still missing; {at} of "
            "them are in the dead-letter queue.",
            evidence=[*evidence, f"no picture: {', '.join(missing[:4])}"],
            next_step="Redrive the queue with `start_message_move_task`, and wait for the pictures."
            if at
            else "Their letters are gone. Upload these photos once more.",
        )
    _by_the_function(lab, keys)
    if waiting:
        return NotYet(
            f"All pictures are there, and {len(waiting)} letters of the first day are still in the "
            "dead-letter queue. Whoever sees them must look for a loss that is none.",
            next_step="Redrive them: a picture that is there is not written again.",
        )
    return Right(
        f"Yes: all {len(keys)} photos of the first day are pictures, and no letter waits.",
        evidence=evidence,
        not_checked=["photos with an alpha channel or a palette: they are refused by name"],
    )


def _each_kind(lab: CheckedLab) -> list[str]:
    """Evidence that grey and coloured photos, as wide as the archive's and not, are converted."""
    folder = fresh_folder()
    cases = [
        ("a grey photo", landscape(f"{folder}/1", width=ARCHIVE_WIDTH, colour=GREY)),
        (
            f"a photo in colour, {ARCHIVE_WIDTH} pixels wide",
            landscape(f"{folder}/2", width=ARCHIVE_WIDTH, colour=RGB),
        ),
        ("a grey photo of another width", landscape(f"{folder}/3", width=44, colour=GREY)),
        ("a photo in colour", landscape(f"{folder}/4", width=48, colour=RGB)),
    ]
    evidence = []
    for place, (what, photo) in enumerate(cases):
        put(lab, photo)
        run = hand_over(lab, [message(lab, photo.key)])
        evidence.append(f"{seen(run)}: {what}")
        _refuse_unconverted(lab, run, what, photo, first=place == 0)
    return evidence


def _refuse_unconverted(
    lab: CheckedLab, run: Invocation, what: str, photo: Photo, *, first: bool
) -> None:
    version = live(lab)["FunctionVersion"]
    unknown = "colour type 0 is not known"
    if not run.ok and unknown not in run.error_message:
        raise CodeError(
            f"The live version, {version}, raised {run.error_type}: {run.error_message}",
            evidence=[seen(run)],
            next_step="Fix the function, deploy it, and roll it out.",
        )
    failed = not run.ok or bool((run.payload or {}).get("batchItemFailures"))
    if failed and first and unknown in f"{run.log} {run.error_message}":
        raise NotAttempted(
            f"The live version, {version}, does not know grey photos yet.",
            evidence=[seen(run)],
            next_step="Change functions/logic_grey/sepia.py, deploy it, and roll it out.",
        )
    if failed:
        raise NotYet(
            f"The live version, {version}, fails for {what}. Fix the kind of the mistake, not only "
            "the photos that you met.",
            evidence=[seen(run)],
            next_step="PNG's header says which kind it is: `colour` is 0 for grey, 2 for RGB.",
        )
    if not writes(lab, [photo.key])[photo.key]:
        raise NotYet(
            f"Of {what}, the live version says that all is well, and writes nothing. That is worse "
            "than a dead letter: nobody will ever know.",
            evidence=[seen(run)],
        )
    refuse_another_picture(lab, photo)


def _uploaded(lab: CheckedLab) -> list[str]:
    pages = lab.client("s3").get_paginator("list_objects_v2")
    found = [
        each["Key"]
        for page in pages.paginate(Bucket=part(lab, "Uploads"), Prefix="day-1/")
        for each in page.get("Contents", [])
    ]
    if not found:
        raise NotAttempted("No photo of the first day is there.", next_step="Run the cells above.")
    return found


def _by_the_function(lab: CheckedLab, keys: list[str]) -> None:
    """Raise `NotYet` when a picture is there, and no invocation made it."""
    logs, name, since = lab.client("logs"), lab.name("sepia"), time.time() - HOURS_S

    def unknown() -> list[str]:
        lines = photo_lines(logs, name, since)
        left = set(keys) - {line.photo for line in lines if not line.failed}
        reports = reports_of(logs, name, since) if left else []
        return unexplained(left, reports, lambda key: written_by(lab, key))

    def decided(some: list[str]) -> bool:
        # No line will ever tell of a picture that names no request.
        return not all(written_by(lab, key) for key in some[:FEW]) or not some

    left = until(unknown, LOG_WITHIN_S, ends=decided, every_s=1.0)
    if left:
        raise NotYet(
            f"{left[0]} has a picture, and no invocation of the function wrote it.",
            next_step="Delete that picture, and redrive the photo's letter.",
        )


def unexplained(
    keys: Iterable[str], reports: Iterable[Report], writer: Callable[[str], str]
) -> list[str]:
    """Of pictures without a line in the log, those that no stopped invocation wrote.

    An invocation that ended by its time-out may have written a picture, and no line.

    Args:
        keys: of pictures that no line tells of.
        reports: the function's REPORT lines.
        writer: the request id that the picture of a key names.
    """
    stopped = {each.request_id for each in reports if each.status}
    return sorted(key for key in keys if writer(key) not in stopped)
