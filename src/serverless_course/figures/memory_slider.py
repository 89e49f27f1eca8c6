"""Move the memory, see time and cost: the proportional model, with no measurement in it."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from serverless_course.figures.alt import Picture
from serverless_course.figures.style import (
    MODEL,
    OTHER,
    dress,
    label,
    memory_axis,
    new_figure,
    title,
)
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.pricing.cost import billed_ms, invocation_cost
from serverless_course.pricing.tables import price_table

MB_PER_VCPU = 1769
SIZES = [128, 256, 512, 1024, 1769, 3538, 10240]
# Close enough for the eye: a straight line between few points would bend where the model does not.
CURVE = sorted({*SIZES, *(round(128 * (10240 / 128) ** (step / 80)) for step in range(81))})
FIRST_MB = 512
CPU_MS = 1000


def modelled(memory_mb: int, cpu_ms: float = CPU_MS) -> tuple[float, float]:
    """Time in ms and dollars for a million invocations of work that needs one CPU only.

    The model: 1,769 MB is one vCPU, less memory gives its share, and more gives one worker
    nothing. Prices: today's, x86_64, us-east-1, with the request fee.
    """
    table = price_table()
    ms = cpu_ms * max(1.0, MB_PER_VCPU / memory_mb)
    cost = invocation_cost(memory_mb, billed_ms(ms, table), table)
    return ms, float(cost) * 1_000_000


def sentence(memory_mb: int, cpu_ms: float = CPU_MS) -> str:
    """What the model says of one memory size, in words."""
    ms, usd = modelled(memory_mb, cpu_ms)
    share = memory_mb / MB_PER_VCPU
    return (
        f"At {memory_mb:,} MB the function gets {share:.3f} vCPU. {cpu_ms:,.0f} ms of CPU work "
        f"take {ms:,.0f} ms, and a million invocations cost ${usd:,.2f}, $0.20 of it for requests."
    )


def model_picture(memory_mb: int, cpu_ms: float = CPU_MS) -> Picture:
    """The model over all sizes, with one size marked."""
    points = [modelled(size, cpu_ms) for size in CURVE]
    ms, usd = modelled(memory_mb, cpu_ms)
    figure = new_figure(7.5, 4.2)
    above, below = figure.subplots(2, 1, sharex=True)
    above.plot(CURVE, [point[0] for point in points], color=MODEL.colour, linestyle=MODEL.line)
    above.plot([memory_mb], [ms], color=MODEL.colour, marker="o", markersize=9)
    label(above, f"{ms:,.0f} ms", (memory_mb, ms * 1.25), MODEL)
    above.set_yscale("log")
    above.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    above.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    above.yaxis.set_minor_formatter(NullFormatter())
    dress(above, x="", y="time (ms)")
    below.plot(CURVE, [point[1] for point in points], color=OTHER.colour, linestyle=OTHER.line)
    below.plot([memory_mb], [usd], color=OTHER.colour, marker="D", markersize=8)
    label(below, f"${usd:,.2f}", (memory_mb, usd * 1.4 + 4), OTHER)
    below.set_ylim(bottom=0)
    dress(below, x="memory (MB)", y="dollars per million")
    memory_axis(below, SIZES)
    title(figure, "Up to one vCPU, memory buys time at no cost (model)")
    return Picture(
        figure,
        "Two charts of the model over memory. Up to 1,769 MB the time falls and the cost stays "
        f"flat; above it the time stays and the cost rises. {sentence(memory_mb, cpu_ms)}",
    )


class MemorySlider:
    """A number field and a slider for the memory size; the picture follows.

    Without a kernel, a reader sees the picture at 512 MB and its words.
    """

    def __init__(self) -> None:
        self._first = model_picture(FIRST_MB)
        limits: dict[str, Any] = {"value": FIRST_MB, "min": 128, "max": 10240}
        # A slider has no accessible name of its own; the field beside it has one.
        self.memory = widgets.BoundedIntText(
            description="Memory (MB)", step=1, style={"description_width": "initial"}, **limits
        )
        self.slider = widgets.IntSlider(readout=False, step=64, **limits)
        widgets.link((self.memory, "value"), (self.slider, "value"))
        self.picture = widgets.HTML()
        self.memory.observe(self._draw, "value")
        self._draw()
        controls = widgets.HBox([self.memory, self.slider])
        self.box = widgets.VBox([controls, self.picture])

    def _draw(self, _: Any = None) -> None:
        memory = int(self.memory.value)
        words = f'<p role="status">{sentence(memory)}</p>'
        self.picture.value = model_picture(memory).image_html() + words

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, sentence(FIRST_MB))


def memory_slider() -> MemorySlider:
    """Time and cost of 1,000 ms of CPU work over memory, to be moved."""
    return MemorySlider()
