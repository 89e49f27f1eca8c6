"""The critical path: what the end of a request really waited for."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.traces.node import Node


@dataclass(frozen=True)
class Step:
    """A stretch of the path: this node's own work, from start to end in epoch seconds."""

    node: Node
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end_s - self.start_s


def critical_path(root: Node) -> tuple[Step, ...]:
    """The steps from a root's start to its end, without gaps: their lengths sum to its length.

    It is read from the end: a node waited for the child that ended last, then for the one that had
    ended when that began, and so on; the time between is its own. A child that ran beside those
    is not on the path, and what a child does after its parent's end is not waited for.
    """
    steps: list[Step] = []
    # A node with the stretch of it that is on the path, or a step that is ready.
    waiting: list[tuple[Node, float, float] | Step] = [(root, root.begins_s, root.end_s)]
    while waiting:
        task = waiting.pop()
        if isinstance(task, Step):
            steps.append(task)
            continue
        waiting.extend(_parts(*task))
    return tuple(steps)


def _parts(node: Node, low: float, high: float) -> list[tuple[Node, float, float] | Step]:
    """The stretch from its end to its start: own steps, and children to be looked into."""
    parts: list[tuple[Node, float, float] | Step] = []
    reached = high
    children = [child for child in node.children if not child.inferred]
    for child in sorted(
        children, key=lambda each: (-min(each.end_s, high), each.begins_s, each.id)
    ):
        begin, end = max(child.begins_s, low), min(child.end_s, high)
        if end > reached or begin >= end:
            continue
        if end < reached:
            parts.append(Step(node, end, reached))
        parts.append((child, begin, end))
        reached = begin
    if reached > low or not parts:
        parts.append(Step(node, low, reached))
    return parts
