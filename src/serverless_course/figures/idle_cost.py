"""What idle costs: a day's traffic, the month's bill on Lambda and on hosts, and the break-even."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.pricing.hosts import Host
from serverless_course.pricing.idle import (
    Traffic,
    Work,
    break_even,
    copies,
    following_usd,
    host_usd,
    lambda_usd,
)
from serverless_course.pricing.tables import PriceTable

UNKNOWN = "price not confirmed"
HOST_SERIES = (style.PUBLISHED, style.OTHER, style.MODEL)
# Rates over which the lines are drawn, in requests a second, twenty to a factor of ten.
RATES = [10 ** (step / 20 - 2) for step in range(101)]


@dataclass(frozen=True)
class IdleCost:
    """A day's traffic and what it costs in a month.

    Attributes:
        traffic: requests a second by hour.
        work: what one request asks for.
        hosts: the hosts to compare with.
        table: Lambda's prices.
        free_tier: whether Lambda's monthly free tier is taken off.
    """

    traffic: Traffic
    work: Work
    hosts: tuple[Host, ...]
    table: PriceTable
    free_tier: bool = False

    @property
    def on_lambda(self) -> Decimal:
        """Dollars a month on Lambda."""
        return lambda_usd(self.traffic, self.work, self.table, free_tier=self.free_tier)

    def on(self, host: Host) -> Decimal | None:
        """Dollars a month on hosts for the peak; None without a price."""
        return host_usd(self.traffic, self.work, host)

    @property
    def cheapest(self) -> str:
        """The name of what costs least, of what has a price."""
        return self._ranked()[0][1]

    def _ranked(self) -> list[tuple[Decimal, str]]:
        bills = [(self.on_lambda, "Lambda")]
        for host in self.hosts:
            usd = self.on(host)
            if usd is not None:
                bills.append((usd, host.name))
        return sorted(bills)

    def table_of_bills(self) -> pd.DataFrame:
        """A row for each way to run it: hosts, dollars a month, and the break-even."""
        rows: list[dict[str, object]] = [
            {
                "runs on": "Lambda",
                "copies": "as many as there are requests",
                "dollars a month": f"{self.on_lambda:,.2f}",
                "if it followed each hour": "it does",
                "break-even, requests a second": "",
            }
        ]
        for host in self.hosts:
            usd, following = self.on(host), following_usd(self.traffic, self.work, host)
            rows.append(
                {
                    "runs on": host.name,
                    "copies": f"{copies(self.traffic, self.work, host)}, for the peak",
                    "dollars a month": UNKNOWN if usd is None else f"{usd:,.2f}",
                    "if it followed each hour": "" if following is None else f"{following:,.2f}",
                    "break-even, requests a second": _rate(self.work, host, self.table),
                }
            )
        return pd.DataFrame(rows).set_index("runs on")

    def sentence(self) -> str:
        """The comparison in words."""
        ranked = self._ranked()
        (least, best), others = ranked[0], ranked[1:]
        mean, peak = float(self.traffic.mean), float(self.traffic.peak)
        text = (
            f"{mean:,.2f} requests a second on average, {peak:,.2f} in the busiest hour: "
            f"{self.traffic.requests_a_month:,} a month. "
        )
        if others:
            rest = ", ".join(f"{name} {usd:,.2f}" for usd, name in others)
            text += f"{best} costs least: {least:,.2f} dollars a month; {rest}."
        else:
            text += f"{best} costs {least:,.2f} dollars a month; nothing else has a price here."
        unknown = [host.name for host in self.hosts if host.usd_per_hour is None]
        if unknown:
            text += f" No source confirms a price of {' and '.join(unknown)} in this Region."
        return text

    def picture(self) -> Picture:
        """The day, the bills, and the bills of steady traffic with this day's mean marked."""
        figure = style.new_figure(9.0, 6.2)
        grid = figure.add_gridspec(2, 2, height_ratios=(1, 1.25))
        self._draw_day(figure.add_subplot(grid[0, 0]))
        self._draw_bills(figure.add_subplot(grid[0, 1]))
        self._draw_lines(figure.add_subplot(grid[1, :]))
        style.title(figure, f"{self.cheapest} costs least for this traffic (model)")
        return Picture(
            figure,
            "Three charts of a model: requests a second over a day, dollars a month on Lambda and "
            "on hosts, and dollars a month over a steady rate of requests. "
            f"{self.sentence()} {self.words_of_break_even()}",
        )

    def words_of_break_even(self) -> str:
        """At which steady rate each host costs what Lambda costs, in words."""
        parts = [
            f"{host.name}: {_rate(self.work, host, self.table)}"
            for host in self.hosts
            if host.usd_per_hour is not None
        ]
        return f"Break-even at a steady rate, in requests a second: {'; '.join(parts)}."

    def _draw_day(self, axes: Axes) -> None:
        rates = [float(rate) for rate in self.traffic.per_second]
        axes.bar(range(24), rates, width=0.9, color=style.MEASURED.colour)
        axes.axhline(float(self.traffic.mean), color=style.QUIET_INK, linestyle=":")
        style.dress(axes, x="hour of the day", y="requests a second")
        axes.set_xticks(range(0, 24, 4))
        axes.set_title("one day (dotted: its mean)", fontsize=9, color=style.INK, loc="left")

    def _draw_bills(self, axes: Axes) -> None:
        names = ["Lambda", *(host.name for host in self.hosts)]
        bills = [self.on_lambda, *(self.on(host) for host in self.hosts)]
        colours = [style.MEASURED.colour, *(each.colour for each in HOST_SERIES)]
        widths = [0.0 if usd is None else float(usd) for usd in bills]
        axes.barh(range(len(names)), widths, color=colours[: len(names)], height=0.6)
        for place, usd in enumerate(bills):
            text = UNKNOWN if usd is None else f"{usd:,.2f}"
            axes.annotate(
                text, (widths[place], place), (4, 0), textcoords="offset points", va="center"
            )
        style.dress(axes, x="dollars a month", y="")
        axes.set_yticks(range(len(names)), labels=names)
        axes.invert_yaxis()
        axes.set_xlim(0, max(1.0, *widths) * 1.35)
        axes.grid(visible=False, axis="y")

    def _draw_lines(self, axes: Axes) -> None:
        days = [Traffic.steady(round(rate, 8)) for rate in RATES]
        ours = [float(lambda_usd(day, self.work, self.table)) for day in days]
        axes.plot(RATES, ours, color=style.MEASURED.colour, linewidth=2)
        style.label(axes, "Lambda", (RATES[-1], ours[-1]), style.MEASURED, (-46, 8))
        for place, (host, series) in enumerate(zip(self.hosts, HOST_SERIES, strict=False)):
            if host.usd_per_hour is None:
                continue
            theirs = [float(host_usd(day, self.work, host) or 0) for day in days]
            axes.plot(RATES, theirs, color=series.colour, linestyle=series.line)
            style.label(axes, host.name, (RATES[0], theirs[0]), series, (4, 8 if place else -9))
            cross = break_even(self.work, host, self.table)
            if cross is not None and RATES[0] <= float(cross) <= RATES[-1]:
                at = Traffic.steady(round(cross, 8))
                cost = float(lambda_usd(at, self.work, self.table))
                axes.plot([float(cross)], [cost], color=style.INK, marker="o", markersize=7)
        mean = float(self.traffic.mean)
        if mean > 0:
            axes.axvline(mean, color=style.QUIET_INK, linestyle=":")
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            axis.set_minor_formatter(NullFormatter())
        axes.set_ylim(bottom=0.5)
        axes.set_xlim(RATES[0], RATES[-1] * 1.4)
        style.dress(axes, x="steady requests a second (dotted: the mean of your day)", y="dollars")
        axes.set_title(
            "a month of steady traffic; dots are break-evens",
            fontsize=9,
            color=style.INK,
            loc="left",
        )


def _rate(work: Work, host: Host, table: PriceTable) -> str:
    if host.usd_per_hour is None:
        return ""
    rate = break_even(work, host, table)
    return "none: Lambda is cheaper at each rate" if rate is None else f"{float(rate):,.2f}"
