"""What is done, and how good predictions were: kept in a file, so that a new kernel still knows."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from serverless_course.aws.ledger import StateError
from serverless_course.exercises.predictions import Comparison
from serverless_course.exercises.verdict import SYMBOLS, State, Verdict
from serverless_course.secrecy.masking import masked_text


@dataclass
class Kept:
    """What the file holds, by lesson or lab.

    Attributes:
        labs: of each task its state, tries, when it was first checked and right, and what the
            check that first found it right had looked at.
        predictions: of each key what was said and measured (as text, and as value and unit),
            their ratio, and when.
        finished: when the page was cleaned up last.
    """

    labs: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    predictions: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)


class Progress:
    """The state of every task of every lab, in one JSON file.

    A task that was right once stays right. A file that cannot be read is set aside under a new
    name, never overwritten; `notice` then says where it is. No secret is written: `masked` gives
    a text of a check or of a learner without what must not be kept.
    """

    def __init__(self, path: Path, masked: Callable[[str], str] = masked_text) -> None:
        self.path = path
        self._masked = masked
        self.notice: str | None = None

    def record(self, slug: str, verdict: Verdict) -> None:
        """Note `verdict` for its task in lab `slug`. A problem of the environment is not kept.

        Raises StateError when it cannot be written down.
        """
        if verdict.state is State.PROBLEM_OF_THE_ENVIRONMENT:
            return
        kept = self._read()
        lab = kept.labs.setdefault(slug, {})
        before = lab.get(verdict.task, {})
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {
            "state": str(verdict.state),
            "tries": before.get("tries", 0) + (verdict.state is not State.NOT_ATTEMPTED),
            "first_checked": before.get("first_checked", now),
            "right_since": before.get("right_since"),
            "evidence": before.get("evidence", []),
        }
        if verdict.right and entry["right_since"] is None:
            entry["right_since"] = now
            entry["evidence"] = [self._masked(line) for line in verdict.evidence]
        if entry["right_since"] is not None:
            entry["state"] = str(State.RIGHT)
        if entry != before:
            lab[verdict.task] = entry
            self._write(kept)

    def record_prediction(self, slug: str, comparison: Comparison) -> None:
        """Note how good a prediction was: the first time that it is held against a measurement.

        One that was never made, or cannot be compared, is not kept. Raises StateError.
        """
        if comparison.predicted is None or not comparison.ratio:
            return
        kept, key = self._read(), self._masked(comparison.key)
        if key in kept.predictions.setdefault(slug, {}):
            return
        kept.predictions[slug][key] = {
            "said": str(comparison.predicted),
            "measured": str(comparison.measured),
            "ratio": comparison.ratio,
            "quantities": {
                "said": asdict(comparison.predicted),
                "measured": asdict(comparison.measured),
            },
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._write(kept)

    def record_end(self, slug: str) -> None:
        """Note that a page was finished and cleaned up. Raises StateError."""
        kept = self._read()
        kept.finished[slug] = datetime.now(UTC).isoformat(timespec="seconds")
        self._write(kept)

    def forget(self, slug: str) -> None:
        """Forget what is kept of one lesson or lab, and of no other. Raises StateError."""
        kept = self._read()
        for part in (kept.labs, kept.predictions, kept.finished):
            part.pop(slug, None)
        self._write(kept)

    def kept(self) -> Kept:
        """All that is kept. Raises StateError."""
        return self._read()

    def state(self, slug: str, task: str) -> State:
        """The state of one task; *not attempted* when nothing is known of it."""
        entry = self._read().labs.get(slug, {}).get(task, {})
        return State(entry.get("state", State.NOT_ATTEMPTED))

    def table(self, slug: str, tasks: dict[str, str]) -> pd.DataFrame:
        """One row for each of `tasks` (name to title), in that order."""
        kept = self._read().labs.get(slug, {})
        rows = []
        for name, title in tasks.items():
            entry = kept.get(name, {})
            state = State(entry.get("state", State.NOT_ATTEMPTED))
            told = f"{SYMBOLS[state]} {state}"
            rows.append((name, title, told, entry.get("tries", 0), minutes_of(entry)))
        table = pd.DataFrame(rows, columns=["task", "title", "state", "tries", "minutes"])
        return table.set_index("task")

    def _read(self) -> Kept:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error
        try:
            return _valid(json.loads(text))
        except ValueError:
            self._set_aside()
            return Kept()

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_suffix(f".damaged-{number}.json")).exists():
            number += 1
        self.path.rename(aside)
        self.notice = (
            f"The file of your progress could not be read. It is kept as {aside.name}, "
            "and a new one was begun. Your checks can be run again."
        )

    def _write(self, kept: Kept) -> None:
        try:
            self._replace(kept)
        except OSError as error:
            raise StateError.of(self.path.parent, error) from error

    def _replace(self, kept: Kept) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".progress-", suffix=".json")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(kept), file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            # On one file system a rename is atomic: a reader sees the old file or the new one.
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def minutes_of(entry: dict[str, Any]) -> str:
    """Minutes from a task's first check to the one that was right; "" when it is not known."""
    first, right = entry.get("first_checked"), entry.get("right_since")
    if first is None or right is None:
        return ""
    passed = datetime.fromisoformat(right) - datetime.fromisoformat(first)
    return f"{max(0.0, passed.total_seconds()) / 60:.0f}"


def _valid(document: Any) -> Kept:
    """What a progress file keeps; ValueError when it does not have the form that we write."""
    if not isinstance(document, dict) or "labs" not in document:
        raise ValueError("no labs")
    parts = {part.name: document.get(part.name, {}) for part in fields(Kept)}
    for part in ("labs", "predictions"):
        for entries in _entries(parts[part]):
            _entries(entries)
    for tasks in parts["labs"].values():
        for entry in tasks.values():
            State(str(entry.get("state")))
            minutes_of(entry)
            if not all(isinstance(line, str) for line in entry.get("evidence", [])):
                raise ValueError("evidence that is no text")
    for keys in parts["predictions"].values():
        for entry in keys.values():
            if not (isinstance(entry.get("ratio"), int | float) and entry["ratio"] > 0):
                raise ValueError("a prediction without its ratio")
            if not isinstance(entry.get("at"), str):
                raise ValueError("a prediction without its time")
    _entries(parts["finished"], of=str)
    return Kept(**parts)


def _entries(part: Any, of: type = dict) -> list[Any]:
    if not isinstance(part, dict) or not all(isinstance(each, of) for each in part.values()):
        raise ValueError("an entry of another form")
    return list(part.values())
