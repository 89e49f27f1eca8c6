"""Whether a certificate agrees with its own evidence."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any

from serverless_course.exercises.certificate_evidence import (
    FORMAT,
    Catalogue,
    Evidence,
    digest_of,
    digests_of,
    label,
    sums_of,
)
from serverless_course.exercises.certificate_page import CLOSING, OPENING, page_of
from serverless_course.exercises.quantities import UNITS, Quantity
from serverless_course.exercises.verdict import State

TASK = {"lab": str, "task": str, "title": str, "state": str, "tries": int, "evidence": list}
PREDICTION = {"lab": str, "key": str, "said": str, "measured": str, "ratio": float, "at": str}
WHOLE = {
    "course": str,
    "made": str,
    "name": str,
    "tasks": list,
    "predictions": list,
    "finished": dict,
    "sums": dict,
    "digests": dict,
    "digest": str,
}


class NotACertificate(ValueError):
    """This is no certificate that can be verified; the message says why."""


def evidence_in(page: str) -> Evidence:
    """The evidence that a page holds. Raises NotACertificate."""
    _, opened, rest = page.partition(OPENING)
    text, closed, _ = rest.partition(CLOSING)
    if not (opened and closed):
        raise NotACertificate("it holds no evidence, so it is not a certificate of this course.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotACertificate(f"its evidence is not JSON: {error}.") from error
    number = found.get("format") if isinstance(found, dict) else None
    if isinstance(number, int) and number > FORMAT:
        raise NotACertificate(
            f"it has format {number}, and this version of the course knows formats up to {FORMAT}. "
            "Update the course, then verify it again."
        )
    if number != FORMAT:
        raise NotACertificate(f"its evidence does not say that it has format {FORMAT}.")
    try:
        _shape(found)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise NotACertificate(f"its evidence does not have the form of one: {error}.") from error
    return dict(found)


def findings(page: str, evidence: Evidence, catalogue: Catalogue | None) -> list[str]:
    """All that does not agree, a sentence each; empty when everything does.

    Args:
        page: the file's text.
        evidence: what `evidence_in` found in it.
        catalogue: the tasks that there must be; None when that is not known.
    """
    return [
        *_changed(evidence),
        *(f"{label(each)}: {why}." for each in evidence["tasks"] for why in _task(each, evidence)),
        *(
            f"{label(each)}: {why}."
            for each in evidence["predictions"]
            for why in _prediction(each, evidence)
        ),
        *_totals(evidence),
        *(_tasks_of_the_course(evidence, catalogue) if catalogue is not None else ()),
        *_shown(page, evidence),
    ]


def _changed(evidence: Evidence) -> Iterator[str]:
    entries = evidence["tasks"] + evidence["predictions"]
    for name, times in Counter(label(each) for each in entries).items():
        if times > 1:
            yield f"{name}: it is there {times} times."
    found, said = digests_of(evidence), evidence["digests"]
    for name in found:
        if name not in said:
            yield f"{name}: it was added, it has no digest."
        elif said[name] != found[name]:
            yield f"{name}: it was changed, its digest is another."
    for name in said:
        if name not in found:
            yield f"{name}: it was removed, only its digest is there."


def _task(entry: dict[str, Any], evidence: Evidence) -> Iterator[str]:
    right, first, since = (
        entry["state"] == State.RIGHT,
        entry["first_checked"],
        entry["right_since"],
    )
    if right != (since is not None):
        has = "no time" if since is None else "a time"
        yield f"its state is “{entry['state']}”, and it has {has} of being right"
    if since is not None and entry["tries"] < 1:
        yield "it is right without a try"
    if since is not None and first is None:
        yield "it is right and was never checked"
    if first and since and _time(since) < _time(first):
        yield "it was right before it was first checked"
    if any(at and _time(at) > _time(evidence["made"]) for at in (first, since)):
        yield "its time is later than the certificate's"
    if entry["evidence"] and since is None:
        yield "it has evidence of being right, and is not right"


def _prediction(entry: dict[str, Any], evidence: Evidence) -> Iterator[str]:
    if _time(entry["at"]) > _time(evidence["made"]):
        yield "its time is later than the certificate's"
    held = entry.get("quantities")
    if held is None:
        return
    said, measured = (Quantity(**held[part]) for part in ("said", "measured"))
    for part, value in (("said", said), ("measured", measured)):
        if str(value) != entry[part]:
            yield f"{part} is shown as {entry[part]}, and its number is {value}"
    if said.family != measured.family:
        yield "what was said and what was measured cannot be compared"
    elif not said.base or not math.isclose(measured.base / said.base, entry["ratio"]):
        yield f"its ratio {entry['ratio']:g} is not that of its two numbers"


def _totals(evidence: Evidence) -> Iterator[str]:
    for name, value in sums_of(evidence).items():
        if evidence["sums"].get(name) != value:
            yield f"sum “{name}”: it says {evidence['sums'].get(name)}, the record gives {value}."
    if digest_of({key: evidence[key] for key in evidence if key != "digest"}) != evidence["digest"]:
        yield "digest: it is not that of the evidence."


def _tasks_of_the_course(evidence: Evidence, catalogue: Catalogue) -> Iterator[str]:
    there = {(each["lab"], each["task"]) for each in evidence["tasks"]}
    known = {(slug, task) for slug, tasks in catalogue.items() for task in tasks}
    for slug, task in sorted(there - known):
        yield f"task {task} of {slug}: the course has no such task."
    for slug, task in sorted(known - there):
        yield f"task {task} of {slug}: the course has it, and the certificate does not."


def _shown(page: str, evidence: Evidence) -> Iterator[str]:
    """The first line of the page that its evidence does not give."""
    try:
        expected = page_of(evidence)
    except (KeyError, TypeError, ValueError) as error:
        yield f"page: it cannot be made of this evidence ({error})."
        return
    pairs = zip_longest(page.splitlines(), expected.splitlines(), fillvalue="(no line)")
    for number, (is_there, should) in enumerate(pairs, start=1):
        if is_there != should:
            yield (
                f"page, line {number}: it shows “{is_there[:300]}”, "
                f"and the evidence gives “{should[:300]}”."
            )
            return


def _shape(found: Any) -> None:
    _fields(found, WHOLE)
    _time(found["made"])
    for entry in found["tasks"]:
        _fields(entry, TASK)
        State(entry["state"])
        for name in ("first_checked", "right_since"):
            if entry[name] is not None:
                _time(entry[name])
        _texts(entry["evidence"])
    for entry in found["predictions"]:
        _fields(entry, PREDICTION)
        _time(entry["at"])
        if entry["ratio"] <= 0:
            raise ValueError("a ratio that is not above 0")
        held = entry.get("quantities")
        for part in ("said", "measured") if held is not None else ():
            _fields(held[part], {"value": float, "unit": str})
            if held[part]["unit"] not in UNITS:
                raise ValueError(f"no unit {held[part]['unit']!r}")
    _texts(found["finished"].values())


def _fields(entry: Any, types: Mapping[str, type]) -> None:
    for name, kind in types.items():
        value = entry[name]
        numeric = kind is float and isinstance(value, int)
        if isinstance(value, bool) or not (numeric or isinstance(value, kind)):
            raise TypeError(f"{name} is {value!r}")
        if kind is float and not math.isfinite(value):
            raise ValueError(f"{name} is {value!r}")


def _texts(values: Any) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError("a line that is no text")


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without its zone, {text}")
    return at
