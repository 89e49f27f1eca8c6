"""AWS_LAMBDA_EXEC_WRAPPER: a script of the function's that starts the runtime.

It gets the interpreter and its arguments. OS-only runtimes have none: Lambda Developer Guide,
"Modifying the runtime environment" (read 2026-11). A wrapper that is not there ends with exit
status 127 (recorded on AWS, 24 Nov 2025).
"""

from __future__ import annotations

from collections.abc import Mapping

from .runtime import Place

VARIABLE = "AWS_LAMBDA_EXEC_WRAPPER"
SHELL = "/bin/sh"
SCRIPT = """\
if [ ! -f "$1" ]; then echo "$1: does not exist"; exit 127; fi
if [ ! -x "$1" ]; then echo "$1: is not an executable"; exit 126; fi
exec "$@"
"""


def wrapped(
    command: list[str], runtime: str, place: Place, environ: Mapping[str, str]
) -> list[str]:
    """The command line of a runtime, run by the function's wrapper if it has one."""
    wrapper = environ.get(VARIABLE, "")
    if not wrapper or runtime.startswith("provided"):
        return command
    for folder, shown in ((place.task_root, "/var/task/"), (place.opt, "/opt/")):
        if folder is not None and wrapper.startswith(shown):
            wrapper = str(folder / wrapper.removeprefix(shown))
    return [SHELL, "-c", SCRIPT, "/var/runtime/bootstrap", wrapper, *command]
