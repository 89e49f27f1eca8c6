"""The report: every figure is worked out again from buckets, queue, log and alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import parts
from serverless_course.exercises.checks.lab_10_ship_it.report_figures import (
    KEYS,
    refuse_figures,
    truth_of,
)
from serverless_course.exercises.checks.lab_10_ship_it.report_page import (
    REPORT,
    page_here,
    refuse_page,
)
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.exercises.photo_day import PHOTOS
from serverless_course.exercises.photo_evidence import Evidence, evidence_of
from serverless_course.exercises.photo_log import detected_after_s, photo_lines
from serverless_course.exercises.task import task

# The names that the lab's page gives to the two alarms of a roll-out.
ALARMS = ("photos-fail", "invocations-fail")


@task("report", time_limit_s=150)
def report(lab: CheckedLab, answer: Any) -> Feedback:
    """Eight figures, and the file that holds them with their evidence."""
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return NotYet(
            f"The answer is a dictionary with the keys {', '.join(KEYS)}.", got=shown(answer)
        )
    told: dict[str, float] = {}
    for key in KEYS:
        number = real(answer[key])
        if number is None:
            return NotYet(number_wanted(key, answer[key]), got=shown(answer[key]))
        told[key] = number
    page = page_here()
    found = _gathered(lab, page)
    truth = truth_of(found, _detected(lab, str(page.get("bad_version", ""))))
    refuse_figures(told, truth)
    refuse_page(page, told, found)
    return Right(
        f"Yes: {int(told['pictures'])} pictures of {PHOTOS}, and each figure of {REPORT} follows "
        "from buckets, queue, log and alarms. It is yours to keep.",
        evidence=[
            f"{key}: {told[key]:g} told, {truth.figures[key]:g} worked out again" for key in KEYS
        ],
        not_checked=[
            "requests of S3 and SQS, which the bill of a thousand photos has, too",
            "the figures of the first attempt: you have brought its losses home since",
        ],
    )


def _gathered(lab: CheckedLab, page: Mapping[str, Any]) -> Evidence:
    clients = {name: lab.client(name) for name in ("s3", "sqs", "logs")}
    resources = parts(lab)
    pages = clients["s3"].get_paginator("list_objects_v2")
    day = str(page.get("day", ""))
    objects = [
        each
        for listed in pages.paginate(Bucket=resources["Uploads"], Prefix=f"{day}/")
        for each in listed.get("Contents", [])
    ]
    if not day or len(objects) != PHOTOS:
        raise NotYet(
            f"The report tells of {len(objects) if day else 0} photos. It has to be a day of "
            f"{PHOTOS}, all uploaded at once.",
            got=day or "no day",
            next_step="Run the cell `final-run` again, and the cells below it.",
        )
    since = min(each["LastModified"].timestamp() for each in objects) - 2
    keys = [each["Key"] for each in objects]
    return evidence_of(clients, resources, lab.name("sepia"), keys, since)


def _detected(lab: CheckedLab, version: str) -> float | None:
    cloudwatch = lab.client("cloudwatch")
    wanted = [lab.name(short, kind="cloudwatch:alarm") for short in ALARMS]
    found = cloudwatch.describe_alarms(AlarmNames=wanted)["MetricAlarms"]
    names = [each["AlarmName"] for each in found]
    lines = photo_lines(lab.client("logs"), lab.name("sepia"), 0)
    return detected_after_s(cloudwatch, names, lines, version)
