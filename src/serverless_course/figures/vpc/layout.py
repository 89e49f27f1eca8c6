"""Where each part of a VPC stands in its drawing, and the lines of text in it.

Zones stand side by side, equal subnets in one row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from serverless_course.figures import fitted_text
from serverless_course.figures.drawing_board import Box, points
from serverless_course.figures.vpc.view import KINDS, SubnetView, VpcView
from serverless_course.network.journey import Behaviour

# A part of the drawing: the subnet in which it stands ("" outside of all), and its id.
Key = tuple[str, str]
MOST_PARTS, MOST_ROUTES, MOST_NOTE_LINES, MOST_HEADER_LINES = 5, 3, 4, 7

# Sign and word always go together: no verdict is told by colour alone.
SIGNS = {
    Behaviour.DELIVERED: "✓",
    Behaviour.DROPPED: "✗",
    Behaviour.REFUSED: "✗",
    Behaviour.UNKNOWN: "?",
}

# Height in units, size in points and weight of each kind of row.
ROWS = {
    "name": (20.0, 9.5, "bold"),
    "room": (16.0, 8.5, "normal"),
    "route": (15.0, 8.0, "normal"),
    "more": (15.0, 8.0, "normal"),
    "part": (25.0, 8.5, "normal"),
    "note": (15.0, 8.5, "normal"),
}


@dataclass(frozen=True)
class Note:
    """What became of a path, written where it ended."""

    behaviour: Behaviour
    text: str


Notes = Mapping[Key, Sequence[Note]]


def texts(subnet: SubnetView, notes: Notes, room: float) -> list[tuple[str, str, str]]:
    """The rows of a subnet: kind, text, and the id of what the row shows."""
    rows = [("name", subnet.name, ""), ("room", f"{subnet.cidr} · {subnet.room}", "")]
    ways = list(subnet.routes) or ["no route out of the VPC"]
    rows += [("route", way, "") for way in ways[:MOST_ROUTES]]
    if len(ways) > MOST_ROUTES:
        rows.append(("more", f"and {len(ways) - MOST_ROUTES} routes more", ""))
    rows += _note_rows(notes.get((subnet.id, ""), ()), room)
    # What a path touches is always shown.
    touched = [part for part in subnet.parts if (subnet.id, part.id) in notes]
    spare = max(MOST_PARTS - len(touched), 0)
    shown = touched + [part for part in subnet.parts if part not in touched][:spare]
    for part in sorted(shown, key=subnet.parts.index):
        rows.append((part.kind, part.text, part.id))
        rows += _note_rows(notes.get((subnet.id, part.id), ()), room)
    if len(subnet.parts) > len(shown):
        rows.append(("more", f"and {len(subnet.parts) - len(shown)} more in this subnet", ""))
    return rows


def _note_rows(notes: Sequence[Note], room: float) -> list[tuple[str, str, str]]:
    rows = []
    for note in notes:
        rows += [(note.behaviour.value, line, "") for line in note_lines(note, room)]
    return rows


def note_lines(note: Note, room: float, most: int = MOST_NOTE_LINES) -> list[str]:
    """The note in at most `most` lines of `room` units, led by its sign."""
    text = f"{SIGNS[note.behaviour]} {note.text}"
    return fitted_text.lines(text, points(room), ROWS["note"][1], most)


def measure(kind: str) -> tuple[float, float, str]:
    """Height in units, size in points and weight of a row."""
    if kind in SIGNS:
        return ROWS["note"]
    return ROWS.get(kind, ROWS["part"])


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
