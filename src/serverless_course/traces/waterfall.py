"""The rows of a waterfall: where each part of a trace begins, how long it is, what holds it."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.traces.critical_path import critical_path
from serverless_course.traces.node import Node
from serverless_course.traces.tree import Tree


@dataclass(frozen=True)
class Row:
    """One bar of a waterfall.

    Attributes:
        node: what it stands for.
        depth: 0 for a root.
        offset_s: seconds from the trace's start.
        seconds: its length.
        self_s: its own time, without its children's.
        critical_s: how much of it the trace's end waited for.
    """

    node: Node
    depth: int
    offset_s: float
    seconds: float
    self_s: float
    critical_s: float


@dataclass(frozen=True)
class Waterfall:
    """The rows in order of time, parents first.

    Attributes:
        rows: what is to be drawn.
        left_out: how many rows there was no room for.
        inferred: how many segments are not rows because X-Ray inferred them from a row.
    """

    rows: tuple[Row, ...]
    left_out: int
    inferred: int


def waterfall(tree: Tree, most: int | None = None) -> Waterfall:
    """The rows of a trace.

    A segment that X-Ray inferred (the far side of a call, as nobody there reports to X-Ray) shows
    the time of the call's subsegment once more; only what hangs from it becomes rows.

    Args:
        tree: the trace.
        most: how many rows to give at most. Failed ones come first, then the longest, each with
            its ancestors; None for all.

    Raises:
        ValueError: ``most`` is below 1.
    """
    if most is not None and most < 1:
        raise ValueError(f"most={most}: a waterfall has at least one row.")
    critical: dict[str, float] = {}
    for root in tree.roots:
        for step in critical_path(root):
            critical[step.node.id] = critical.get(step.node.id, 0.0) + step.seconds
    start = tree.start_s
    rows: list[Row] = []
    parents: dict[str, str] = {}
    inferred = 0
    for root in tree.roots:
        shift: dict[str, int] = {}
        for depth, node in root.walk():
            above = shift.get(node.parent_id or "", 0) if node is not root else 0
            hidden = node.inferred and node is not root
            shift[node.id] = above + hidden
            if node is not root and node.parent_id:
                parents[node.id] = node.parent_id
            if hidden:
                inferred += 1
                continue
            rows.append(
                Row(
                    node,
                    depth - above,
                    max(0.0, node.start_s - start),
                    node.seconds,
                    node.self_s,
                    critical.get(node.id, 0.0),
                )
            )
    kept = rows if most is None or len(rows) <= most else _grave_and_long(rows, parents, most)
    return Waterfall(tuple(kept), len(rows) - len(kept), inferred)


def _grave_and_long(rows: list[Row], parents: dict[str, str], most: int) -> list[Row]:
    shown = {row.node.id for row in rows}
    kept: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.node.state == "ok", -row.seconds, row.node.id)):
        line: list[str] = []
        own: str | None = row.node.id
        while own is not None and own not in kept:
            if own in shown:
                line.append(own)
            own = parents.get(own)
        if len(kept) + len(line) <= most:
            kept.update(line)
    return [row for row in rows if row.node.id in kept]
