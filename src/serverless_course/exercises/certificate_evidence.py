"""A certificate's evidence: what the progress file keeps, with sums and digests over it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from importlib.metadata import version
from statistics import median
from typing import Any

from serverless_course.exercises.overview import times_off
from serverless_course.exercises.progress import Kept
from serverless_course.exercises.verdict import State

# Raised with every change of the evidence's form, or of the page that is made of it.
FORMAT = 1

Evidence = dict[str, Any]
# Of each lesson and lab, by slug: its tasks' titles, by name.
Catalogue = dict[str, dict[str, str]]


def evidence_of(kept: Kept, catalogue: Catalogue, name: str, made: datetime) -> Evidence:
    """The evidence of one certificate, ready for JSON.

    Args:
        kept: what the progress file holds.
        catalogue: the course's tasks; one that was never checked is listed, too.
        name: whose it is, as the learner wrote it.
        made: when, with its time zone.
    """
    found: Evidence = {
        "format": FORMAT,
        "course": version("serverless-course"),
        "made": made.isoformat(timespec="seconds"),
        "name": name,
        "tasks": [
            _task(slug, task, title, kept.labs.get(slug, {}).get(task, {}))
            for slug, titles in catalogue.items()
            for task, title in titles.items()
        ],
        "predictions": [
            {"lab": slug, "key": key, **entry}
            for slug, entries in sorted(kept.predictions.items())
            for key, entry in entries.items()
        ],
        "finished": dict(sorted(kept.finished.items())),
    }
    found["sums"] = sums_of(found)
    found["digests"] = digests_of(found)
    found["digest"] = digest_of({key: found[key] for key in found if key != "digest"})
    return found


def sums_of(evidence: Evidence) -> dict[str, float | int | None]:
    """What the tasks and predictions come to; the median is None without a prediction."""
    off = [times_off(each["ratio"]) for each in evidence["predictions"]]
    return {
        "tasks": len(evidence["tasks"]),
        "right": sum(each["right_since"] is not None for each in evidence["tasks"]),
        "predictions": len(off),
        "median_times_off": round(median(off), 3) if off else None,
    }


def digests_of(evidence: Evidence) -> dict[str, str]:
    """A digest for each task and prediction, by the name that findings call it."""
    return {label(each): digest_of(each) for each in evidence["tasks"] + evidence["predictions"]}


def label(entry: dict[str, Any]) -> str:
    """How a task or a prediction of the evidence is called in a sentence."""
    if "task" in entry:
        return f"task {entry['task']} of {entry['lab']}"
    return f"prediction “{entry['key']}” of {entry['lab']}"


def digest_of(part: Any) -> str:
    """SHA-256 over `part` as JSON with sorted keys, in hexadecimal digits."""
    text = json.dumps(part, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _task(slug: str, task: str, title: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "lab": slug,
        "task": task,
        "title": title,
        "state": entry.get("state", str(State.NOT_ATTEMPTED)),
        "tries": entry.get("tries", 0),
        "first_checked": entry.get("first_checked"),
        "right_since": entry.get("right_since"),
        "evidence": entry.get("evidence", []),
    }
