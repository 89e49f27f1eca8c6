"""Choose a day's traffic and see what idle costs: Lambda, Fargate and EC2 for one month."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.alt import table_html
from serverless_course.figures.idle_cost import IdleCost
from serverless_course.figures.traffic_shapes import OWN, SHAPES, read_numbers, traffic
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.pricing.hosts import fargate_task, small_instance
from serverless_course.pricing.idle import Traffic, Work
from serverless_course.pricing.tables import REGIONS, price_table

WIDE: dict[str, Any] = {"style": {"description_width": "initial"}}
FIRST_SHAPE, FIRST_PEAK = "office hours", 5.0
FIRST_WORK = Work(billed_ms=50, memory_mb=512, cpu_ms=15)
NOTE = (
    "Hosts: two at least, and the busiest hour at 60 % of their vCPUs. Left out: load balancer, "
    "public addresses, storage, logs, people. Credits of new accounts and a free tier of EC2 are "
    "left out too; Lambda's monthly free tier is a switch."
)
KEYS = "Keyboard: Tab goes from control to control; Space presses a button; numbers are typed."


def idle_cost(
    shape: str = FIRST_SHAPE,
    peak: float = FIRST_PEAK,
    work: Work = FIRST_WORK,
    region: str = "us-east-1",
) -> IdleCost:
    """The comparison for a known shape of traffic, with a peak in requests a second.

    Compared with a Fargate task of 0.25 vCPU and 0.5 GB, and with EC2 t3.small.
    """
    return compared(traffic(shape, peak), work, region)


def compared(
    day: Traffic,
    work: Work,
    region: str = "us-east-1",
    *,
    ec2_usd: Decimal | None = None,
    free_tier: bool = False,
) -> IdleCost:
    """The comparison for a day of traffic; ``ec2_usd`` is an hourly price of the reader's own."""
    instance = small_instance(region)
    if ec2_usd is not None:
        instance = instance.at(ec2_usd)
    return IdleCost(
        day, work, (fargate_task(region), instance), price_table(region), free_tier=free_tier
    )


class IdleCostWidget:
    """Buttons and number fields; the pictures, the table and the sentence follow.

    Without a kernel, a reader sees office hours with 5 requests a second at the peak.
    """

    def __init__(self) -> None:
        first = idle_cost()
        self._first, self._words = first.picture(), first.sentence()
        self.shape = widgets.ToggleButtons(options=[*SHAPES, OWN], value=FIRST_SHAPE)
        self.numbers = widgets.Text(
            description="My 24 numbers",
            value=" ".join(f"{5 * part:g}" for part in SHAPES[FIRST_SHAPE]),
            continuous_update=False,
            layout={"width": "48em"},
            **WIDE,
        )
        self.peak = _number("Peak, requests a second", FIRST_PEAK, 0, 10_000)
        self.duration = _number("Billed ms", float(FIRST_WORK.billed_ms), 1, 900_000)
        self.cpu = _number("CPU ms of a whole vCPU", float(FIRST_WORK.cpu_ms), 0, 900_000)
        self.memory = widgets.BoundedIntText(
            description="Memory (MB)", value=FIRST_WORK.memory_mb, min=128, max=10_240, **WIDE
        )
        self.region = widgets.ToggleButtons(options=REGIONS, value=REGIONS[0])
        self.ec2 = widgets.Text(
            description="t3.small, dollars an hour",
            placeholder="not confirmed: type it",
            continuous_update=False,
            **WIDE,
        )
        self.free = widgets.Checkbox(description="Lambda's free tier", value=False, indent=False)
        self.picture = widgets.HTML()
        self._fill_price()
        self.region.observe(lambda _: self._fill_price(), "value")
        controls = (
            self.shape,
            self.numbers,
            self.peak,
            self.duration,
            self.cpu,
            self.memory,
            self.region,
            self.ec2,
            self.free,
        )
        for control in controls:
            control.observe(self._draw, "value")
        self._draw()
        fields = widgets.HBox(
            [self.peak, self.duration, self.cpu, self.memory], layout={"flex_flow": "row wrap"}
        )
        prices = widgets.HBox([self.region, self.ec2, self.free], layout={"flex_flow": "row wrap"})
        keys = widgets.HTML(f"<small>{KEYS}</small>")
        self.box = widgets.VBox([self.shape, self.numbers, fields, prices, keys, self.picture])

    def _fill_price(self) -> None:
        price = small_instance(self.region.value).usd_per_hour
        self.ec2.value = "" if price is None else f"{price}"

    def chosen(self) -> IdleCost:
        """What is chosen now. `ValueError` says what cannot be read."""
        work = Work(self.duration.value, int(self.memory.value), self.cpu.value)
        if self.shape.value == OWN:
            day = read_numbers(self.numbers.value)
        else:
            day = traffic(self.shape.value, self.peak.value)
        return compared(
            day, work, self.region.value, ec2_usd=self._price(), free_tier=self.free.value
        )

    def _price(self) -> Decimal | None:
        text = self.ec2.value.strip().replace(",", ".")
        known = small_instance(self.region.value).usd_per_hour
        if not text or (known is not None and text == f"{known}"):
            return None
        try:
            price = Decimal(text)
        except InvalidOperation:
            price = Decimal(-1)
        if not price.is_finite() or price < 0:
            raise ValueError(f"{text!r} is no price: type dollars an hour, such as 0.0208.")
        return price

    def _draw(self, _: Any = None) -> None:
        self.numbers.disabled = self.shape.value != OWN
        self.peak.disabled = self.shape.value == OWN
        try:
            found = self.chosen()
        except ValueError as error:
            self.picture.value = f'<p role="alert">✗ {escape(str(error))}</p>'
            return
        words = f'<p role="status">{escape(found.sentence())}</p>'
        self.picture.value = (
            words
            + found.picture().image_html()
            + table_html(found.table_of_bills(), "left")
            + f"<p><small>{NOTE}</small></p>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, self._words)


def _number(name: str, value: float, least: float, most: float) -> widgets.BoundedFloatText:
    return widgets.BoundedFloatText(description=name, value=value, min=least, max=most, **WIDE)


def idle_cost_widget() -> IdleCostWidget:
    """A day's traffic and its month's bill on Lambda, Fargate and EC2, to be moved."""
    return IdleCostWidget()
