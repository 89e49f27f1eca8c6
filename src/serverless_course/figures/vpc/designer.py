"""Design a VPC: choose, and see it drawn, what it reaches, what is wrong, and what it costs."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from serverless_course.figures.alt import Picture, table_html
from serverless_course.figures.vpc.design_goal import goal_words
from serverless_course.figures.vpc.diagram import vpc_diagram
from serverless_course.figures.vpc.report import DESTINATIONS, INTERNET, Load, Report
from serverless_course.figures.widget_bundle import widget_bundle
from serverless_course.network.design import NATS, Choices, design, function
from serverless_course.network.design.choices import (
    LARGEST_BLOCK,
    MOST_ZONES,
    SMALLEST_BLOCK,
)

# With sourced prices, and one without: a price that is not known is said to be unknown.
REGIONS = ("us-east-1", "sa-east-1", "eu-central-1")
NO_ZONE = "none"
FIRST = Choices()
WIDE: dict[str, Any] = {"style": {"description_width": "initial"}}
# JupyterLab takes the arrow keys of a list that is closed, to move between cells.
HINT = "Keyboard: Tab goes from control to control. Space opens a list, arrows and Enter choose."


def designed(
    choices: Choices,
    to: str = INTERNET,
    failed_zones: frozenset[str] = frozenset(),
    report: Report | None = None,
    sharpness: int = 1,
) -> Picture:
    """A design drawn, with the paths from each zone to one destination.

    Args:
        choices: the design.
        to: one of `report.DESTINATIONS`.
        failed_zones: names of zones that are down.
        report: the design's report, if it is at hand.
        sharpness: dots for each pixel.
    """
    report = report or Report.of(choices, Load(), failed_zones)
    paths = next(each for each in report.reached if each.to == to)
    verb = "reaches" if paths.delivered else "does not reach"
    if paths.verdict not in ("delivered", "dropped", "refused", "unknown"):
        verb = "does not reach from every zone"
    return vpc_diagram(
        design(choices),
        [function(choices)],
        list(paths.paths.values()),
        failed_zones=failed_zones,
        title=f"The function {verb} {to}",
        sharpness=sharpness,
    )


class VpcDesigner:
    """Controls for every choice; the drawing, the tables and the price follow.

    Without a kernel, a reader sees two zones without a way out, and what that means in words.
    """

    def __init__(self) -> None:
        first = Report.of(FIRST, Load())
        self._first, self._words = designed(FIRST, report=first, sharpness=2), first.summary
        self._make_choices()
        self._make_load()
        self.picture, self.words = widgets.HTML(), widgets.HTML()
        controls = [*self._choices, *self._load]
        for control in controls:
            control.observe(self._draw, "value")
        self._draw()
        rows = widgets.HBox(controls, layout={"flex_flow": "row wrap"})
        hint = widgets.HTML(f"<small>{HINT}</small>")
        self.box = widgets.VBox([rows, hint, self.words, self.picture])

    def _make_choices(self) -> None:
        self.region = widgets.Dropdown(description="Region", options=REGIONS, **WIDE)
        self.zones = widgets.BoundedIntText(
            description="Zones", value=FIRST.zones, min=1, max=MOST_ZONES, **WIDE
        )
        self.prefix = widgets.Text(
            description="VPC's IPv4 block", value=FIRST.prefix, continuous_update=False, **WIDE
        )
        self.subnet_length = widgets.BoundedIntText(
            description="Prefix length of each subnet",
            value=FIRST.subnet_length,
            min=LARGEST_BLOCK,
            max=SMALLEST_BLOCK,
            **WIDE,
        )
        self.public = _checkbox("Public subnets", FIRST.public_subnets)
        self.nat = widgets.Dropdown(description="NAT gateways", options=NATS, **WIDE)
        self.s3 = _checkbox("Gateway endpoint for S3")
        self.dynamodb = _checkbox("Gateway endpoint for DynamoDB")
        self.secrets = _checkbox("Interface endpoint for Secrets Manager")
        self.egress = _checkbox("Security group lets the function's calls out", FIRST.open_egress)
        self._choices = (
            self.region,
            self.zones,
            self.prefix,
            self.subnet_length,
            self.public,
            self.nat,
            self.s3,
            self.dynamodb,
            self.secrets,
            self.egress,
        )

    def _make_load(self) -> None:
        load = Load()
        self.concurrency = widgets.BoundedIntText(
            description="Peak concurrency", value=load.concurrency, min=1, max=100_000, **WIDE
        )
        self.memory = widgets.BoundedIntText(
            description="Memory (MB)", value=load.memory_mb, min=128, max=10_240, **WIDE
        )
        self.nat_gb = widgets.BoundedIntText(
            description="GB a month through NAT", value=load.nat_gb, min=0, max=1_000_000, **WIDE
        )
        self.to = widgets.Dropdown(description="Draw the way to", options=DESTINATIONS, **WIDE)
        self.failed = widgets.Dropdown(description="Failed zone", options=(NO_ZONE, *"abc"), **WIDE)
        self._load = (self.concurrency, self.memory, self.nat_gb, self.to, self.failed)

    def choices(self) -> Choices:
        """The design chosen now. `ValueError` says why there is none."""
        gateways = {"s3": self.s3.value, "dynamodb": self.dynamodb.value}
        return Choices(
            region=self.region.value,
            zones=self.zones.value,
            prefix=self.prefix.value.strip(),
            subnet_length=self.subnet_length.value,
            public_subnets=self.public.value,
            nat=self.nat.value,
            gateway_endpoints=tuple(name for name, chosen in gateways.items() if chosen),
            interface_endpoints=("secretsmanager",) if self.secrets.value else (),
            open_egress=self.egress.value,
        )

    def _draw(self, _: Any = None) -> None:
        try:
            choices = self.choices()
        except ValueError as error:
            # The last design stays in sight until the choices fit together again.
            self.words.value = f'<p role="status">✗ Not drawn: {escape(str(error))}</p>'
            return
        load = Load(self.concurrency.value, self.memory.value, self.nat_gb.value)
        down = {choices.region + self.failed.value} & set(choices.zone_names)
        report = Report.of(choices, load, frozenset(down))
        picture = designed(choices, self.to.value, frozenset(down), report)
        goal = goal_words(choices, load)
        self.words.value = f'<p role="status">{escape(report.summary)}</p><p>{escape(goal)}</p>'
        self.picture.value = picture.image_html() + report_html(report)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return widget_bundle(self.box, self._first, self._words)


def report_html(report: Report) -> str:
    """The tables of a report and its findings."""
    tables = {
        "What the function reaches": report.reach_table(),
        "Addresses of its subnets": report.address_table(),
        "Price of a month": report.price_table(),
    }
    found = "".join(
        f"<li><b>{escape(each.severity.value)}:</b> {escape(each.what)} {escape(each.why)} "
        f"{escape(each.next_step)}</li>"
        for each in report.found
    )
    parts = [f"<p><b>{head}</b></p>{_short(table)}" for head, table in tables.items() if len(table)]
    parts.append("<p><b>Findings</b></p>" + (f"<ul>{found}</ul>" if found else "<p>None.</p>"))
    return "".join(parts)


def _checkbox(description: str, value: bool = False) -> widgets.Checkbox:
    return widgets.Checkbox(description=description, value=value, indent=False)


def _short(table: pd.DataFrame) -> str:
    """A table of texts with one row of headings."""
    short = table.copy()
    short.index.name, short.columns.name = None, table.index.name
    html = table_html(short, justify="left")
    # The styles of a notebook's tables do not reach into a widget.
    for cell in ('<th scope="row"', '<th scope="col"', "<td"):
        html = html.replace(f"{cell}>", f'{cell} style="text-align: left; padding-right: 1em">')
    return html


def vpc_designer() -> VpcDesigner:
    """A VPC by a few choices, to be changed: a drawing, verdicts, addresses, findings, price."""
    return VpcDesigner()
