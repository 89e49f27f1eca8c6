"""Where the time of many traces went: one line for each service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serverless_course.traces.tree import Tree


@dataclass(frozen=True)
class ServiceLine:
    """What many traces say of one service.

    Attributes:
        name: as the segments name it.
        type: origin of a segment; ``aws``, ``remote`` or ``local`` for subsegments.
        calls: how many.
        total_s: their lengths, summed, in seconds.
        self_s: their own times, without what they waited for, summed.
        errors: how many were marked as an error and not as a throttle.
        throttles: how many were throttled.
        faults: how many had a fault.
    """

    name: str
    type: str
    calls: int
    total_s: float
    self_s: float
    errors: int
    throttles: int
    faults: int


def service_summary(trees: Iterable[Tree]) -> list[ServiceLine]:
    """A line for each name and type, the greatest own time first.

    Inferred segments are left out: the subsegment of the call stands for the same call.
    """
    sums: dict[tuple[str, str], list[float]] = {}
    for tree in trees:
        for _, node in tree.walk():
            if node.inferred:
                continue
            line = sums.setdefault((node.name, node.type), [0, 0.0, 0.0, 0, 0, 0])
            line[0] += 1
            line[1] += node.seconds
            line[2] += node.self_s
            line[3] += node.state == "error"
            line[4] += node.state == "throttle"
            line[5] += node.state == "fault"
    lines = [
        ServiceLine(name, kind, int(calls), total, own, int(errors), int(throttles), int(faults))
        for (name, kind), (calls, total, own, errors, throttles, faults) in sums.items()
    ]
    return sorted(lines, key=lambda line: (-line.self_s, line.name, line.type))
