"""Paths as they are drawn: the stations that a reader sees, what is said of the end, the strokes.

Strokes run along the gutters of the zones and the band above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from serverless_course.figures.drawing_board import Box, Point
from serverless_course.figures.vpc.layout import INTERNET, LANE, SERVICE, SIGN, Key, Layout, Note
from serverless_course.figures.vpc.parts import Functions, by_name, subnets_of
from serverless_course.figures.vpc.view import SubnetView, VpcView
from serverless_course.network.journey import Address, Hop, Internet, Path, Reason, Service
from serverless_course.network.network import Network

# Hops that the drawing shows as parts; every other one belongs to the part before it.
SHOWN = ("nat", "internet-gateway", "egress-only-gateway", "endpoint")


@dataclass(frozen=True)
class DrawnPath:
    """A path between parts of the drawing.

    Attributes:
        stations: the parts it comes by; the last one is where it ends.
        start: what it begins at, in words.
        end: where it wants to go, in words.
        why: the verdict's words, with names for ids.
        note: what stands in the drawing.
    """

    stations: tuple[Key, ...]
    start: str
    end: str
    why: str
    note: Note

    @property
    def delivered(self) -> bool:
        """Whether it arrives, and the answers come back."""
        return self.note.behaviour == "delivered"

    @property
    def noted_at(self) -> Key:
        """Where the note stands: at the start when all is well, else where the path ended."""
        return self.stations[0 if self.delivered else -1]

    @property
    def words(self) -> str:
        """The whole path in words."""
        return f"{self.start} to {self.end}: {self.note.behaviour.value}. {self.why}"


def drawn(path: Path, view: VpcView, functions: Functions, network: Network) -> DrawnPath:
    """Find the stations of a path in a VPC's view.

    Raises:
        ValueError: the path begins in another VPC's subnet.
    """
    subnet = next((each for each in view.subnets if each.id == path.source.subnet_id), None)
    if subnet is None:
        raise ValueError(f"{path.source.subnet_id} is no subnet of {view.id}: it has no path here.")
    name, to, verdict = _function(path, functions), destination_words(path), path.verdict
    said = f"delivered to {to}"
    if not verdict.delivered:
        said = f"{to} {verdict.behaviour.value}: {by_name(path.hops[-1].words, network)}"
    return DrawnPath(
        tuple(_stations(path, view, subnet, name)),
        name or f"{path.source.kind} in {subnet.name}",
        to,
        by_name(verdict.words, network),
        Note(verdict.behaviour, said),
    )


def destination_words(path: Path) -> str:
    """The destination, as short as it can be said."""
    match path.destination:
        case Address(ip, port):
            return f"{ip}:{port}"
        case Service(name):
            return name
        case Internet(host):
            return host


def _stations(path: Path, view: VpcView, subnet: SubnetView, name: str) -> list[Key]:
    start = (subnet.id, name)
    stations: list[Key] = [start]
    for hop in path.hops:
        if hop.kind in SHOWN:
            stations += [key for key in _keys(view, hop.id, subnet.zone) if key not in stations]
    if path.verdict.delivered:
        return stations + _last_stretch(path, view, stations)
    stop = path.hops[-1]
    if stop.kind in SHOWN:
        return stations
    if not _on_the_other_side(stop, path, subnet):
        # Answers that the caller's own subnet keeps out end where they wanted to go.
        return [start]
    there = _keys(view, path.verdict.through or "", subnet.zone) or _inside(path, view)
    return stations + [key for key in there if key not in stations]


def _on_the_other_side(stop: Hop, path: Path, subnet: SubnetView) -> bool:
    """Whether a path was stopped at its destination or next gateway, not at its start."""
    if stop.kind == "network-acl":
        return subnet.id not in stop.words
    there = (Reason.GROUP_INGRESS, Reason.NOBODY_THERE)
    return path.verdict.reason in there or stop.kind in ("interface", "destination")


def _last_stretch(path: Path, view: VpcView, stations: Sequence[Key]) -> list[Key]:
    """From the last station to the destination."""
    last = stations[-1]
    if any(last == ("", endpoint) for endpoint, _ in view.gateway_endpoints):
        return [(SERVICE, last[1])]
    if (path.verdict.through or "").startswith("nat-"):
        return [("", view.internet_gateway), INTERNET] if view.internet_gateway else [INTERNET]
    if last[0] == "" and last[1] in (view.internet_gateway, view.egress_only_gateway):
        return [INTERNET]
    # An interface endpoint is the service's own place in the VPC.
    return [key for key in _inside(path, view) if key not in stations]


def _inside(path: Path, view: VpcView) -> list[Key]:
    """The place of an address that a subnet of this VPC holds."""
    wanted = path.destination.ip if isinstance(path.destination, Address) else None
    held = ((s.id, part.id) for s in view.subnets for part in s.parts if part.id == wanted)
    return list(held)[:1]


def _keys(view: VpcView, identifier: str, zone: str) -> list[Key]:
    """The place of a gateway or endpoint; of an endpoint in several zones, that of the same."""
    border = (view.internet_gateway, view.egress_only_gateway)
    if identifier and identifier in (*border, *(nat.id for nat in view.regional_nats)):
        return [("", identifier)]
    if any(identifier == endpoint for endpoint, _ in view.gateway_endpoints):
        return [("", identifier)]
    holders = [s for s in view.subnets if any(part.id == identifier for part in s.parts)]
    holders.sort(key=lambda subnet: subnet.zone != zone)
    return [(holder.id, identifier) for holder in holders[:1]]


def _function(path: Path, functions: Functions) -> str:
    """The function whose interface the path begins at, or ""."""
    for function in functions:
        groups = (function.get("VpcConfig") or {}).get("SecurityGroupIds") or ()
        there = path.source.subnet_id in subnets_of(function)
        if there and set(groups) == set(path.source.group_ids):
            return str(function["FunctionName"])
    return ""


def addresses(paths: Sequence[Path]) -> list[str]:
    """The addresses that paths lead to: they are drawn where they belong."""
    return [path.destination.ip for path in paths if isinstance(path.destination, Address)]


# A path enters a part below its middle and leaves it above, and ends a little before it.
STEP, SHORT, SIGN_STEP = 4.0, 10.0, 21.0


def line(placed: Layout, stations: Sequence[Key], lane: int, below: int = 0) -> list[list[Point]]:
    """The strokes from each station to the next; one short stroke out of the subnet for a lone one.

    Args:
        placed: the layout.
        stations: where the path comes by, in order; each must have a place.
        lane: the path's number, from 0: paths run side by side.
        below: by how many signs the end of a lone station's stroke lies lower.
    """
    if len(stations) == 1:
        start = placed.places[stations[0]]
        subnet = placed.places.get((stations[0][0], ""), start)
        y = _port(placed, stations[0])
        return [[(start.right, y), (subnet.right, y), (subnet.right, y + SIGN_STEP * below)]]
    # Paths that begin at the same part leave it side by side.
    levels = [STEP * (lane % 3 - 1), *[-STEP] * len(stations)]
    strokes = [
        _stroke(placed, one, other, lane, level)
        for (one, other), level in zip(pairwise(stations), levels, strict=False)
    ]
    strokes[-1] = _ended(strokes[-1])
    return strokes


def _ended(stroke: list[Point]) -> list[Point]:
    """The stroke with its end drawn back, so that its sign covers no text."""
    (x, y), (to_x, to_y) = stroke[-2:]
    if x == to_x:
        return [*stroke[:-1], (to_x, to_y + (SHORT if y > to_y else -SHORT))]
    return [*stroke[:-1], (to_x + (SHORT if x > to_x else -SHORT), to_y)]


def _stroke(placed: Layout, one: Key, other: Key, lane: int, above: float) -> list[Point]:
    start, end = placed.places[one], placed.places[other]
    zone, target = placed.zone_of(one), placed.zone_of(other)
    across = placed.band_y + (lane + 0.5) * LANE
    if zone is None:
        # From gateway to gateway, or on to what lies outside the VPC.
        if abs(start.centre[1] - end.centre[1]) < 1:
            return [(start.right, start.centre[1]), (end.x, end.centre[1])]
        # Beyond its border all ways to the internet are one.
        x = start.centre[0] if other == INTERNET else end.centre[0] + lane * LANE
        return [(x, start.y), (x, end.bottom)]
    gutter = _gutter(placed, zone, lane)
    level = _port(placed, one) + above
    out = [(start.right, level), (gutter, level)]
    if target is not None:
        y = _port(placed, other) + STEP
        beside = _gutter(placed, target, lane)
        over = [] if zone is target else [(gutter, across), (beside, across)]
        return [*out, *over, (beside, y), (end.right, y)]
    if end.width > zone.width / 2 and end.x < gutter < end.right:
        return [*out, (gutter, end.bottom)]
    if end.x > max(each.right for each in placed.zones.values()):
        before = end.x - (lane + 1) * LANE
        y = end.centre[1]
        return [*out, (gutter, across), (before, across), (before, y), (end.x, y)]
    x = end.centre[0] + lane * LANE
    return [*out, (gutter, across), (x, across), (x, end.bottom)]


def _gutter(placed: Layout, zone: Box, lane: int) -> float:
    return zone.right - placed.gutter + SIGN + lane * LANE


def _port(placed: Layout, key: Key) -> float:
    box = placed.places[key]
    # A subnet as a whole is left beside its name.
    return box.y + 18 if not key[1] else box.centre[1]
