"""A lesson: its source's cells, as they stand."""

from __future__ import annotations

from serverless_course.authoring.notebook import Notebook, make_notebook
from serverless_course.authoring.source import Source


def lesson_notebook(source: Source) -> Notebook:
    """Return the lesson's notebook without outputs."""
    return make_notebook(list(source.cells))
