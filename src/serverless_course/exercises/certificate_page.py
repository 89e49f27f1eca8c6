"""A certificate as one HTML page, made of its evidence alone; its text is in `data/`."""

from __future__ import annotations

import html
import json
from importlib import resources
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
        made=_text(evidence["made"]),
        course=_text(evidence["course"]),
        right=sums["right"],
        tasks=sums["tasks"],
        kind="" if sums["right"] or sums["predictions"] else NOTHING_YET,
        predictions=sums["predictions"],
        off="" if off is None else f", typically off {off:.1f} times",
        task_rows="\n".join(_task_row(each) for each in evidence["tasks"]),
        prediction_rows="\n".join(_prediction_row(each) for each in evidence["predictions"])
        or '<tr><td colspan="5">No prediction was held against a measurement yet.</td></tr>',
        finished_rows="\n".join(
            f"<li>{_text(slug)}: {_text(at)}</li>" for slug, at in evidence["finished"].items()
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


def _task_row(entry: dict[str, Any]) -> str:
    state = State(entry["state"])
    proof = ""
    if entry["evidence"]:
        items = "".join(f"<li>{_text(line)}</li>" for line in entry["evidence"])
        proof = f"<details><summary>what the check saw</summary><ul>{items}</ul></details>"
    title, name = _text(entry["title"]), _text(entry["task"])
    told = _cells(
        f"{SYMBOLS[state]} {state}",
        str(entry["tries"]),
        minutes_of(entry),
        entry["right_since"] or "",
    )
    head = f'<th scope="row">{title} <small>{name}</small></th>'
    return f"<tr>{_cells(entry['lab'])}{head}{told}<td>{proof}</td></tr>"


def _prediction_row(entry: dict[str, Any]) -> str:
    off = f"{times_off(entry['ratio']):.1f} times"
    head = f'<th scope="row">{_text(entry["key"])}</th>'
    told = _cells(entry["said"], entry["measured"], off)
    return f"<tr>{_cells(entry['lab'])}{head}{told}</tr>"


def _cells(*texts: str) -> str:
    return "".join(f"<td>{_text(text)}</td>" for text in texts)


def _text(text: str) -> str:
    """Escaped, in one line of the file, and without what UTF-8 cannot hold."""
    safe = html.escape(text).encode("utf-8", "replace").decode("utf-8")
    return safe.replace("\r", "&#13;").replace("\n", "&#10;")
