"""A lesson: its source's cells as they stand, and what a learner is to fill in left open."""

from __future__ import annotations

from serverless_course.authoring import region
from serverless_course.authoring.lab import page
from serverless_course.authoring.notebook import Notebook
from serverless_course.authoring.source import Source


def lesson_notebook(source: Source) -> Notebook:
    """Return the lesson's notebook without outputs."""
    return page(source, region.unsolved)
