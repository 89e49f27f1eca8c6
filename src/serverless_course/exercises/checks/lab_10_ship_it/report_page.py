"""The file of the report: whole by itself, and its evidence the cloud's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from serverless_course.exercises.checks.lab_10_ship_it.report_figures import KEYS, alike
from serverless_course.exercises.feedback import NotAttempted, NotYet
from serverless_course.exercises.inputs import real, shown
from serverless_course.exercises.photo_day import PHOTOS
from serverless_course.exercises.photo_evidence import Evidence

REPORT = "report.html"


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


def page_here() -> dict[str, Any]:
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
            f"{REPORT} needs something from elsewhere: {reader.elsewhere[0][:60]}. A report "
            "that is kept must be whole by itself."
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
        if number is None or not alike(key, number, told[key]):
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
    refuse_first(page.get("first"))


def refuse_first(first: Any) -> None:
    """Raise `NotYet` when the report does not say what the first attempt came to."""
    given = first if isinstance(first, dict) else {}
    told: dict[str, float] = {}
    for key in (key for key in KEYS if key != "detect_s"):
        number = real(given.get(key))
        if number is None or number < 0:
            raise NotYet(
                f"{REPORT} has no figure {key} of the first attempt, so nobody can see what has "
                "become better.",
                got=shown(given.get(key)),
                next_step="`first_figures = figures_of(first)`, then run `report-write` again.",
            )
        told[key] = number
    if told["pictures"] + told["lost"] > PHOTOS:
        raise NotYet(
            f"{REPORT}: of {PHOTOS} photos of the first attempt each had a picture or was lost.",
            expected=f"{PHOTOS} together at most",
            got=f"{told['pictures']:g} pictures and {told['lost']:g} lost",
            next_step="`first_figures = figures_of(first)`, then run `report-write` again.",
        )
