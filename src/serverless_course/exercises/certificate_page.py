"""A certificate as one HTML page, made of its evidence alone; its text is in `data/`."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from itertools import groupby
from string import Template
from typing import Any

from serverless_course.exercises.certificate_evidence import Evidence
from serverless_course.exercises.overview import times_off
from serverless_course.exercises.progress import minutes_of
from serverless_course.exercises.verdict import SYMBOLS, State

OPENING = '<script type="application/json" id="evidence">'
CLOSING = "</script>"


def page_of(evidence: Evidence) -> str:
    """The whole page. What a learner typed is escaped; each task and prediction has one line."""
    text = (resources.files("serverless_course.exercises") / "data" / "certificate.html").read_text(
        encoding="utf-8"
    )
    sums = evidence["sums"]
    off = sums["median_times_off"]
    return Template(text).substitute(
        name=f'<p class="name">{_text(evidence["name"])}</p>' if evidence["name"] else "",
        made=_when(evidence["made"]),
        course=_text(evidence["course"]),
        right=sums["right"],
        tasks=sums["tasks"],
        kind="" if sums["right"] or sums["predictions"] else NOTHING_YET,
        predictions=sums["predictions"],
        off="" if off is None else f", typically off {off:.1f} times",
        task_rows="\n".join(_task_rows(evidence["tasks"])),
        prediction_rows="\n".join(_prediction_row(each) for each in evidence["predictions"])
        or '<tr><td colspan="5">No prediction was held against a measurement yet.</td></tr>',
        finished_rows="\n".join(
            f"<li>{_text(slug)}: {_when(at)}</li>" for slug, at in evidence["finished"].items()
        )
        or "<li>none yet</li>",
        digest=_text(evidence["digest"]),
        evidence=OPENING + _json(evidence) + CLOSING,
    )


NOTHING_YET = (
    "<p>Nothing is on record yet, and that is how everybody begins: check a task or make a "
    "prediction, then write this page again.</p>"
)


def _json(evidence: Evidence) -> str:
    """JSON that can end no script element: `<`, `>` and `&` only as escapes."""
    text = json.dumps(evidence, indent=1)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _task_rows(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """A heading for each lesson and lab, and a row for each of its tasks."""
    for slug, entries in groupby(tasks, key=lambda each: each["lab"]):
        own = list(entries)
        right = sum(each["right_since"] is not None for each in own)
        yield (
            f'<tr class="lab"><th scope="colgroup" colspan="5">{_text(slug)} '
            f"<small>{right} of {len(own)} right</small></th></tr>"
        )
        yield from map(_task_row, own)


def _task_row(entry: dict[str, Any]) -> str:
    state = State(entry["state"])
    proof = ""
    if entry["evidence"]:
        items = "".join(f"<li>{_text(line)}</li>" for line in entry["evidence"])
        of = f'<span class="heard"> of {_text(entry["task"])}</span>'
        proof = f"<details><summary>what the check saw{of}</summary><ul>{items}</ul></details>"
    since = _when(entry["right_since"]) if entry["right_since"] else ""
    kind = ' class="right"' if state is State.RIGHT else ""
    return (
        f'<tr{kind}><th scope="row">{_titled(entry["title"])} '
        f"<small>{_text(entry['task'])}</small>{proof}</th>"
        f'<td class="state">{SYMBOLS[state]} {state}</td>'
        f'<td class="number">{entry["tries"] or "–"}</td>'
        f'<td class="number">{_text(minutes_of(entry)) or "–"}</td><td>{since or "–"}</td></tr>'
    )


def _prediction_row(entry: dict[str, Any]) -> str:
    numbers = (entry["said"], entry["measured"], f"{times_off(entry['ratio']):.1f} times")
    cells = "".join(f'<td class="number">{_text(number)}</td>' for number in numbers)
    return (
        f'<tr><th scope="row">{_text(entry["key"])}</th><td>{_text(entry["lab"])}</td>{cells}</tr>'
    )


def _when(at: str) -> str:
    """A time in UTC as people write it, and for machines as it is kept."""
    told = datetime.fromisoformat(at).astimezone(UTC)
    text = f"{told.day} {told:%B %Y, %H:%M} UTC"
    return f'<time datetime="{_text(at)}">{text}</time>'


def _titled(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    """Escaped, in one line of the file, and without what UTF-8 cannot hold."""
    safe = html.escape(text).encode("utf-8", "replace").decode("utf-8")
    return safe.replace("\r", "&#13;").replace("\n", "&#10;")
