"""A program's blocks, by lines: those that a platform takes over, and those that stay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture

MARK = "# --- "
STAYS = "stays yours"
# What does the work of each block of the order service on Lambda.
ON_LAMBDA = {
    "imports": "fewer are left",
    "business": STAYS,
    "settings": "the function's configuration",
    "log and its rotation": "CloudWatch Logs; for how long is your setting",
    "worker pool": "one environment for each request under way",
    "retries and errors": "Lambda for asynchronous events; else your caller",
    "metrics": "CloudWatch: Invocations, Errors, Duration",
    "HTTP server": "Lambda's API, or a function URL",
    "health check": "an environment that fails is replaced",
    "overload and time-out": "throttling, and the time-out setting",
    "scheduled work": "EventBridge, with a rule of yours",
    "start and graceful stop": "the life cycle of an environment",
}


@dataclass(frozen=True)
class Block:
    """Some lines of a program under one heading.

    Attributes:
        name: the heading.
        lines: lines that are not blank.
    """

    name: str
    lines: int


def blocks_of(source: str) -> list[Block]:
    """The blocks of a program whose headings are comments of the form ``# --- NAME``.

    What stands before the first heading is not counted, and neither are blank lines.

    Raises:
        ValueError: there is no heading.
    """
    found: list[Block] = []
    for line in source.splitlines():
        if line.strip().startswith(MARK):
            found.append(Block(line.strip().removeprefix(MARK), 0))
        elif line.strip() and found:
            found[-1] = Block(found[-1].name, found[-1].lines + 1)
    if not found:
        raise ValueError(f"No line begins with {MARK!r}: is this the right file?")
    return found


def code_lines(source: str) -> int:
    """Lines of a program that are not blank, its opening text left out."""
    kept, quoted = 0, False
    for line in source.splitlines():
        marks = line.count('"""')
        if not quoted and not marks and line.strip():
            kept += 1
        quoted ^= marks % 2 == 1
    return kept


def code_blocks(before: Path, after: Path) -> Picture:
    """Draw the blocks of ``before``, and how many lines are left in ``after``."""
    blocks = blocks_of(before.read_text(encoding="utf-8"))
    left = code_lines(after.read_text(encoding="utf-8"))
    whole = sum(block.lines for block in blocks)
    table = pd.DataFrame(
        [(block.name, block.lines, ON_LAMBDA.get(block.name, "")) for block in blocks],
        columns=["block", "lines", "on Lambda"],
    ).set_index("block")
    figure = style.new_figure(6.5, 1.2 + 0.3 * len(blocks))
    axes = figure.add_subplot()
    for place, block in enumerate(blocks):
        stays = ON_LAMBDA.get(block.name) == STAYS
        series = style.MEASURED if stays else style.OTHER
        axes.barh(place, block.lines, color=series.colour, hatch="" if stays else "//", height=0.65)
        axes.annotate(
            f"{block.lines}{' stays' if stays else ''}",
            (block.lines, place),
            (4, 0),
            textcoords="offset points",
            va="center",
        )
    style.dress(axes, x="lines", y="")
    axes.set_yticks(range(len(blocks)), labels=[block.name for block in blocks])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    style.title(figure, f"{whole} lines around the same business; {left} lines on Lambda")
    listed = ", ".join(f"{block.name} {block.lines}" for block in blocks)
    return Picture(
        figure,
        f"Bars: lines of each block of {before.name}. {listed}. Together {whole} lines; "
        f"{after.name} has {left}. The order logic, in a file of its own, is the same for both.",
        table,
        table_below=True,
    )
