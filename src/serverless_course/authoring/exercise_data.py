"""The data a lab's helpers read: titles, hints and solutions of its tasks.

Wrong answers stay in ``content/``: a learner would find them in a shipped file.
"""

from __future__ import annotations

import json
from typing import Any

from serverless_course.authoring.lab import File, read_files
from serverless_course.authoring.source import Source
from serverless_course.authoring.task import Task, tasks_of


def exercise_data(source: Source) -> str:
    """Return the text of ``exercises/data/NN-slug.json`` for a lab."""
    data = {"lab": source.slug, "tasks": [_entry(source, task) for task in tasks_of(source)]}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _entry(source: Source, task: Task) -> dict[str, Any]:
    return {
        "task": task.name,
        "title": task.title,
        "hints": [hint.text for hint in task.hints],
        "solution": task.solution,
        "files": {
            f"functions/{name}/{path.as_posix()}": _text(file)
            for name in task.answer.changes
            for path, file in read_files(source.folder / "functions.solved" / name).items()
        },
        "check": "\n\n".join(check.text for check in task.checks),
    }


def _text(file: File) -> str:
    return file.data.decode("utf-8")
