"""Hints step by step, and solutions, from the file that is built from a lab's source."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Advice:
    """A hint or a solution: markdown in a notebook, the same words as plain text.

    It has no HTML form: JupyterLab would show that one, and leave the markdown unread.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True)
class TaskText:
    """What a lab's source says on one task: its title, hints in order, and solution."""

    task: str
    title: str
    hints: tuple[str, ...]
    solution: str


class HintBook:
    """The hints and solutions of one lab, and how many hints were shown."""

    def __init__(self, tasks: list[TaskText]) -> None:
        self._tasks = {entry.task: entry for entry in tasks}
        self._shown: dict[str, int] = {}

    def hint(self, task: str) -> Advice:
        """The next hint for `task`. After the last one, a sentence says so."""
        entry = self._entry(task)
        if isinstance(entry, Advice):
            return entry
        shown = self._shown.get(task, 0)
        total = len(entry.hints)
        if shown >= total:
            return Advice(
                f"There are no more hints for `{task}`: you have seen all {total}. "
                f'`lab.solution("{task}")` shows one way to do it.'
            )
        self._shown[task] = shown + 1
        return Advice(f"**Hint {shown + 1} of {total}.** {entry.hints[shown]}")

    def hints_shown(self, task: str) -> int:
        """How many hints for `task` were shown in this session."""
        return self._shown.get(task, 0)

    def solution(self, task: str) -> Advice:
        """The solution of `task`, with a note when no hint was read before."""
        entry = self._entry(task)
        if isinstance(entry, Advice):
            return entry
        note = ""
        unread = len(entry.hints) - self.hints_shown(task)
        if unread > 0:
            what = "one hint" if unread == 1 else f"{unread} hints"
            note = (
                f"There {'is' if unread == 1 else 'are'} {what} for this task that you have not "
                f'read yet; `lab.hint("{task}")` shows the next one. Reading the solution is a '
                "fine way to learn, too: try to say why each line is there.\n\n"
            )
        return Advice(
            f"{note}**One solution of `{task}`**\n\n```python\n{entry.solution.strip()}\n```"
        )

    def titles(self) -> dict[str, str]:
        """Title of each task, in the lab's order."""
        return {entry.task: entry.title for entry in self._tasks.values()}

    def _entry(self, task: str) -> TaskText | Advice:
        entry = self._tasks.get(task)
        if entry is None:
            names = ", ".join(f"`{name}`" for name in self._tasks) or "none"
            return Advice(f"There is no task `{task}` with hints here. Tasks of this lab: {names}.")
        return entry


@cache
def hint_book(slug: str) -> HintBook:
    """The hints of lab `slug`, read once for each kernel, so that hints shown are remembered."""
    file = resources.files("serverless_course.exercises") / "data" / f"{slug}.json"
    if not file.is_file():
        return HintBook([])
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> HintBook:
    """Read the JSON form: `{"tasks": [{"task", "title", "hints": [markdown], "solution"}]}`."""
    return HintBook(
        [
            TaskText(
                task=entry["task"],
                title=entry.get("title", entry["task"]),
                hints=tuple(entry["hints"]),
                solution=entry["solution"],
            )
            for entry in json.loads(text)["tasks"]
        ]
    )
