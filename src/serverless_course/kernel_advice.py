"""An IPython extension of the course's JupyterLab: what an error after a restart means.

It changes no error: what it says comes below. It imports nothing that a kernel has to wait for.
"""

from __future__ import annotations

import sys
from typing import Any

# As AWS's services call what is not there; many more end in NotFound.
NOT_THERE = ("NotFound", "NotFoundException", "DoesNotExist", "NonExistentQueue", "NoSuchEntity")


def advice(error: BaseException | None) -> str:
    """What to do about a name or a resource that is not there; "" when that is no answer."""
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return (
            f"{error.name or 'This name'} is not known to this kernel. If a cell above sets it, "
            "run that cell: a kernel that was started again knows nothing of before. "
            "The menu has Run, Run All Above Selected Cell."
        )
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    if isinstance(code, str) and code.endswith(NOT_THERE) and in_new_cloud():
        return (
            "This kernel has started a new cloud, in which nothing of an earlier one is there: "
            "run the page from the top. The menu has Run, Run All Above Selected Cell."
        )
    return ""


def in_new_cloud() -> bool:
    """Whether this kernel has started the cloud that it is in."""
    module: Any = sys.modules.get("serverless_course.aws.shared_cloud")
    return module is not None and module.has_started_one()


def after_cell(result: Any) -> None:
    """Say it below the error of a cell."""
    if said := advice(result.error_in_exec):
        print(said, file=sys.stderr)


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython, as its configuration names this module."""
    shell.events.register("post_run_cell", after_cell)
