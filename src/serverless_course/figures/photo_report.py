"""The report of lab 10: one HTML file with figures, goals, pictures and evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from serverless_course.figures.alt import Picture, table_html
from serverless_course.figures.photo_goals import GOALS, Figures, reached

CSS = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .7rem; text-align: right }
th[scope=row], thead th:first-child { text-align: left } tr { border-bottom: 1px solid #80808080 }
details { overflow-x: auto } figure { margin: 1.5rem 0 }
figcaption { font-weight: 600; margin-bottom: .3rem }
"""


class PhotoReport:
    """Figures beside goal and first attempt, and what bears them out.

    ``grade`` is how many of the goals are reached, in words.
    """

    def __init__(
        self,
        figures: Figures,
        first: Figures,
        *,
        data: Mapping[str, Any],
        pictures: Mapping[str, Picture] | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """Put a report together.

        Args:
            figures: the eight figures of ``photo_goals.GOALS``, by their keys.
            first: those of the first attempt; what was not measured then is left out.
            data: the evidence as JSON can hold it: ``evidence`` (a row for each photo, with
                request and trace id), ``metrics`` (rows of CloudWatch), and what else there is.
            pictures: what is drawn from it, by a caption; each brings its alternative text.
            notes: sentences that a reader must know, such as where it was measured.

        Raises:
            KeyError: a figure is missing.
        """
        self.figures = {goal.key: figures[goal.key] for goal in GOALS}
        self.first = dict(first)
        self.data = {**data, "figures": self.figures, "first": self.first}
        self.pictures = dict(pictures or {})
        self.notes = list(notes)
        self.good = {goal.key for goal in reached(self.figures, self.first)}
        self.grade = f"{len(self.good)} of {len(GOALS)} goals reached"

    def table(self) -> pd.DataFrame:
        """A row for each figure: at first, now, goal, and whether it is reached."""
        rows = []
        for goal in GOALS:
            now, before = self.figures[goal.key], self.first.get(goal.key)
            rows.append(
                {
                    "": goal.what,
                    "at first": "–" if before is None else goal.shown(before),
                    "now": "–" if now is None else goal.shown(now),
                    "goal": goal.wanted,
                    "reached": "yes" if goal.key in self.good else "no",
                }
            )
        return pd.DataFrame(rows).set_index("")

    def write(self, path: str | Path) -> Path:
        """Write the report as one file that needs nothing else; returns its path."""
        target = Path(path)
        # "</" would end the element early; JSON may write a slash with a backslash.
        held = json.dumps(self.data, ensure_ascii=False).replace("</", "<\\/")
        target.write_text(
            '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Two hundred photos: a report</title><style>{CSS}</style></head>\n"
            f"<body><main>{self._body()}</main>\n"
            f'<script type="application/json" id="evidence">{held}</script></body>\n</html>\n',
            encoding="utf-8",
        )
        return target

    def _body(self) -> str:
        parts = [
            "<h1>Two hundred photos: a report</h1>",
            f"<p><strong>{self.grade}.</strong></p>",
            table_html(self.table(), justify="left"),
            *(f"<p>{escape(note)}</p>" for note in self.notes),
            *(
                f"<figure><figcaption>{escape(caption)}</figcaption>{each._repr_html_()}</figure>"
                for caption, each in self.pictures.items()
            ),
            "<h2>Evidence</h2>",
        ]
        for name, title in (
            ("metrics", "Rows of CloudWatch's metrics"),
            ("evidence", "Each photo, with request id and trace id"),
        ):
            rows = pd.DataFrame(self.data.get(name) or [])
            held = table_html(rows, justify="left") if len(rows) else "<p>None.</p>"
            parts.append(f"<details><summary>{title}: {len(rows)} rows</summary>{held}</details>")
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        return f"<p><strong>{self.grade}.</strong></p>{table_html(self.table(), justify='left')}"

    def __repr__(self) -> str:
        return f"{self.grade}.\n\n{self.table().to_string()}"
