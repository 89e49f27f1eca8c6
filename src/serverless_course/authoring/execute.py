"""Run a notebook from top to bottom and take its outputs."""

from __future__ import annotations

import copy
import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from serverless_course.authoring.notebook import Notebook, code_cells
from serverless_course.authoring.outputs import Outputs

CELL_TIMEOUT_S = 120
# A learner's settings that must not pass: their account, and the cloud of their open JupyterLab.
LEARNERS_OWN = ("COURSE_TARGET", "COURSE_ACCOUNT_ID", "COURSE_CLOUD", "COURSE_JUPYTERLAB")


class ExecutionError(RuntimeError):
    """A notebook did not run to its end; the message names the file, the cell and the error."""


def execute(notebook: Notebook, path: Path, *, hash_seed: int = 0) -> dict[str, Outputs]:
    """Run ``notebook`` in the folder of ``path`` and return the outputs by cell id.

    Args:
        notebook: the notebook; it is not changed.
        path: where it will stand; a kernel starts in that folder.
        hash_seed: the kernel's PYTHONHASHSEED; two runs with two seeds show an output that
            hangs on the order of a set.

    Raises:
        ExecutionError: a cell raised, took more than 120 s, or the kernel died.
    """
    node = nbformat.from_dict(copy.deepcopy(notebook))  # type: ignore[no-untyped-call]
    for cell in code_cells(node):
        cell["execution_count"] = None
    with tempfile.TemporaryDirectory(prefix="course-build-") as state:
        client = NotebookClient(
            node,
            timeout=CELL_TIMEOUT_S,
            kernel_name=notebook["metadata"]["kernelspec"]["name"],
            resources={"metadata": {"path": str(path.parent)}},
            store_widget_state=False,
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute(env=build_environment(Path(state), hash_seed))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise ExecutionError(_failure(path, node, error)) from error
    return {cell["id"]: [dict(out) for out in cell["outputs"]] for cell in code_cells(node)}


def build_environment(state: Path, hash_seed: int = 0) -> dict[str, str]:
    """Return an environment in which notebooks use the default cloud and leave nothing behind.

    No setting of AWS passes: a build may never reach a real account.
    """
    passed = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("AWS_") and key not in LEARNERS_OWN
    }
    return passed | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "COURSE_STATE_DIR": str(state),
        "PYTHONHASHSEED": str(hash_seed),
    }


def _failure(path: Path, node: Notebook, error: Exception) -> str:
    cells = [cell for cell in code_cells(node) if cell["execution_count"] is not None]
    cell = cells[-1]["id"] if cells else "(none)"
    if isinstance(error, CellExecutionError):
        what = f"{error.ename}: {error.evalue}"
    else:
        what = " ".join(str(error).split())
    return f"{path}: stopped at cell '{cell}': {what}"
