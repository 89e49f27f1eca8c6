"""Solution regions: the part of an answer cell that a lab hides and a solution shows.

.. code-block:: python

    ### BEGIN SOLUTION
    cheapest = 128
    ### STARTER
    # cheapest = ...
    ### END SOLUTION

The lab shows the starter with one ``# `` taken off each line; without a starter it shows
``DEFAULT_STARTER``. The solution shows what stands above ``### STARTER``.
"""

from __future__ import annotations

from collections.abc import Callable

BEGIN = "### BEGIN SOLUTION"
STARTER = "### STARTER"
END = "### END SOLUTION"
DEFAULT_STARTER = "# Your code here."


class RegionError(ValueError):
    """A region's marker lines are missing, doubled or out of order."""


def has_marker(text: str) -> bool:
    """Tell whether any marker line of a region stands in ``text``."""
    return any(line.strip() in (BEGIN, STARTER, END) for line in text.splitlines())


def solved(text: str) -> str:
    """Return the answer as the solution shows and runs it: no marker lines, no starter.

    Raises:
        RegionError: there is no region, or its markers are out of order.
    """
    return _replace(text, lambda indent, solution, starter: solution)


def unsolved(text: str) -> str:
    """Return the answer as the lab shows it: each solution region replaced by its starter.

    Raises:
        RegionError: there is no region, its markers are out of order, or a line of a starter
            is no comment.
    """
    return _replace(text, _starter_lines)


def _starter_lines(indent: str, solution: list[str], starter: list[str] | None) -> list[str]:
    if starter is None:
        return [indent + DEFAULT_STARTER]
    lines = []
    for line in starter:
        bare = line.strip()
        if bare and not bare.startswith("#"):
            raise RegionError(
                f"the line {bare!r} below '{STARTER}' is no comment: begin it with '# '"
            )
        lines.append((indent + bare.removeprefix("#").removeprefix(" ")).rstrip())
    return lines


def _replace(text: str, choose: Callable[[str, list[str], list[str] | None], list[str]]) -> str:
    out: list[str] = []
    indent = ""
    solution: list[str] | None = None
    starter: list[str] | None = None
    found = False
    for line in text.splitlines():
        marker = line.strip()
        if marker == BEGIN:
            if solution is not None:
                raise RegionError(f"a second '{BEGIN}' stands before '{END}'")
            indent = line[: len(line) - len(line.lstrip())]
            solution, starter, found = [], None, True
        elif marker == STARTER:
            if solution is None or starter is not None:
                raise RegionError(f"'{STARTER}' must stand once, between '{BEGIN}' and '{END}'")
            starter = []
        elif marker == END:
            if solution is None:
                raise RegionError(f"'{END}' stands without '{BEGIN}' above it")
            out += choose(indent, solution, starter)
            solution = starter = None
        elif starter is not None:
            starter.append(line)
        elif solution is not None:
            solution.append(line)
        else:
            out.append(line)
    if solution is not None:
        raise RegionError(f"'{BEGIN}' has no '{END}' below it")
    if not found:
        raise RegionError(
            f"an answer needs its solution between '{BEGIN}' and '{END}' lines; add them"
        )
    return "\n".join(out).strip("\n")
