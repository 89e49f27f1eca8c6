"""Start AWS's Python runtime interface client in an execution environment.

This is what ``/var/runtime/bootstrap`` is on AWS. It runs before any of the function's code,
without site-packages: a function sees the standard library, boto3 and its own package.
"""

import os
import sys
from importlib.machinery import PathFinder


def search_path() -> list[str]:
    """The search path in AWS's order: the package, layers, the runtime, the standard library."""
    runtime = os.path.dirname(os.path.abspath(__file__))
    standard = [entry for entry in sys.path if entry not in ("", runtime)]
    task = os.environ["LAMBDA_TASK_ROOT"]
    chosen = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    layered = [entry for entry in chosen if entry and entry != runtime]
    rest = [entry for entry in standard if entry not in layered]
    return [task, *layered, runtime, *rest]


def customize() -> None:
    """Run a ``sitecustomize`` that PYTHONPATH leads to, as Python does where it has site-packages.

    A wrapper may have put one there: so OpenTelemetry instruments a function.
    """
    chosen = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    if PathFinder.find_spec("sitecustomize", chosen) is not None:
        import site  # noqa: PLC0415 - most functions have none

        site.execsitecustomize()


customize()
sys.path[:] = search_path()

from awslambdaric.__main__ import main  # noqa: E402 - the path had to be set first

main(["bootstrap", os.environ["_HANDLER"]])
