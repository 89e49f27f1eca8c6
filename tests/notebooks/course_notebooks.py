"""The built notebooks, and how nbval runs one of them."""

import ast
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serverless_course.authoring.execute import build_environment

CHECKOUT = Path(__file__).parents[2]
SAMPLES = CHECKOUT / "tests/authoring/samples"
SANITIZE = Path(__file__).parent / "sanitize.cfg"
NOTEBOOK_TIMEOUT_S = 600
# Authoring first: it spares nbval's own imports more than a second.
QUICK_PYTEST = "import serverless_course.authoring, pytest; raise SystemExit(pytest.main())"


def built_notebooks() -> list[Path]:
    """Every built notebook of the course, and those of the authoring samples."""
    patterns = ("notebooks/*.ipynb", "labs/*/lab.ipynb", "solutions/*/lab.ipynb")
    return [p for root in (CHECKOUT, SAMPLES) for glob in patterns for p in sorted(root.glob(glob))]


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        cell | {"source": "".join(cell["source"])} for cell in cells if cell["cell_type"] == "code"
    ]


def tags(cell: dict[str, Any]) -> list[str]:
    return cell["metadata"].get("tags", [])


def compared(path: Path) -> list[str]:
    """Ids of the cells whose output nbval compares."""
    return [
        cell["id"]
        for cell in code_cells(path)
        if "nbval-ignore-output" not in tags(cell) and cell["execution_count"] is not None
    ]


def never_compared(path: Path) -> list[str]:
    """Ids of the cells that nbval would run and, without a word, not compare."""
    return [cell["id"] for cell in code_cells(path) if cell["execution_count"] is None]


def unproven(path: Path) -> list[str]:
    """Ids of the measured cells with no assertion or check in them or below them."""
    waiting: list[str] = []
    for cell in code_cells(path):
        if "measured" in tags(cell):
            waiting.append(cell["id"])
        if checks_something(cell["source"]):
            waiting = []
    return waiting


def checks_something(source: str) -> bool:
    """Tell whether code asserts, or asks the lab to check or to prove that nothing is left."""
    lines = (line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("lab.check", "lab.finish"):
            return True
    return False


@dataclass(frozen=True)
class NbvalRun:
    """What nbval told of one notebook: cells run, cells failed, and its words."""

    status: int
    cells: int
    failed: int
    output: str


def run_nbval(path: Path, scratch: Path) -> NbvalRun:
    """Run one notebook through nbval in strict mode, in a process of its own."""
    report = scratch / "nbval.xml"
    command = [
        *(sys.executable, "-c", QUICK_PYTEST, "--nbval", "--nbval-current-env"),
        *("--nbval-cell-timeout=60", f"--nbval-sanitize-with={SANITIZE}"),
        # No settings of the course's own tests, and no cache left beside the notebook.
        *("-c", os.devnull, f"--rootdir={path.parent}", "-p", "no:cacheprovider"),
        *("-q", f"--junitxml={report}", str(path)),
    ]
    done = subprocess.run(
        command,
        cwd=path.parent,
        env=build_environment(scratch / "state"),
        capture_output=True,
        text=True,
        timeout=NOTEBOOK_TIMEOUT_S,
        check=False,
    )
    assert report.is_file(), done.stdout + done.stderr
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None, done.stdout + done.stderr
    count = {key: int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"] + count["skipped"]
    return NbvalRun(done.returncode, count["tests"], failed, done.stdout + done.stderr)


def states_told(scratch: Path, path: Path) -> dict[str, str]:
    """What the checks of the notebook that `run_nbval` ran in `scratch` said, by task."""
    kept = scratch / "state" / "progress.json"
    labs = json.loads(kept.read_text(encoding="utf-8"))["labs"] if kept.is_file() else {}
    slug = path.parent.name if path.name == "lab.ipynb" else path.stem
    return {task: entry["state"] for task, entry in labs.get(slug, {}).items()}
