"""Drive a lab as learners do: untouched, then wrong in each named way, then right.

A lesson with a task is driven in the same way.

The cells run in a process of their own (``python -m serverless_course.authoring.wrong_answers``),
in a copy of the lab's folder, on the default cloud. A lab keeps its last verdict of each task in
``lab.verdicts[task]``, with ``state`` and ``message``; that is what is read here. What stands below
the last task is left out: the solved notebook runs it (tests/notebooks), and no verdict needs it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from serverless_course.authoring.execute import build_environment
from serverless_course.authoring.lab import File, function_files, lab_notebook, read_files
from serverless_course.authoring.notebook import code_cells
from serverless_course.authoring.rules import read_source
from serverless_course.authoring.shell import CellError, Shell
from serverless_course.authoring.source import Cell, Form, Kind, Role, Source
from serverless_course.authoring.task import Task, tasks_of

# A drive that hangs is ended. A lab with many answers that each make real load takes its time.
SHORTEST_LIMIT_S, LIMIT_OF_AN_ANSWER_S = 600.0, 20.0
NOT_ATTEMPTED, NOT_YET, RIGHT = "not attempted", "not yet right", "right"


class DriveError(RuntimeError):
    """A lab could not be driven to its end; the message says where it stopped."""


@dataclass(frozen=True)
class Outcome:
    """What a task's check said to one answer.

    ``variant`` is ``starter``, ``solution`` or the wrong answer's name; ``expected`` is the
    state it must get and ``says`` what the message must hold; ``error`` is what a cell raised.
    """

    task: str
    variant: str
    expected: str
    says: str
    state: str
    message: str
    error: str = ""

    @property
    def problem(self) -> str | None:
        """Return what is not as the source promises, or None."""
        where = f"task '{self.task}', {self.variant}"
        if self.error:
            return f"{where}: a cell raised {self.error}"
        if self.state != self.expected:
            return (
                f"{where}: the check says '{self.state}' and must say '{self.expected}' "
                f"(its message: {self.message!r})"
            )
        if self.says not in self.message:
            return f"{where}: the message {self.message!r} does not say {self.says!r}"
        return None


def drive(path: Path, *, timeout_s: float | None = None) -> list[Outcome]:
    """Run a lab's starter, wrong answers and solution of each task against its check.

    Args:
        path: the source, ``content/labs/NN-slug/lab.py`` or ``content/lessons/NN-slug.py``.
        timeout_s: seconds for the whole of it; 20 for each answer, and 600 at least, if not given.

    Raises:
        DriveError: a cell above the last task raised, or the time was over.
    """
    if timeout_s is None:
        tasks = tasks_of(read_source(path))
        answers = sum(len(task.wrong) + 2 for task in tasks)
        timeout_s = max(SHORTEST_LIMIT_S, LIMIT_OF_AN_ANSWER_S * answers)
    return [Outcome(**entry) for entry in _in_a_process("answers", path, timeout_s)]


def run_unsolved(path: Path, *, timeout_s: float = 300) -> dict[str, str]:
    """Run the lab from top to bottom as shipped and return the state of each task checked.

    Args:
        path: the lab's source.
        timeout_s: seconds for the whole lab.

    Raises:
        DriveError: a cell raised, or the time was over.
    """
    states: dict[str, str] = _in_a_process("unsolved", path, timeout_s)
    return states


def _in_a_process(mode: str, path: Path, timeout_s: float) -> Any:
    source = read_source(path)
    with tempfile.TemporaryDirectory(prefix="course-drive-") as name:
        temporary = Path(name)
        lesson = source.form == Form.LESSON
        folder = temporary / "notebooks" if lesson else temporary / "labs" / source.slug
        folder.mkdir(parents=True)
        if not lesson:
            _lay(folder, function_files(source, solved=False))
        environment = build_environment(temporary / "state") | {
            "IPYTHONDIR": str(temporary / "ipython"),
            "MPLBACKEND": "agg",
        }
        result, log = temporary / "result.json", temporary / "output.txt"
        command = [sys.executable, "-m", __name__, mode, str(path.resolve()), str(result)]
        with log.open("wb") as output:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                pass
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()
        if child.returncode == 0:
            return json.loads(result.read_text(encoding="utf-8"))
        printed = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        why = f"not done after {timeout_s:g} s" if child.returncode < 0 else "it stopped early"
        raise DriveError(f"{path}: {why}; it printed:\n{printed}")


def _lay(folder: Path, files: dict[Path, File]) -> None:
    for path, file in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        target.chmod(0o755 if file.executable else 0o644)


def _answers(source: Source, shell: Shell) -> Iterator[Outcome]:
    tasks = {task.name: task for task in tasks_of(source)}
    cells = [c for c in source.cells if c.kind == Kind.CODE and c.role != Role.WRONG]
    while any(cell.role == Role.ANSWER for cell in cells):
        cell = cells.pop(0)
        if cell.role != Role.ANSWER:
            shell.run(cell.id, cell.text, raises=cell.raises)
            continue
        task = tasks[cell.task]
        last = cells.index(task.checks[-1])
        below, cells = cells[: last + 1], cells[last + 1 :]
        yield from _task_answers(source, task, below, shell)


def _task_answers(source: Source, task: Task, below: list[Cell], shell: Shell) -> Iterator[Outcome]:
    tries = [("starter", task.starter, NOT_ATTEMPTED, "")]
    tries += [(w.name, w.text, w.state or NOT_YET, w.says) for w in task.wrong]
    tries += [("solution", task.solution, RIGHT, "")]
    names = shell.names()
    files = read_files(Path("functions"))
    for variant, text, expected, says in tries:
        shell.restore(names)
        _replace_functions(files)
        if variant == "solution" and task.answer.changes:
            _lay(Path(), _changed(source, task))
        shell.forget_verdict(task.name)
        error = ""
        try:
            shell.run(task.answer.id, text)
            for cell in below:
                shell.run(cell.id, cell.text, raises=cell.raises)
        except CellError as raised:
            error = str(raised)
        state, message = shell.verdict(task.name)
        yield Outcome(task.name, variant, expected, says, state, message, error)


def _changed(source: Source, task: Task) -> dict[Path, File]:
    solved = function_files(source, solved=True)
    return {path: file for path, file in solved.items() if path.parts[1] in task.answer.changes}


def _replace_functions(files: dict[Path, File]) -> None:
    folder = Path("functions")
    for path in read_files(folder):
        if path not in files:
            (folder / path).unlink()
    _lay(folder, files)


def _unsolved(source: Source, shell: Shell) -> dict[str, str]:
    raising = {cell.id for cell in source.cells if cell.raises}
    for cell in code_cells(lab_notebook(source)):
        shell.run(cell["id"], cell["source"], raises=cell["id"] in raising)
    return {task.name: shell.verdict(task.name)[0] for task in tasks_of(source)}


def _main(mode: str, path: str, result: str) -> None:
    source, shell = read_source(Path(path)), Shell()
    told: Any
    if mode == "answers":
        told = [asdict(outcome) for outcome in _answers(source, shell)]
    else:
        told = _unsolved(source, shell)
    Path(result).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _main(*sys.argv[1:])
