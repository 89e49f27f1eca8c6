"""The nearest-rank percentile: what CloudWatch's ``p95`` and Logs Insights' ``pct`` are here.

How AWS chooses between two neighbouring values is not documented. The nearest rank is always a
value that was measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def nearest_rank(ordered: Sequence[tuple[float, float]], fraction: float) -> float:
    """The smallest value that at least a fraction of all values do not exceed.

    ``ordered``: one or more values in ascending order, each with how often it came. ``fraction``:
    0 to 1. Raises IndexError when there are no values.
    """
    wanted = math.ceil(steady(fraction * sum(count for _, count in ordered)))
    before = 0.0
    for value, count in ordered:
        before += count
        if before >= wanted:
            return value
    return ordered[-1][0]


def steady(rank: float) -> float:
    """A rank without its rounding error: 0.07 times 100 is a little more than 7 in binary, and is
    not to be rounded up for that."""
    return round(rank, 6)
