"""Build every file that ``content/`` gives, or find where the committed ones differ."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from serverless_course.authoring.execute import execute
from serverless_course.authoring.exercise_data import exercise_data
from serverless_course.authoring.lab import (
    File,
    function_files,
    lab_notebook,
    read_files,
    solution_notebook,
)
from serverless_course.authoring.lesson import lesson_notebook
from serverless_course.authoring.notebook import Notebook, read_text, write_text
from serverless_course.authoring.outputs import (
    OutputError,
    Outputs,
    carried_over,
    compare_runs,
    missing_outputs,
    put_outputs,
)
from serverless_course.authoring.rules import read_source
from serverless_course.authoring.source import Form, Source, SourceError, find_sources
from serverless_course.authoring.task import tasks_of

DATA = Path("src/serverless_course/exercises/data")
MAX_DIFF_LINES = 40


class Execution(StrEnum):
    """When a build runs a notebook."""

    WHEN_NEEDED = "when needed"
    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True)
class Drift:
    """A built file that differs from its source; ``why`` holds a reason or a unified diff."""

    path: Path
    why: str


def sources_below(root: Path, slugs: list[str] | None = None) -> list[Source]:
    """Read the sources below ``root/content``; ``slugs`` keeps those of these names only.

    Raises:
        SourceError: a source breaks a rule, or a slug has no source.
    """
    paths = find_sources(root)
    named = {path: path.parent.name if path.name == "lab.py" else path.stem for path in paths}
    for slug in slugs or []:
        if slug not in named.values():
            raise SourceError(f"there is no source for '{slug}' below {root / 'content'}")
    found, failures = [], []
    for path in paths:
        if slugs and named[path] not in slugs:
            continue
        try:
            found.append(read_source(path))
        except SourceError as error:
            failures.append(str(error))
    if failures:
        raise SourceError("\n".join(failures))
    return found


def notebooks_of(source: Source) -> dict[Path, Notebook]:
    """Return the source's notebooks without outputs, by path below the checkout."""
    if source.form == Form.LESSON:
        return {Path("notebooks", f"{source.slug}.ipynb"): lesson_notebook(source)}
    return {
        Path("labs", source.slug, "lab.ipynb"): lab_notebook(source),
        Path("solutions", source.slug, "lab.ipynb"): solution_notebook(source),
    }


def files_of(source: Source) -> dict[Path, File]:
    """Return the source's other files (functions, exercise data), by path below the checkout."""
    if source.form == Form.LESSON and not tasks_of(source):
        return {}
    files = {DATA / f"{source.slug}.json": File(exercise_data(source).encode())}
    if source.form == Form.LESSON:
        return files
    for room, solved in (("labs", False), ("solutions", True)):
        for path, file in function_files(source, solved=solved).items():
            files[Path(room, source.slug) / path] = file
    return files


def build(
    root: Path,
    slugs: list[str] | None = None,
    *,
    execution: Execution = Execution.WHEN_NEEDED,
    verify: bool = False,
) -> list[Path]:
    """Write what differs from its source and return the paths written or removed.

    Args:
        root: the checkout.
        slugs: build these only.
        execution: when to run a notebook; its outputs are kept where nothing changed.
        verify: run every notebook twice and compare.

    Raises:
        SourceError: a source breaks a rule.
        OutputError: an output cannot be kept, is not stable, or is missing and may not be made.
        ExecutionError: a notebook did not run to its end.
    """
    changed = []
    sources = sources_below(root, slugs)
    # Every function first: a notebook that runs deploys them, a lesson those of its lab.
    for source in sources:
        files = files_of(source)
        for stale in _stale_files(root, source, files):
            (root / stale).unlink()
            changed.append(stale)
        for path, file in files.items():
            changed += _write(root, path, file)
    for source in sources:
        for path, notebook in notebooks_of(source).items():
            _fill(root / path, notebook, execution, verify)
            changed += _write(root, path, File(write_text(notebook).encode()))
    return changed


def find_drift(root: Path, slugs: list[str] | None = None) -> list[Drift]:
    """Compare every built file with its source; write nothing and run nothing.

    Raises:
        SourceError: a source breaks a rule.
    """
    drift = []
    sources = sources_below(root, slugs)
    for source in sources:
        files = files_of(source)
        drift += [Drift(p, "no source gives it") for p in _stale_files(root, source, files)]
        for path, notebook in notebooks_of(source).items():
            try:
                _fill(root / path, notebook, Execution.NEVER, verify=False)
            except OutputError as error:
                drift.append(Drift(path, str(error)))
            else:
                files[path] = File(write_text(notebook).encode())
        drift += [found for path, file in files.items() if (found := _compare(root, path, file))]
    if not slugs:
        drift += [Drift(p, "no source gives it: delete it") for p in _orphans(root, sources)]
    return drift


def _fill(path: Path, notebook: Notebook, execution: Execution, verify: bool) -> None:
    """Put kept outputs, or those of a run, into ``notebook``, which will stand at ``path``."""
    outputs: dict[str, Outputs] = {}
    if execution != Execution.ALWAYS and not verify:
        outputs = carried_over(notebook, _committed(path))
        missing = missing_outputs(notebook, outputs)
        if not missing:
            put_outputs(notebook, outputs)
            return
        if execution == Execution.NEVER:
            raise OutputError(
                f"{path}: no kept output holds for cell '{missing[0]}', because it or code above "
                "it changed: run 'python -m serverless_course.authoring build'"
            )
    path.parent.mkdir(parents=True, exist_ok=True)  # the kernel starts there
    try:
        outputs = execute(notebook, path)
        if verify:
            compare_runs(notebook, outputs, execute(notebook, path, hash_seed=1))
        put_outputs(notebook, outputs)
    except OutputError as error:
        raise OutputError(f"{path}: {error}") from error


def _committed(path: Path) -> Notebook:
    try:
        return read_text(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"cells": []}


def _write(root: Path, path: Path, file: File) -> list[Path]:
    if _compare(root, path, file) is None:
        return []
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(file.data)
        Path(name).chmod(0o755 if file.executable else 0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return [path]


def _compare(root: Path, path: Path, file: File) -> Drift | None:
    target = root / path
    if not target.is_file():
        return Drift(path, "it is missing")
    data = target.read_bytes()
    if data == file.data:
        if os.access(target, os.X_OK) != file.executable:
            return Drift(path, "its executable bit differs from the source's")
        return None
    old, new = (text.decode(errors="replace").splitlines() for text in (data, file.data))
    lines = list(difflib.unified_diff(old, new, "committed", "built from content", lineterm=""))
    if len(lines) > MAX_DIFF_LINES:
        lines = [*lines[:MAX_DIFF_LINES], f"… {len(lines) - MAX_DIFF_LINES} lines more"]
    return Drift(path, "\n".join(lines) or "its line ends or encoding differ")


def _stale_files(root: Path, source: Source, files: dict[Path, File]) -> list[Path]:
    """Return what stands in the lab's function folders without a source."""
    if source.form == Form.LESSON:
        return []
    found = []
    for room in ("labs", "solutions"):
        folder = root / room / source.slug / "functions"
        below = [folder.relative_to(root) / path for path in read_files(folder)]
        found += [path for path in below if path not in files]
    return found


def _orphans(root: Path, sources: list[Source]) -> list[Path]:
    """Return notebooks and exercise data that have no source at all."""
    made = {path for source in sources for path in (*notebooks_of(source), *files_of(source))}
    patterns = ("notebooks/*.ipynb", "labs/*/*.ipynb", "solutions/*/*.ipynb", f"{DATA}/*.json")
    found = [path.relative_to(root) for glob in patterns for path in sorted(root.glob(glob))]
    return [path for path in found if path not in made]
