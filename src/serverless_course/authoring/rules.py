"""The rules a source must keep. Each broken one names file, cell and what to do."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from serverless_course.authoring import region
from serverless_course.authoring.source import (
    MEASURED,
    RAISES,
    Cell,
    Form,
    Kind,
    Role,
    Source,
    SourceError,
    parse_source,
)
from serverless_course.authoring.task import title_above

MAX_LESSON_CODE_LINES = 20
MAX_LINE_LENGTH = 100
MIN_HINTS = 2
MIN_WRONG = 2
TAGS = (MEASURED, RAISES)
WRONG_STATES = ("not yet right", "error in your code")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SLUG = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")
_KIND_OF = {
    Role.ANSWER: Kind.CODE,
    Role.HINT: Kind.MARKDOWN,
    Role.WRONG: Kind.CODE,
    Role.CHECK: Kind.CODE,
}


def read_source(path: Path) -> Source:
    """Read one source and hold it to the rules.

    Args:
        path: ``content/lessons/NN-slug.py`` or ``content/labs/NN-slug/lab.py``.

    Raises:
        SourceError: the source breaks a rule; the message has one line for each.
        OSError: the file cannot be read.
    """
    source = parse_source(path, path.read_text(encoding="utf-8"))
    found = problems(source)
    if found:
        raise SourceError("\n".join(found))
    return source


def is_slug(text: str) -> bool:
    """Tell whether ``text`` names a lesson or a lab as the course does: ``04-memory-tuning``."""
    return _SLUG.fullmatch(text) is not None


def problems(source: Source) -> list[str]:
    """Return a line for each rule that ``source`` breaks: ``file:line: cell 'id': what to do``."""
    found = [f"{source.path}: {text}" for text in _about_file(source)]
    for cell in source.cells:
        found += [f"{_where(source, cell)}: {text}" for text in _about_cell(source, cell)]
    found += list(_about_tasks(source))
    return found


def _where(source: Source, cell: Cell) -> str:
    label = f"cell '{cell.id}'" if cell.id else f"cell that begins {_first_line(cell)!r}"
    return f"{source.path}:{cell.line}: {label}" if cell.line else f"{source.path}: {label}"


def _first_line(cell: Cell) -> str:
    return cell.text.strip().split("\n")[0][:60]


def _about_file(source: Source) -> Iterator[str]:
    if not is_slug(source.slug):
        yield f"'{source.slug}' is no slug: name it like 04-memory-tuning"
    first = source.cells[0] if source.cells else None
    if first is None or first.kind != Kind.MARKDOWN or not first.text.startswith("# "):
        yield "begin with a markdown cell whose first line is the title: '# # Title'"
    for name, count in Counter(cell.id for cell in source.cells if cell.id).items():
        if count > 1:
            yield f"{count} cells have the id '{name}': give each cell an id of its own"
    yield from _about_folders(source)


def _about_folders(source: Source) -> Iterator[str]:
    folder = source.folder / "functions.solved"
    laid_over = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    named = {name for cell in source.cells for name in cell.changes}
    for name in sorted(laid_over - named):
        yield (
            f'functions.solved/{name} belongs to no task: add changes="{name}" to the answer '
            "of the task whose solution it is"
        )
    for name in sorted(named - laid_over):
        yield f'an answer says changes="{name}": add the folder functions.solved/{name}'


def _about_cell(source: Source, cell: Cell) -> Iterator[str]:
    if not cell.id:
        yield 'add an id to its marker, for example id="first-call"'
    elif not _ID.fullmatch(cell.id):
        yield "write the id with lower-case letters, digits and hyphens (64 at most)"
    if cell.kind not in (Kind.MARKDOWN, Kind.CODE):
        yield f"a {cell.kind} cell has no place on the page: make it markdown or code"
    if not cell.text.strip():
        yield "the cell is empty: fill it or take it out"
    for key in cell.unknown:
        yield f"'{key}' is no key of a cell marker: see content/README.md"
    for tag in cell.tags:
        if tag not in TAGS:
            yield f"the tag '{tag}' is unknown: the tags are {', '.join(TAGS)}"
    if cell.tags and cell.kind != Kind.CODE:
        yield "tags belong to code cells: take them off"
    yield from _about_role(source, cell)
    if cell.kind == Kind.CODE:
        yield from _about_code(source, cell)


def _about_role(source: Source, cell: Cell) -> Iterator[str]:
    if not cell.role:
        for key in ("task", "name", "says", "state", "changes"):
            if getattr(cell, key):
                yield f"{key}=… needs a role: add role=… or take {key} off"
        return
    if cell.role not in set(Role):
        yield f"the role '{cell.role}' is unknown: the roles are {', '.join(Role)}"
        return
    role = Role(cell.role)
    if not cell.task:
        yield f'say which task this {role} belongs to: task="…"'
    elif not _ID.fullmatch(cell.task):
        yield "write the task's name with lower-case letters, digits and hyphens"
    if cell.kind != _KIND_OF[role]:
        yield f"a {role} is a {_KIND_OF[role]} cell: this one is {cell.kind}"
    if role == Role.WRONG:
        yield from _about_wrong(cell)
    elif cell.name or cell.says or cell.state:
        yield "name, says and state belong to wrong answers: take them off"
    if cell.changes and role != Role.ANSWER:
        yield "changes belongs to the answer: move it there"


def _about_wrong(cell: Cell) -> Iterator[str]:
    if not cell.name:
        yield 'name the wrong answer, for example name="picks the slowest"'
    if not cell.says:
        yield 'say what the verdict must tell the learner: says="…" (it may not be empty)'
    if cell.state and cell.state not in WRONG_STATES:
        yield f"state is one of: {', '.join(WRONG_STATES)}"


def _about_code(source: Source, cell: Cell) -> Iterator[str]:
    for line in cell.text.splitlines():
        if len(line) > MAX_LINE_LENGTH:
            yield (
                f"a line has {len(line)} characters ({MAX_LINE_LENGTH} at most): "
                f"break {line[:40]!r}…"
            )
    count = sum(1 for line in cell.text.splitlines() if line.strip(" #"))
    if source.form == Form.LESSON and count > MAX_LESSON_CODE_LINES:
        yield f"{count} lines of code ({MAX_LESSON_CODE_LINES} at most in a lesson): split the cell"
    if cell.role == Role.ANSWER:
        try:
            solution, starter = region.solved(cell.text), region.unsolved(cell.text)
        except region.RegionError as error:
            yield str(error)
            return
        if solution == starter:
            yield "the starter is the solution: give the learner something to do"
        yield from _syntax("the solution", solution)
        yield from _syntax(f"the starter (see '{region.STARTER}')", starter)
        return
    if region.has_marker(cell.text):
        yield 'only an answer has a solution region: add role="answer" task="…" or take it out'
    # A wrong answer may be wrong Python as well.
    if cell.role != Role.WRONG:
        yield from _syntax("the code", cell.text)


def _syntax(what: str, text: str) -> Iterator[str]:
    try:
        plain = TransformerManager().transform_cell(text)  # type: ignore[no-untyped-call]
        compile(plain, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        yield f"{what} is not valid Python: {error.msg} (its line {error.lineno})"


def _about_tasks(source: Source) -> Iterator[str]:
    names = list(dict.fromkeys(cell.task for cell in source.cells if cell.role and cell.task))
    if not names and source.form == Form.LAB:
        yield f"{source.path}: a lab needs a task: add an answer, hints, wrong answers and a check"
    for name in names:
        cells = [cell for cell in source.cells if cell.task == name]
        for text in _about_task(source, cells):
            yield f"{source.path}: task '{name}': {text}"


def _about_task(source: Source, cells: list[Cell]) -> Iterator[str]:
    def of(role: Role) -> list[Cell]:
        return [cell for cell in cells if cell.role == role]

    answers, hints, wrong, checks = (of(role) for role in Role)
    if len(answers) != 1:
        yield f'{len(answers)} answer cells (exactly one): see role="answer"'
    if len(hints) < MIN_HINTS:
        yield f'{len(hints)} hints ({MIN_HINTS} at least): add markdown cells with role="hint"'
    if len(wrong) < MIN_WRONG:
        yield f'{len(wrong)} wrong answers ({MIN_WRONG} at least): add cells with role="wrong"'
    if not checks:
        yield 'no check: add a cell with role="check" below the answer'
    for label, count in Counter(cell.name for cell in wrong if cell.name).items():
        if count > 1:
            yield f"{count} wrong answers have the name '{label}': give each its own"
    if not answers:
        return
    order = list(source.cells)
    if any(order.index(check) < order.index(answers[0]) for check in checks):
        yield "a check stands above the answer: move it below"
    elif checks:
        between = order[order.index(answers[0]) + 1 : order.index(checks[-1])]
        if any(cell.role == Role.ANSWER for cell in between):
            yield "another answer stands above its last check: finish one task, then begin the next"
    if not title_above(source, answers[0]):
        yield "no heading above its answer: begin a markdown cell with '## …' (it is the title)"
