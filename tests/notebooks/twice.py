"""Runs the cells of a page twice in one kernel, and finds what the second run contradicts."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from serverless_course.authoring.execute import build_environment
from serverless_course.exercises.verdict import SYMBOLS, State

# Each cell twice before the next one, or the whole page and then the whole page again.
Order = Literal["each cell", "whole page"]
CELL_TIMEOUT_S = 300
VERDICT = re.compile(rf"^[{''.join(SYMBOLS.values())}] ({'|'.join(State)}) · (.+)$", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What may be said in the second run and not in the first, or the other way round.
KNOWN_SECOND = re.compile(r"^Opened again: .*$\n?", re.MULTILINE)
# Cells of which the second run says something else, rightly.
TELLS_WHAT_IS_LEFT = re.compile(r"lab\.(finish|hint|calls|progress)\(")


@dataclass(frozen=True)
class Ran:
    """What a cell did in one of its runs, 1 or 2.

    ``error``: type and message; ``at``: the line of the cell, or of the course, that raised.
    """

    cell: str
    run: int
    error: tuple[str, str] | None
    at: str
    text: str

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """The states that checks gave, with their tasks."""
        return [(task, state) for state, task in VERDICT.findall(self.text)]


def run_twice(path: Path, state: Path, order: Order) -> list[str]:
    """Run a built page twice in the given order; a line or more for each problem found.

    ``state``: a new folder for what the course remembers.
    """
    page: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell for cell in page.cells if cell.cell_type == "code"]
    rans = list(_run(page, path, state, list(_sequence(cells, order))))
    return [
        f"cell {each.cell!r}, {order} twice, {problem}"
        for first, each in _pairs(rans)
        for problem in _problems(_named(cells, each.cell), first, each)
    ]


def _sequence(cells: list[Any], order: Order) -> Iterator[tuple[Any, int]]:
    if order == "each cell":
        yield from ((cell, run) for cell in cells for run in (1, 2))
    else:
        yield from ((cell, run) for run in (1, 2) for cell in cells)


def _run(page: Any, path: Path, state: Path, todo: list[tuple[Any, int]]) -> Iterator[Ran]:
    node = copy.deepcopy(page)
    node.cells = [copy.deepcopy(cell) for cell, _ in todo]
    for cell in node.cells:
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        node,
        timeout=CELL_TIMEOUT_S,
        allow_errors=True,
        kernel_name=page.metadata.kernelspec.name,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    with client.setup_kernel(env=build_environment(state)):
        for index, ((cell, run), copied) in enumerate(zip(todo, node.cells, strict=True)):
            try:
                client.execute_cell(copied, index)
            except (CellTimeoutError, DeadKernelError) as error:
                yield Ran(cell.id, run, (type(error).__name__, str(error)), "", "")
                return
            else:
                yield _ran(cell.id, run, copied.outputs)


def _ran(cell: str, run: int, outputs: list[Any]) -> Ran:
    error, at, said = None, "", []
    for output in outputs:
        if output.output_type == "error":
            error = (output.ename, output.evalue)
            trace = ANSI.sub("", "\n".join(output.traceback))
            at = next(reversed(re.findall(r"^-+> *\d+ (.*)$", trace, re.MULTILINE)), "").strip()
        elif output.output_type == "stream":
            said.append(output.text)
        else:
            said.append(str(output.get("data", {}).get("text/plain", "")) + "\n")
    return Ran(cell, run, error, at, ANSI.sub("", "".join(said)))


def _pairs(rans: Iterable[Ran]) -> Iterator[tuple[Ran, Ran]]:
    """Each run, with the first run of the same cell before it."""
    first: dict[str, Ran] = {}
    for each in rans:
        yield first.setdefault(each.cell, each), each


def _problems(cell: Any, first: Ran, ran: Ran) -> Iterator[str]:
    """What is wrong with a run, or contradicts the cell's first one."""
    which = f"run {ran.run}"
    tags = cell.metadata.get("tags", [])
    expected = "raises-exception" in tags
    if ran.error and not expected:
        name, message = ran.error
        silent = "" if message.strip() else " (without a message)"
        yield f"{which}: {name}{silent}: {message.strip()}\n    at: {ran.at}"
        return
    if ran is first:
        return
    if expected and ran.error != first.error:
        yield f"{which}: raised {ran.error}, and {first.error} before"
    for before, after in zip(first.verdicts, ran.verdicts, strict=False):
        if before != after:
            yield f"{which}: says {after[1]!r}, and {before[1]!r} before, of task {after[0]}"
    if "measured" in tags or TELLS_WHAT_IS_LEFT.search(cell.source):
        return
    before, after = (KNOWN_SECOND.sub("", each.text) for each in (first, ran))
    if before != after:
        yield f"{which}: says\n{_quoted(after)}\n  and before\n{_quoted(before)}"


def _quoted(text: str) -> str:
    return "\n".join(f"    | {line}" for line in text.splitlines())


def _named(cells: list[Any], name: str) -> Any:
    return next(cell for cell in cells if cell.id == name)
