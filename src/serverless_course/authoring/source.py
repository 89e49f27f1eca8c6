"""A lesson's or a lab's source: a jupytext percent file read into typed cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import jupytext

MEASURED = "measured"
RAISES = "raises-exception"
_LAYOUT_KEYS = {"cell_marker", "lines_to_next_cell"}
"""What jupytext notes about the text's layout; it says nothing about the cell."""


class Form(StrEnum):
    """What a source is built into."""

    LESSON = "lesson"
    LAB = "lab"


class Kind(StrEnum):
    """What a cell holds."""

    MARKDOWN = "markdown"
    CODE = "code"


class Role(StrEnum):
    """What a cell does for a task; a cell without a role stands on the page as it is."""

    ANSWER = "answer"
    HINT = "hint"
    WRONG = "wrong"
    CHECK = "check"


class SourceError(ValueError):
    """A source cannot be built; every line of the message names file, cell and what to do."""


@dataclass(frozen=True)
class Cell:
    """One cell as its author wrote it.

    ``role`` keeps the author's word, so that a wrong one can be reported: compare it with
    :class:`Role`. ``says`` and ``state`` are what a wrong answer's verdict must hold;
    ``changes`` names the function folders that a task's solution changes; ``line`` is the
    marker's line in the file (1 is the first; 0 when the cell has no id to find it by).
    """

    id: str
    kind: str
    text: str
    role: str = ""
    task: str = ""
    name: str = ""
    says: str = ""
    state: str = ""
    changes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    line: int = 0

    @property
    def measured(self) -> bool:
        """Whether the output changes from run to run, and so is neither kept nor compared."""
        return MEASURED in self.tags

    @property
    def raises(self) -> bool:
        """Whether the cell raises on purpose."""
        return RAISES in self.tags


@dataclass(frozen=True)
class Source:
    """A source file: ``slug`` is ``NN-slug``; ``cells`` stand in reading order."""

    path: Path
    slug: str
    form: Form
    cells: tuple[Cell, ...]

    @property
    def folder(self) -> Path:
        """Return the folder that holds the source (for a lab: also its functions)."""
        return self.path.parent


def parse_source(path: Path, text: str) -> Source:
    """Turn the text of a source into cells without judging them (``rules`` does that)."""
    lab = path.name == "lab.py"
    notebook = jupytext.reads(text, fmt="py:percent")
    lines = _marker_lines(text)
    cells = tuple(_cell(cell, lines) for cell in notebook.cells)
    slug = path.parent.name if lab else path.stem
    return Source(path, slug, Form.LAB if lab else Form.LESSON, cells)


def find_sources(root: Path) -> list[Path]:
    """Return every source below ``root/content``, lessons first, in reading order."""
    content = root / "content"
    return sorted(content.glob("lessons/*.py")) + sorted(content.glob("labs/*/lab.py"))


def _cell(cell: Any, lines: dict[str, int]) -> Cell:
    told = {key: value for key, value in cell.metadata.items() if key not in _LAYOUT_KEYS}
    tags = told.pop("tags", [])
    changes = str(told.pop("changes", ""))
    words = {
        key: str(told.pop(key, "")).strip()
        for key in ("id", "role", "task", "name", "says", "state")
    }
    return Cell(
        kind=cell.cell_type,
        text=cell.source.strip("\n"),
        tags=tuple(tags) if isinstance(tags, list) else (str(tags),),
        changes=tuple(changes.split()),
        unknown=tuple(sorted(told)),
        line=lines.get(words["id"], 0),
        **words,
    )


def _marker_lines(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.match(r'# %%.*?\bid="([^"]*)"', line)
        if match:
            found[match[1]] = number
    return found
