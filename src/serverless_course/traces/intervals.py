"""Stretches of time: what of one is left when others are taken off."""

from collections.abc import Iterable


def gaps(
    parts: Iterable[tuple[float, float]], start: float, end: float
) -> list[tuple[float, float]]:
    """What of ``start`` to ``end`` no part covers, in order.

    Args:
        parts: pairs of start and end, in any order; they may overlap and reach beyond the whole.
        start: begin of the whole, in the unit of the parts.
        end: its end.
    """
    left: list[tuple[float, float]] = []
    reached = start
    for begin, finish in sorted(parts):
        if begin >= end:
            break
        if begin > reached:
            left.append((reached, begin))
        reached = max(reached, finish)
    if reached < end:
        left.append((reached, end))
    return left
