"""A task of a lab: the cells of one answer, with its hints, wrong answers and checks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from serverless_course.authoring import region
from serverless_course.authoring.source import Cell, Kind, Role, Source


@dataclass(frozen=True)
class Task:
    """One task, as the lab's source tells it.

    ``title`` is the nearest heading above the answer; ``hints`` stand in the order in which a
    learner gets them.
    """

    name: str
    title: str
    answer: Cell
    hints: tuple[Cell, ...]
    wrong: tuple[Cell, ...]
    checks: tuple[Cell, ...]

    @property
    def solution(self) -> str:
        """Return the text that is shown as solution, and runs in the solution notebook."""
        return region.solved(self.answer.text)

    @property
    def starter(self) -> str:
        """Return the text that stands in the lab until the learner changes it."""
        return region.unsolved(self.answer.text)


def tasks_of(source: Source) -> list[Task]:
    """Return the tasks of a valid source in the order of their answers."""
    return [_task(source, cell) for cell in source.cells if cell.role == Role.ANSWER]


def title_above(source: Source, answer: Cell) -> str:
    """Return the text of the nearest markdown heading above ``answer``, or ``""``."""
    title = ""
    for cell in source.cells:
        if cell is answer:
            break
        if cell.kind == Kind.MARKDOWN and not cell.role:
            headings = re.findall(r"^#{1,6}\s+(.+?)\s*$", cell.text, flags=re.MULTILINE)
            title = headings[-1] if headings else title
    return title


def _task(source: Source, answer: Cell) -> Task:
    def cells(role: Role) -> tuple[Cell, ...]:
        return tuple(c for c in source.cells if c.role == role and c.task == answer.task)

    return Task(
        name=answer.task,
        title=title_above(source, answer),
        answer=answer,
        hints=cells(Role.HINT),
        wrong=cells(Role.WRONG),
        checks=cells(Role.CHECK),
    )
