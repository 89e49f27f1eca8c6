"""The report: every figure is worked out again from buckets, queue, log and alarms."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_10_ship_it.pipeline import parts
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.exercises.photo_day import PHOTOS
from serverless_course.exercises.photo_evidence import (
    Evidence,
    detected_after_s,
    evidence_of,
    photo_lines,
)
from serverless_course.exercises.task import task
from serverless_course.pricing.cost import invocation_cost
from serverless_course.pricing.tables import price_table
from serverless_course.traces.latency import percentile

REPORT = "report.html"
KEYS = (
    "pictures",
    "written_again",
    "lost",
    "usd_per_1000",
    "p50_ms",
    "p95_ms",
    "cold_share",
    "detect_s",
)
NEARLY = 0.02
# Alarm history has milliseconds; a learner may have rounded to tenths of a second.
NEARLY_S = 0.2


@dataclass(frozen=True)
class Truth:
    """The figures by the check's own reading, and values that come of usual mistakes."""

    figures: Mapping[str, float]
    mistakes: Mapping[str, Mapping[str, float]]


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
    page = _page()
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
        not_checked=["requests of S3 and SQS, which the bill of a thousand photos has, too"],
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
    prefix = lab.name("photos-fail", kind="cloudwatch:alarm").removesuffix("photos-fail")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix)
    names = [each["AlarmName"] for page in pages for each in page["MetricAlarms"]]
    lines = photo_lines(lab.client("logs"), lab.name("sepia"), 0)
    return detected_after_s(cloudwatch, names, lines, version)


def truth_of(found: Evidence, detected_s: float | None) -> Truth:
    """The figures that follow from evidence; ``detected_s`` from the alarms' history."""
    if not found.pictures or not found.waits_ms or not found.reports:
        raise NotYet(
            "No photo of that day has become a picture.",
            next_step="Run the cell `final-run` again, and the cells below it.",
        )
    if detected_s is None:
        raise NotYet(
            "No alarm went off after a photo had failed in the version that the report calls bad.",
            next_step="Run the cell `hasty-run` again: it ships the hasty fix by your roll_out.",
        )
    table = price_table()
    dollars = [
        float(invocation_cost(each.memory_mb, each.billed_ms, table)) for each in found.reports
    ]
    no_fee = [
        float(invocation_cost(each.memory_mb, each.billed_ms, table, request_fee=False))
        for each in found.reports
    ]
    cold = sum(each.init_ms is not None for each in found.reports)
    waits = found.waits_ms
    figures = {
        "pictures": float(found.pictures),
        "written_again": float(found.twice),
        "lost": float(found.lost),
        "usd_per_1000": 1000 * sum(dollars) / found.pictures,
        "p50_ms": percentile(waits, 50),
        "p95_ms": percentile(waits, 95),
        "cold_share": cold / len(found.reports),
        "detect_s": detected_s,
    }
    mistakes = {
        "usd_per_1000": {
            "That is a thousand invocations. A batch holds several photos.": 1000
            * sum(dollars)
            / len(dollars),
            "That is all photos of the day, not a thousand.": sum(dollars),
            "That is one photo, not a thousand.": sum(dollars) / found.pictures,
            "The price of the requests is missing.": 1000 * sum(no_fee) / found.pictures,
        },
        "p50_ms": {"That is the mean. The p50 is the middle value.": sum(waits) / len(waits)},
        "p95_ms": {
            "That is the longest wait. One in twenty may be longer than the p95.": max(waits),
            "That is the p50.": percentile(waits, 50),
            "That is in seconds.": percentile(waits, 95) / 1000,
        },
        "cold_share": {
            "That is how many invocations were cold, not their share.": float(cold),
            "That is in per cent. A share is between 0 and 1.": 100 * cold / len(found.reports),
            "That is cold starts by photo. The share is of invocations.": cold / found.pictures,
        },
        "detect_s": {"That is in milliseconds.": 1000 * detected_s},
    }
    return Truth(figures, mistakes)


def refuse_figures(told: Mapping[str, float], truth: Truth) -> None:
    """Raise `NotYet` for the first figure that the evidence does not bear out."""
    for key in KEYS:
        wanted = truth.figures[key]
        if _alike(key, told[key], wanted):
            continue
        why = next(
            (
                text
                for text, value in truth.mistakes.get(key, {}).items()
                if _alike(key, told[key], value)
            ),
            "The evidence says another figure.",
        )
        raise NotYet(
            f"{key}: {why}",
            expected="what follows from `now`: run the cell of your answer again"
            if key in ("pictures", "written_again", "lost")
            else None,
            got=f"{told[key]:g}",
            next_step='`lab.hint("report")` says how each figure is worked out.',
        )


def _alike(key: str, told: float, wanted: float) -> bool:
    if key in ("pictures", "written_again", "lost"):
        return told == wanted
    slack = NEARLY_S if key == "detect_s" else 1e-9
    return abs(told - wanted) <= max(slack, NEARLY * abs(wanted))


class _Reader(HTMLParser):
    """What a check reads in a report: its data, its pictures, and what it loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.data = ""
        self.silent = 0
        self.elsewhere: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag == "script" and given.get("id") == "evidence"
        if tag == "img" and not (given.get("alt") or "").strip():
            self.silent += 1
        source = given.get("src") or (given.get("href") if tag == "link" else "") or ""
        if source and not source.startswith("data:"):
            self.elsewhere.append(source)

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.data += data


def _page() -> dict[str, Any]:
    """The data that the report in this folder holds."""
    path = Path(REPORT)
    if not path.exists():
        raise NotAttempted(
            f"There is no {REPORT} yet.", next_step="Run the cell `report-write` above the check."
        )
    return read_page(path.read_text(encoding="utf-8"))


def read_page(text: str) -> dict[str, Any]:
    """The data of a report; `NotYet` when it is not whole by itself."""
    reader = _Reader()
    reader.feed(text)
    if reader.elsewhere:
        raise NotYet(
            f"{REPORT} needs something from elsewhere: {reader.elsewhere[0][:60]}. A report that is "
            "kept must be whole by itself."
        )
    if reader.silent:
        raise NotYet(f"{reader.silent} figures of {REPORT} have no alternative text.")
    try:
        found = json.loads(reader.data)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotYet(
            f"{REPORT} holds no evidence that can be read.",
            next_step="Run the cell `report-write` again.",
        )
    return found


def refuse_page(page: Mapping[str, Any], told: Mapping[str, float], found: Evidence) -> None:
    """Raise `NotYet` when the file says other figures, or its evidence is not the cloud's."""
    figures = page.get("figures") or {}
    for key in KEYS:
        number = real(figures.get(key))
        if number is None or not _alike(key, number, told[key]):
            raise NotYet(
                f"{REPORT} has another figure than your answer: {key}.",
                expected=f"{told[key]:g}",
                got=shown(figures.get(key)),
                next_step="Run the cell `report-write` again.",
            )
    known = {(line.photo, line.request) for line in found.lines}
    rows = page.get("evidence") or []
    named = {(str(row.get("photo")), str(row.get("request"))) for row in rows}
    if named - known:
        photo, request = sorted(named - known)[0]
        raise NotYet(
            f"{REPORT} names a request that the log does not know: {request[:40]} for {photo}.",
            next_step="Run the cell `report-write` again.",
        )
    if len({photo for photo, _ in named}) < found.pictures:
        raise NotYet(
            f"{REPORT} has evidence of {len(named)} photos, and {found.pictures} became pictures.",
            next_step="Run the cell `report-write` again.",
        )
    if not any(re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", str(row.get("trace"))) for row in rows):
        raise NotYet(f"{REPORT} names no trace.", next_step="Is the live version traced (task 3)?")
    if not page.get("metrics"):
        raise NotYet(f"{REPORT} has no rows of metrics.")
