"""The bill of orders three ways, to be moved: how many, how long they wait, which Region."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

import ipywidgets as widgets

from serverless_course.figures.order_bill import OrderBill
from serverless_course.figures.who_does_it import spaced_html
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.pricing.orchestration import RATES, Used
from serverless_course.pricing.tables import REGIONS

WIDE: dict[str, Any] = {"style": {"description_width": "initial"}}
# Room for the longest label beside twelve digits of a price.
PRICE_FIELD = {"width": "440px", "max_width": "100%"}
PRICED = tuple(RATES["us-east-1"])
KEYS = "Keyboard: Tab goes from control to control; Space presses a button; numbers are typed."
NOTE = (
    "Left out: free tiers, the table, logs, what carries the courier's answer. Lambda in its first "
    "volume tier. A durable history is kept for 14 days."
)
# What was chosen, so that a cell that runs again shows it again: Region, orders, minutes, prices.
_KEPT: dict[str, Any] = {}


class OrderBillWidget:
    """Number fields, buttons for the Region, a field for each price; bars and bills follow.

    Without a kernel, a reader sees a million orders that wait ten minutes each, in us-east-1.
    """

    def __init__(self, first: OrderBill) -> None:
        self._bill = first
        self._first, self._words = first.picture(), first.sentence()
        self.orders = widgets.BoundedIntText(
            description="Orders", value=_KEPT.get("orders", 1_000_000), min=1, max=10**9, **WIDE
        )
        self.minutes = widgets.BoundedFloatText(
            description="Minutes that each waits",
            value=_KEPT.get("minutes", 10.0),
            min=0,
            max=525_600,
            **WIDE,
        )
        self.region = widgets.ToggleButtons(options=REGIONS, value=_KEPT.get("region", REGIONS[0]))
        self.prices = {
            what: widgets.Text(
                description=f"{what}, dollars for one",
                placeholder="not confirmed: type it",
                continuous_update=False,
                layout=PRICE_FIELD,
                **WIDE,
            )
            for what in PRICED
        }
        self.picture = widgets.HTML()
        self._filling = False
        self._fill()
        self.region.observe(lambda _: self._fill(), "value")
        for control in (self.orders, self.minutes, *self.prices.values()):
            control.observe(self._draw, "value")
        keys = widgets.HTML(f"<small>{KEYS}</small>")
        numbers = widgets.HBox([self.orders, self.minutes], layout={"flex_flow": "row wrap"})
        prices = widgets.HBox(list(self.prices.values()), layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([numbers, self.region, prices, keys, self.picture])

    def chosen(self) -> OrderBill:
        """What is chosen now. `ValueError` says which price cannot be read."""
        own = {
            what: price
            for what, field in self.prices.items()
            if (price := _read(field.value)) is not None and price != self._known(what)
        }
        return replace(
            self._bill,
            orders=int(self.orders.value),
            minutes=Decimal(str(self.minutes.value)),
            region=self.region.value,
            own=own,
        )

    def totals(self) -> dict[str, Decimal | None]:
        """Dollars of each way, as chosen now; None where a price is missing."""
        return self.chosen().totals()

    def _known(self, what: str) -> Decimal | None:
        rate = RATES.get(self.region.value, {}).get(what)
        return None if rate is None else rate.usd

    def _fill(self) -> None:
        """The prices of the chosen Region: confirmed, or typed before, or an empty field."""
        self._filling = True
        typed = _KEPT.setdefault("prices", {})
        for what, field in self.prices.items():
            known = self._known(what)
            text = "" if known is None else f"{known.normalize():f}"
            field.value = typed.get((self.region.value, what), text)
        self._filling = False
        self._draw()

    def _draw(self, _: Any = None) -> None:
        if self._filling:
            return
        region = self.region.value
        _KEPT.update(region=region, orders=self.orders.value, minutes=self.minutes.value)
        for what, field in self.prices.items():
            _KEPT["prices"][region, what] = field.value
        try:
            found = self.chosen()
        except ValueError as error:
            self.picture.value = f'<p role="alert">✗ {escape(str(error))}</p>'
            return
        self.picture.value = (
            f'<p role="status">{escape(found.sentence())}</p>'
            + found.picture().image_html()
            + f"<details><summary>The bills, line by line</summary>{spaced_html(found.table())}"
            + f"</details><p><small>{escape(NOTE)}</small></p>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first._repr_html_(), self._words)


def _read(text: str) -> Decimal | None:
    typed = text.strip().replace(",", ".")
    if not typed:
        return None
    try:
        price = Decimal(typed)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise ValueError(f"{text!r} is no price: type dollars for one, such as 0.000008.")
    return price


def order_bill_widget(
    waiting: Used,
    machine: Used,
    durable: Used,
    *,
    transitions: int,
    operations: int,
    written_bytes: int,
) -> OrderBillWidget:
    """Bills from what one order used; see `figures.order_bill.OrderBill` for the parameters."""
    return OrderBillWidget(
        OrderBill(waiting, machine, durable, transitions, operations, written_bytes)
    )
