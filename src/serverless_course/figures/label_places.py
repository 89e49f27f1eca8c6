"""Where labels of lines stand, so that no two lie over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.path import Path

STEPS = 24


@dataclass
class Taken:
    """Rectangles that are taken, as (left, right, low, high) in one unit of length."""

    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, x: float, y: float, width: float, height: float) -> None:
        """Take the rectangle around a middle."""
        self.boxes.append((x - width / 2, x + width / 2, y - height / 2, y + height / 2))

    def is_free(self, x: float, y: float, width: float, height: float) -> bool:
        """Whether the rectangle around a middle touches nothing that is taken."""
        left, right, low, high = x - width / 2, x + width / 2, y - height / 2, y + height / 2
        return all(right < a or left > b or high < c or low > d for a, b, c, d in self.boxes)

    def place_on(self, path: Path, width: float, height: float) -> tuple[float, float] | None:
        """Take the free place on a curve that is nearest to its middle; None when there is none."""
        points = _along(path)
        middle = (len(points) - 1) / 2
        nearest = sorted(range(len(points)), key=lambda number: (abs(number - middle), number))
        for x, y in (points[number] for number in nearest):
            if self.is_free(x, y, width, height):
                self.take(x, y, width, height)
                return x, y
        return None


def middle(path: Path) -> tuple[float, float]:
    """The place in the middle of a curve, taken or not."""
    points = _along(path)
    return points[len(points) // 2]


def _along(path: Path) -> Sequence[tuple[float, float]]:
    """Points along a curve, as many on each of its cubic pieces."""
    corners = [(float(x), float(y)) for x, y in np.asarray(path.vertices, dtype=float)]
    found = []
    for first in range(0, len(corners) - 1, 3):
        a, b, c, d = corners[first : first + 4]
        for step in range(STEPS + 1):
            t = step / STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            pairs = list(zip(weights, (a, b, c, d), strict=True))
            found.append((sum(w * x for w, (x, _) in pairs), sum(w * y for w, (_, y) in pairs)))
    return found
