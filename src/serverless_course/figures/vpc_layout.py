"""Where each part of a VPC stands in its drawing: zones side by side, equal subnets in one row."""

from __future__ import annotations

from dataclasses import dataclass, field

from serverless_course.figures.drawing_board import Box
from serverless_course.figures.vpc_rows import (
    MOST_HEADER_LINES,
    Key,
    Notes,
    measure,
    note_lines,
    texts,
)
from serverless_course.figures.vpc_view import KINDS, SubnetView, VpcView

INTERNET: Key = ("", "internet")
# What a gateway endpoint leads to stands outside the VPC, beside the endpoint.
SERVICE = "service"

MARGIN, GAP, PAD = 14.0, 10.0, 9.0
# Without the space for lines.
ZONE_WIDTH = {1: 450.0, 2: 345.0}
MANY_ZONES_WIDTH = 262.0
# Lines run up and down at the right of each zone's subnets, beyond the signs at their borders,
# and across above the zones.
SIGN, LANE = 16.0, 7.0
TOP, HEADER, ZONE_HEADER = 96.0, 34.0, 26.0
# A gateway endpoint straddles the VPC's border: so much of it lies inside.
ENDPOINT_WIDTH, INSIDE, SERVICE_WIDTH = 136.0, 20.0, 94.0
# How far right of the internet gateway's middle an egress-only one stands.
EGRESS_ONLY = 152.0


@dataclass(frozen=True)
class Row:
    """A line of text in a subnet; `kind` says how it is drawn."""

    kind: str
    text: str
    box: Box


@dataclass
class Layout:
    """All places of a drawing.

    Attributes:
        rows: the lines of text in each subnet, by its id.
        places: the box of a part by its key.
        band_y: where the lines between zones run.
        gutter: how wide the space right of a zone's subnets is, where lines run up and down.
        header: notes on gateways, as kind and text: they stand right of the internet gateway.
    """

    width: float = 0.0
    height: float = 0.0
    vpc: Box = field(default_factory=lambda: Box(0, 0, 0, 0))
    zones: dict[str, Box] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    places: dict[Key, Box] = field(default_factory=dict)
    band_y: float = 0.0
    gutter: float = 0.0
    header: list[tuple[str, str]] = field(default_factory=list)

    def zone_of(self, key: Key) -> Box | None:
        """The zone's box in which a part stands."""
        x = self.places[key].centre[0]
        inside = bool(key[0])
        return next((box for box in self.zones.values() if inside and box.x < x < box.right), None)


def layout(view: VpcView, notes: Notes, lanes: int) -> Layout:
    """Place everything.

    Args:
        view: the VPC.
        notes: what stands under a part, by its key.
        lanes: how many paths are drawn.
    """
    placed = Layout(gutter=SIGN + (lanes + 1) * LANE if lanes else GAP)
    width = ZONE_WIDTH.get(len(view.zones), MANY_ZONES_WIDTH) + placed.gutter - GAP
    left = MARGIN + GAP
    columns = len(view.zones)
    inner = columns * width + (columns - 1) * GAP
    border = left + inner + GAP + (lanes * LANE + INSIDE if view.gateway_endpoints else 0)
    regional = len(view.regional_nats)
    placed.header = [
        (note.behaviour.value, line)
        for key, each in notes.items()
        if not key[0]
        for note in each
        for line in note_lines(note, inner / 2 - 38, MOST_HEADER_LINES)
    ]
    under_header = TOP + max(HEADER, 22 + 15 * len(placed.header))
    placed.band_y = under_header + regional * 34
    top = placed.band_y + 10 + lanes * LANE
    bottoms = [_column(placed, view, notes, left + n * (width + GAP), top, width, zone)
               for n, zone in enumerate(view.zones)]  # fmt: skip
    bottom = max([*bottoms, placed.band_y + 48 * len(view.gateway_endpoints)])
    for n, zone in enumerate(view.zones):
        placed.zones[zone] = Box(left + n * (width + GAP), top, width, bottom - top)
    placed.vpc = Box(MARGIN, TOP, border - MARGIN, bottom + GAP - TOP)
    for number, nat in enumerate(view.regional_nats):
        placed.places["", nat.id] = Box(left, under_header + 2 + number * 34, inner, 26)
    for number, (identifier, _) in enumerate(view.gateway_endpoints):
        y = placed.band_y - 12 + number * 48
        placed.places["", identifier] = Box(border - INSIDE, y, ENDPOINT_WIDTH, 24)
        beyond = border - INSIDE + ENDPOINT_WIDTH + 24
        placed.places[SERVICE, identifier] = Box(beyond, y, SERVICE_WIDTH, 24)
    middle = left + inner / 2
    wide = EGRESS_ONLY + 20 if view.egress_only_gateway else 140
    placed.places[INTERNET] = Box(middle - wide, 38, 2 * wide, 24)
    if view.egress_only_gateway:
        gateway = Box(middle + EGRESS_ONLY - 76, TOP - 12, 152, 24)
        placed.places["", view.egress_only_gateway] = gateway
    if view.internet_gateway:
        placed.places["", view.internet_gateway] = Box(middle - 66, TOP - 12, 132, 24)
    outside = ENDPOINT_WIDTH - INSIDE + 24 + SERVICE_WIDTH if view.gateway_endpoints else 0
    placed.width = border + outside + MARGIN
    placed.height = placed.vpc.bottom + MARGIN
    return placed


def _column(
    placed: Layout, view: VpcView, notes: Notes, x: float, top: float, width: float, zone: str
) -> float:
    """Place one zone's subnets, each type beginning where it does in every zone; the bottom."""
    y = top + ZONE_HEADER
    room = width - GAP - placed.gutter
    for kind in KINDS:
        ranks = max(sum(s.kind == kind for s in view.subnets if s.zone == z) for z in view.zones)
        mine = [s for s in view.subnets if s.zone == zone and s.kind == kind]
        for rank in range(ranks):
            peers = _rank(view, kind, rank)
            height = max(_height(peer, notes, room) for peer in peers)
            if rank < len(mine):
                _subnet(placed, mine[rank], notes, Box(x + GAP, y, room, height))
            y += height + GAP
    return y


def _rank(view: VpcView, kind: str, rank: int) -> list[SubnetView]:
    found = []
    for zone in view.zones:
        mine = [s for s in view.subnets if s.zone == zone and s.kind == kind]
        found += mine[rank : rank + 1]
    return found


def _height(subnet: SubnetView, notes: Notes, room: float) -> float:
    return 2 * PAD + sum(measure(kind)[0] for kind, _, _ in texts(subnet, notes, room - 2 * PAD))


def _subnet(placed: Layout, subnet: SubnetView, notes: Notes, box: Box) -> None:
    y = box.y + PAD - 2
    placed.places[subnet.id, ""] = box
    placed.rows[subnet.id] = []
    for kind, text, identifier in texts(subnet, notes, box.width - 2 * PAD):
        height = measure(kind)[0]
        row = Box(box.x + PAD, y, box.width - 2 * PAD, height)
        placed.rows[subnet.id].append(Row(kind, text, row))
        if identifier:
            placed.places[subnet.id, identifier] = row
        y += height
