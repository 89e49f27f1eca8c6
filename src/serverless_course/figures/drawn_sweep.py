"""A sweep with its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import pandas as pd

from serverless_course.figures.alt import Picture
from serverless_course.figures.sweep_plot import sweep_plot
from serverless_course.figures.titled_table import titled
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
        return sweep_plot(
            self.measured_rows(), super().table(), published, source, disturbance=self.disturbance
        )

    def table(self, *, full: bool = False) -> pd.DataFrame:
        """As :meth:`Sweep.table`; what a busy machine did to it stands above, as its title."""
        found = super().table(full=full)
        return titled(found, self.disturbance) if self.disturbance else found
