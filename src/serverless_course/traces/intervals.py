"""Stretches of time: how much of one is covered by others."""

from collections.abc import Iterable


def covered_s(parts: Iterable[tuple[float, float]], start: float, end: float) -> float:
    """How much of ``start`` to ``end`` the parts cover; where they overlap it counts once.

    Args:
        parts: pairs of start and end, in any order; what lies outside does not count.
        start: begin of the whole, in the unit of the parts.
        end: its end.
    """
    covered, reached = 0.0, start
    for begin, finish in sorted(parts):
        low, high = max(begin, reached), min(finish, end)
        if high > low:
            covered += high - low
            reached = high
    return covered
