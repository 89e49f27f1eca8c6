"""What orders cost three ways, drawn: code that waits, a state machine, a durable function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.pricing.orchestration import (
    Used,
    durable_bill,
    express_bill,
    standard_bill,
    waiting_bill,
)
from serverless_course.pricing.vpc import Bill

WAITING, STANDARD, DURABLE = "code that waits", "Step Functions, standard", "durable function"
EXPRESS = "Step Functions, express (without the courier)"
LONGEST_MINUTES = 15
TOO_LONG = "not possible: a function ends after 15 minutes"
MISSING = "a price is missing"


@dataclass(frozen=True)
class OrderBill:
    """So many orders, with what one of each kind used, measured on warm environments.

    Attributes:
        waiting: of Lambda, by code that waits; its waiting for the courier left out.
        machine: of Lambda, by the functions that a state machine calls.
        durable: of Lambda, by a durable function, replays included.
        transitions: state transitions of one order.
        operations: durable operations of one order.
        written_bytes: bytes that its checkpoints wrote.
        orders: how many orders.
        minutes: how long each waits for its courier, in minutes.
        memory_mb: memory of the functions.
        retention_days: how long a durable history is kept.
        region: AWS Region.
        own: the reader's own prices, by what is charged.
    """

    waiting: Used
    machine: Used
    durable: Used
    transitions: int
    operations: int
    written_bytes: int
    orders: int = 1_000_000
    minutes: Decimal = Decimal(10)
    memory_mb: int = 512
    retention_days: int = 14
    region: str = "us-east-1"
    own: Mapping[str, Decimal] = field(default_factory=dict)

    def bills(self) -> dict[str, Bill | None]:
        """The bill of each way; None where it cannot be done in that way."""
        gigabytes = Decimal(self.memory_mb) / 1024
        waits = self.minutes * 60 * gigabytes
        waiting = Used(self.waiting.requests, self.waiting.gb_s + waits)
        seconds = self.machine.gb_s / gigabytes
        return {
            WAITING: None
            if self.minutes > LONGEST_MINUTES
            else waiting_bill(self.orders, waiting, self.region),
            STANDARD: standard_bill(
                self.orders, self.machine, self.transitions, self.region, own=self.own
            ),
            DURABLE: durable_bill(
                self.orders,
                self.durable,
                self.operations,
                self.written_bytes,
                self.retention_days,
                self.region,
                own=self.own,
            ),
            EXPRESS: express_bill(
                self.orders, self.machine, seconds, region=self.region, own=self.own
            ),
        }

    def totals(self) -> dict[str, Decimal | None]:
        """Dollars of each way; None where it cannot be done, or a price is missing."""
        return {way: None if bill is None else bill.usd for way, bill in self.bills().items()}

    def sentence(self) -> str:
        """What comes out, in words."""
        told = "; ".join(f"{way}: {_dollars(self, way)}" for way in self.bills())
        return f"{self.orders:,} orders, {self.minutes:g} minutes of waiting each. {told}."

    def table(self) -> pd.DataFrame:
        """A row for each line of each bill: quantity, price, dollars, source."""
        rows = [
            (
                way,
                line.what,
                f"{line.quantity:,.0f} {line.unit}",
                "" if line.usd_per_unit is None else f"{line.usd_per_unit.normalize():f}",
                "" if line.usd is None else f"{line.usd:,.2f}",
                line.source,
            )
            for way, bill in self.bills().items()
            if bill is not None
            for line in bill.lines
        ]
        names = ["way", "what", "quantity", "dollars for one", "dollars", "source"]
        return pd.DataFrame(rows, columns=names).set_index("way")

    def picture(self) -> Picture:
        """A bar for each way."""
        totals = self.totals()
        figure = style.new_figure(8.5, 3.2)
        axes = figure.add_subplot()
        most = max([float(usd) for usd in totals.values() if usd is not None], default=1.0) or 1.0
        looks = (style.PUBLISHED, style.MEASURED, style.OTHER, style.MODEL)
        for place, (way, usd) in enumerate(totals.items()):
            axes.barh([place], [float(usd or 0)], height=0.55, color=looks[place].colour)
            axes.annotate(
                f" {_dollars(self, way)}",
                (float(usd or 0), place),
                va="center",
                fontsize=9,
                color=style.INK,
            )
        style.dress(axes, x="dollars", y="")
        axes.set_yticks(range(len(totals)), labels=list(totals))
        axes.set_ylim(len(totals) - 0.4, -0.6)
        axes.set_xlim(0, most * 1.45)
        axes.grid(visible=False, axis="y")
        style.title(figure, f"{self.orders:,} orders, {self.minutes:g} minutes of waiting each")
        return Picture(figure, f"Bars, one for each way. {self.sentence()}", self.table())


def _dollars(found: OrderBill, way: str) -> str:
    bill = found.bills()[way]
    if bill is None:
        return TOO_LONG
    return MISSING if bill.usd is None else f"{bill.usd:,.2f} dollars"
