"""What gigabytes to an AWS service cost a month on each way, and where the ways cost the same."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture
from serverless_course.network.billed import BilledParts
from serverless_course.pricing.vpc import monthly_bill

MOST_GB = 1000
SHOWN_GB = (0, 100, 200, 500, 1000)


def way_prices(gb: int, *, zones: int = 2, region: str = "us-east-1") -> dict[str, Decimal]:
    """Dollars a month for so many gigabytes to one AWS service, by way.

    Args:
        gb: gigabytes a month, both directions.
        zones: zones of the interface endpoint.
        region: AWS Region.

    Raises:
        LookupError: no confirmed price is held for that Region.
    """
    endpoint = monthly_bill(BilledParts(interface_endpoint_zones=zones), region, endpoint_gb=gb).usd
    nat = monthly_bill(BilledParts(), region, nat_gb=gb).usd
    alone = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), region, nat_gb=gb).usd
    if endpoint is None or nat is None or alone is None:
        raise LookupError(f"No confirmed price of NAT gateways or endpoints is held for {region}.")
    return {
        "a NAT gateway for this alone": alone,
        "the NAT gateway that you have": nat,
        f"an interface endpoint in {zones} zones": endpoint,
        "a gateway endpoint (S3, DynamoDB)": Decimal(0),
    }


def break_even_gb(*, zones: int = 2, region: str = "us-east-1") -> Decimal:
    """From how many GB a month an endpoint costs less than the NAT gateway that one has anyway.

    The gateway's hours are paid either way: its gigabytes are compared with the endpoint's hours
    and gigabytes. Raises `LookupError` where no confirmed price is held.
    """
    none, one = (list(way_prices(gb, zones=zones, region=region).values()) for gb in (0, 1))
    return (none[2] - none[1]) / ((one[1] - none[1]) - (one[2] - none[2]))


def break_even_plot(*, zones: int = 2, region: str = "us-east-1") -> Picture:
    """Draw the month's price of each way over the gigabytes, with the break-even point.

    Args:
        zones: zones of the interface endpoint.
        region: AWS Region.

    Raises:
        LookupError: no confirmed price is held for that Region.
    """
    start, end = (way_prices(gb, zones=zones, region=region) for gb in (0, MOST_GB))
    even = float(break_even_gb(zones=zones, region=region))
    message = f"Beside a NAT gateway, an interface endpoint pays from {even:,.0f} GB a month"
    figure = style.new_figure(8.0, 4.0)
    axes = figure.add_subplot()
    for (name, first), series in zip(start.items(), style.SERIES, strict=True):
        last = float(end[name])
        axes.plot([0, MOST_GB], [float(first), last], color=series.colour, linestyle=series.line)
        style.label(axes, name, (MOST_GB, last), series)
    at = float(
        way_prices(round(even), zones=zones, region=region)[
            f"an interface endpoint in {zones} zones"
        ]
    )
    axes.plot([even], [at], marker="o", color=style.INK, markersize=7)
    axes.annotate(
        f"{even:,.0f} GB: ${at:.2f}",
        (even, at),
        xytext=(6, -14),
        textcoords="offset points",
        color=style.INK,
        fontsize=9,
    )
    style.dress(axes, x="GB a month to one AWS service", y=f"dollars a month ({region})")
    axes.set_xlim(0, MOST_GB * 1.55)
    axes.set_xticks(range(0, MOST_GB + 1, 200))
    axes.set_ylim(bottom=-4)
    style.title(figure, message)
    table = price_table(zones=zones, region=region)
    said = [
        f"{name}: ${start[name]:.2f} without traffic, ${end[name]:.2f} at {MOST_GB:,} GB."
        for name in start
    ]
    return Picture(figure, f"Four straight lines. {message}. {' '.join(said)}", table)


def price_table(*, zones: int = 2, region: str = "us-east-1") -> pd.DataFrame:
    """A row for each way, a column for each amount; dollars a month."""
    columns = {
        f"{gb:,} GB": {
            name: f"${usd:.2f}" for name, usd in way_prices(gb, zones=zones, region=region).items()
        }
        for gb in SHOWN_GB
    }
    table = pd.DataFrame(columns)
    table.index.name = "way"
    return table
