"""Make the course's virtual environment: ``python tools/setup_venv.py [--extra dev] [--chosen]``.

Any Python since 2.7 must be able to read this file, so that one that is too old says so in one
plain line instead of a syntax error. The work is done in ``virtual_environment.py``.
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def problem_with(version, platform):
    """Say in one line why the course cannot run here, or return None.

    ``version`` is (major, minor), ``platform`` is what ``sys.platform`` holds.
    """
    if platform == "win32":
        return "On Windows the course runs inside WSL 2: open a WSL terminal and try again there."
    if OLDEST <= tuple(version) <= NEWEST:
        return None
    return (
        "This course needs Python %d.%d to %d.%d, and this is Python %d.%d (%s). "
        "Install one of those, then name it: PYTHON=python3.12 make lab"
    ) % (OLDEST + NEWEST + tuple(version) + (sys.executable,))


def main(arguments):
    """Set the environment up and return the exit status."""
    problem = problem_with(sys.version_info[:2], sys.platform)
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from virtual_environment import run  # noqa: PLC0415 - an old Python cannot even read it

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
