"""A lab: one source gives the unsolved lab and its solution, with their function folders."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from serverless_course.authoring import region
from serverless_course.authoring.notebook import Notebook, make_notebook
from serverless_course.authoring.source import Role, Source

_LEFT_BEHIND = {"__pycache__", ".ipynb_checkpoints", ".DS_Store", ".pytest_cache", ".ruff_cache"}


@dataclass(frozen=True)
class File:
    """A file to write. ``executable`` matters to a runtime's ``bootstrap``."""

    data: bytes
    executable: bool = False


def lab_notebook(source: Source) -> Notebook:
    """Return the lab as a learner gets it: starters, and no hint, no wrong answer."""
    return page(source, region.unsolved)


def solution_notebook(source: Source) -> Notebook:
    """Return the solved lab: the same cells, with the solutions in place."""
    return page(source, region.solved)


def page(source: Source, answer: Callable[[str], str]) -> Notebook:
    """Return a source's page without hints and wrong answers; ``answer`` cuts the answers."""
    cells = []
    for cell in source.cells:
        if cell.role in (Role.HINT, Role.WRONG):
            continue
        text = answer(cell.text) if cell.role == Role.ANSWER else cell.text
        cells.append(replace(cell, text=text))
    return make_notebook(cells)


def function_files(source: Source, *, solved: bool) -> dict[Path, File]:
    """Return the files of the lab's functions, by path below the lab's folder.

    Args:
        source: the lab.
        solved: lay ``functions.solved`` over ``functions``.
    """
    files = read_files(source.folder / "functions")
    if solved:
        files |= read_files(source.folder / "functions.solved")
    return {Path("functions") / path: files[path] for path in sorted(files)}


def read_files(folder: Path) -> dict[Path, File]:
    """Return every file below ``folder`` by relative path, without what tools leave behind."""
    found = {}
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_file() and not _LEFT_BEHIND.intersection(below.parts):
            found[below] = File(path.read_bytes(), os.access(path, os.X_OK))
    return found
