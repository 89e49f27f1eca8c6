"""A sweep with its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from serverless_course.figures.alt import Picture
from serverless_course.figures.sweep_plot import sweep_plot
from serverless_course.functions.sweep_result import Sweep


class DrawnSweep(Sweep):
    """What ``lab.sweep`` gives: the room `functions` measures and may not draw."""

    @classmethod
    def of(cls, sweep: Sweep) -> DrawnSweep:
        """The same sweep, which can be drawn."""
        return cls(**{field.name: getattr(sweep, field.name) for field in fields(sweep)})

    def plot(self, published: Mapping[int, float] | None = None, source: str = "") -> Picture:
        """Time and cost over memory.

        Args:
            published: seconds that others measured, by memory size in MB.
            source: who did, and when.

        Raises:
            NothingMeasured: no size was measured to its end; the message says why.
        """
        return sweep_plot(self.measured_rows(), self.table(), published, source)
