"""Notebooks as data: cells with stable ids and metadata that no machine or run can change."""

from __future__ import annotations

import json
from typing import Any

import nbformat

from serverless_course.authoring.source import MEASURED, Cell, Kind

IGNORE_OUTPUT = "nbval-ignore-output"
"""The tag by which nbval runs a cell and does not compare its output."""

Notebook = dict[str, Any]
"""A notebook in nbformat 4.5, as JSON data."""

# No Python patch version in here: it would differ from one author's machine to the next.
_METADATA: dict[str, Any] = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def make_notebook(cells: list[Cell]) -> Notebook:
    """Return a notebook of ``cells`` without outputs.

    Code cells are numbered from 1: nbval never compares a cell whose number is missing.
    """
    built: list[dict[str, Any]] = []
    count = 0
    for cell in cells:
        made: dict[str, Any] = {
            "cell_type": str(cell.kind),
            "id": cell.id,
            "metadata": {},
            "source": cell.text,
        }
        if cell.kind == Kind.CODE:
            count += 1
            made["execution_count"] = count
            made["outputs"] = []
        if cell.tags:
            extra = [IGNORE_OUTPUT] if cell.measured else []
            made["metadata"] = {"tags": [*cell.tags, *extra]}
        built.append(made)
    metadata = json.loads(json.dumps(_METADATA))
    return {"cells": built, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code_cells(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the code cells of ``notebook`` in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def is_measured(cell: dict[str, Any]) -> bool:
    """Tell whether a notebook's cell is tagged as one whose output changes from run to run."""
    return MEASURED in cell["metadata"].get("tags", [])


def write_text(notebook: Notebook) -> str:
    """Return the text of a notebook's file.

    Raises:
        nbformat.ValidationError: the notebook breaks the format.
    """
    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    nbformat.validate(node)
    return str(nbformat.writes(node)) + "\n"  # type: ignore[no-untyped-call]


def read_text(text: str) -> Notebook:
    """Return the notebook in ``text``.

    Raises:
        ValueError: the text is no notebook.
    """
    return dict(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
