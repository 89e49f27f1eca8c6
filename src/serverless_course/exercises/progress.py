"""Which tasks are right: kept in a file, so that a new kernel still knows."""

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from serverless_course.aws.ledger import StateError
from serverless_course.exercises.verdict import SYMBOLS, State, Verdict


class Progress:
    """The state of every task of every lab, in one JSON file.

    A task that was right once stays right. A file that cannot be read is set aside under a new
    name, never overwritten; `notice` then says where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice: str | None = None

    def record(self, slug: str, verdict: Verdict) -> None:
        """Note `verdict` for its task in lab `slug`. A problem of the environment is not kept.

        Raises StateError when it cannot be written down.
        """
        if verdict.state is State.PROBLEM_OF_THE_ENVIRONMENT:
            return
        labs = self._read()
        lab = labs.setdefault(slug, {})
        before = lab.get(verdict.task, {})
        entry = {
            "state": str(verdict.state),
            "tries": before.get("tries", 0) + (verdict.state is not State.NOT_ATTEMPTED),
            "right_since": before.get("right_since"),
        }
        if verdict.right and entry["right_since"] is None:
            entry["right_since"] = datetime.now(UTC).isoformat(timespec="seconds")
        if entry["right_since"] is not None:
            entry["state"] = str(State.RIGHT)
        if entry != before:
            lab[verdict.task] = entry
            self._write(labs)

    def state(self, slug: str, task: str) -> State:
        """The state of one task; *not attempted* when nothing is known of it."""
        entry = self._read().get(slug, {}).get(task, {})
        return State(entry.get("state", State.NOT_ATTEMPTED))

    def table(self, slug: str, tasks: dict[str, str]) -> pd.DataFrame:
        """One row for each of `tasks` (name to title), in that order."""
        kept = self._read().get(slug, {})
        rows = []
        for name, title in tasks.items():
            entry = kept.get(name, {})
            state = State(entry.get("state", State.NOT_ATTEMPTED))
            rows.append((name, title, f"{SYMBOLS[state]} {state}", entry.get("tries", 0)))
        table = pd.DataFrame(rows, columns=["task", "title", "state", "tries"])
        return table.set_index("task")

    def _read(self) -> dict[str, dict[str, dict[str, Any]]]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error
        try:
            return _valid(json.loads(text))
        except ValueError:
            self._set_aside()
            return {}

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_suffix(f".damaged-{number}.json")).exists():
            number += 1
        self.path.rename(aside)
        self.notice = (
            f"The file of your progress could not be read. It is kept as {aside.name}, "
            "and a new one was begun. Your checks can be run again."
        )

    def _write(self, labs: dict[str, Any]) -> None:
        try:
            self._replace(labs)
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error

    def _replace(self, labs: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".progress-", suffix=".json")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"labs": labs}, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            # On one file system a rename is atomic: a reader sees the old file or the new one.
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _valid(document: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """The labs of a progress file; ValueError when it does not have the form that we write."""
    labs = document.get("labs") if isinstance(document, dict) else None
    if not isinstance(labs, dict):
        raise ValueError("no labs")
    for tasks in labs.values():
        if not isinstance(tasks, dict):
            raise ValueError("a lab without tasks")
        for entry in tasks.values():
            if not isinstance(entry, dict):
                raise ValueError("a task without an entry")
            State(str(entry.get("state")))
    return labs
