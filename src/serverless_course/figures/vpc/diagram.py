"""A VPC drawn from EC2's describe calls, with the paths of its functions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from serverless_course.figures import fitted_text, style
from serverless_course.figures.alt import Picture
from serverless_course.figures.drawing_board import Board, Box, Point, points, units
from serverless_course.figures.vpc import words
from serverless_course.figures.vpc.layout import (
    INTERNET,
    SERVICE,
    SIGNS,
    TOP,
    Key,
    Layout,
    Note,
    Row,
    layout,
    measure,
)
from serverless_course.figures.vpc.parts import Functions
from serverless_course.figures.vpc.paths import DrawnPath, addresses, drawn, line
from serverless_course.figures.vpc.view import ISOLATED, PRIVATE, PUBLIC, VpcView, view
from serverless_course.network.journey import Behaviour, Path
from serverless_course.network.network import Described, Network

# Edge and ground of a subnet by its type. The edges keep 4.5:1 on the card and on their ground.
SUBNETS = {
    PUBLIC: ("#9a3b00", "#fdf1e8"),
    PRIVATE: ("#005a94", "#e9f3fb"),
    ISOLATED: ("#4d4d4d", "#f0f0f0"),
}
BLOCKED = "#b3001b"
# Colour and dashes of a path, and of the note on it, by what the caller meets.
VERDICTS = {
    Behaviour.DELIVERED: (style.OTHER.colour, "-"),
    Behaviour.DROPPED: (BLOCKED, (0, (4, 2))),
    Behaviour.REFUSED: (BLOCKED, (0, (4, 2))),
    Behaviour.UNKNOWN: (style.QUIET_INK, ":"),
}
ZONE_EDGE, QUIET = "#8a8a8a", style.QUIET_INK
SERVICES = {"s3": "Amazon S3", "dynamodb": "DynamoDB"}
# Small text on many boxes: more dots for screens that have them.
SHARPNESS = 2


def vpc_diagram(
    described: Described,
    functions: Functions = (),
    paths: Sequence[Path] = (),
    *,
    vpc_id: str | None = None,
    names: Mapping[str, str] | None = None,
    failed_zones: Collection[str] = (),
    title: str | None = None,
    sharpness: int = SHARPNESS,
) -> Picture:
    """Draw a VPC: zones as columns, subnets as boxes, gateways, endpoints, functions and paths.

    Args:
        described: the lists of EC2's describe calls by their own names, as
            `network.Network.of` takes them.
        functions: Lambda's function configurations, each with its `VpcConfig`.
        paths: what `network.travel` answered, to be drawn as lines: whole where it is delivered,
            red and with a ✗ at the place where it is not.
        vpc_id: which VPC; needed when several are described.
        names: what addresses in the VPC are called, as `{"10.0.2.10": "database"}`.
        failed_zones: names of zones that are down.
        title: the picture's message; without it, the picture finds its own.
        sharpness: dots for each pixel.

    Raises:
        ValueError: no VPC or several and none named, no subnet, a path from elsewhere.
    """
    network = Network.of(described)
    seen = view(network, functions, addresses(paths), names, vpc_id)
    lines = [drawn(path, seen, functions, network) for path in paths]
    notes: dict[Key, list[Note]] = {}
    for each in lines:
        # A part that a path comes by must have a place, with or without a note.
        for key in each.stations:
            notes.setdefault(key, [])
        # Two functions may be told the same at the same place.
        if each.note not in notes[each.noted_at]:
            notes[each.noted_at].append(each.note)
    placed = layout(seen, notes, len(lines))
    message = title or words.message(seen, lines)
    board = Board(placed.width, placed.height)
    board.text(Box(14, 4, placed.width - 28, 26), message, 12, weight="bold")
    _frame(board, seen, placed, failed_zones)
    for subnet in seen.subnets:
        _subnet(board, placed, subnet.id, subnet.kind)
    _paths(board, placed, lines)
    alt, table = words.alt(seen, lines, message, failed_zones), words.table(seen)
    return Picture(board.figure, alt, table, sharpness=sharpness, table_below=True)


def _frame(board: Board, seen: VpcView, placed: Layout, failed: Collection[str]) -> None:
    """What stands around the subnets: the VPC, its zones, its gateways and endpoints."""
    vpc, internet = placed.vpc, placed.places[INTERNET]
    board.box(vpc, style.INK, "white", width=1.6)
    label = Box(vpc.x + 12, TOP + 13, internet.centre[0] - vpc.x - 28, 20)
    blocks = ", ".join(seen.cidrs)
    rest = points(label.width) - fitted_text.width_pt(f"  {blocks}", 10, "bold")
    name = fitted_text.shortened(seen.name, rest, 10, "bold")
    board.text(label, f"{name}  {blocks}", 10, weight="bold")
    x = internet.centre[0] + 38
    for number, (kind, text) in enumerate(placed.header):
        where = Box(x, TOP + 14 + 15 * number, vpc.right - x - 8, 15)
        board.text(where, text, measure(kind)[1], colour=VERDICTS[Behaviour(kind)][0])
    for zone, box in placed.zones.items():
        down = zone in failed
        board.box(box, BLOCKED if down else ZONE_EDGE, "none", dash=(0, (5, 3)))
        head = Box(box.x + 10, box.y + 4, box.width - 20, 20)
        name, colour = (f"✗ Zone {zone}: failed", BLOCKED) if down else (f"Zone {zone}", QUIET)
        board.text(head, name, 9, weight="bold", colour=colour)
    _pill(board, internet, "the internet, AWS's public addresses")
    if seen.internet_gateway:
        gateway = placed.places["", seen.internet_gateway]
        board.line([gateway.centre, internet.centre], ZONE_EDGE, 1)
        _pill(board, gateway, "internet gateway", SUBNETS[PUBLIC])
    if seen.egress_only_gateway:
        gateway = placed.places["", seen.egress_only_gateway]
        x, y = gateway.centre
        board.line([(x, y), (x, internet.bottom)], ZONE_EDGE, 1)
        _pill(board, gateway, "egress-only gateway", SUBNETS[PUBLIC])
    if not (seen.internet_gateway or seen.egress_only_gateway):
        where = Box(internet.x, TOP - 22, internet.width, 18)
        board.text(where, "no internet gateway", 8.5, colour=style.QUIET_INK, centred=True)
    for nat in seen.regional_nats:
        _pill(board, placed.places["", nat.id], nat.text, SUBNETS[PRIVATE])
    for identifier, service in seen.gateway_endpoints:
        gate, beyond = placed.places["", identifier], placed.places[SERVICE, identifier]
        board.line([gate.centre, beyond.centre], ZONE_EDGE, 1)
        _pill(board, gate, f"{service} gateway", SUBNETS[ISOLATED])
        _pill(board, beyond, SERVICES.get(service, service))


def _subnet(board: Board, placed: Layout, identifier: str, kind: str) -> None:
    edge, ground = SUBNETS[kind]
    board.box(placed.places[identifier, ""], edge, ground, width=1.4)
    word = units(fitted_text.width_pt(kind.upper(), 8, "bold"))
    for row in placed.rows[identifier]:
        room = row.box
        if row.kind == "name":
            tag = Box(room.right - word, room.y, word + 4, room.height)
            board.text(tag, kind.upper(), 8, weight="bold", colour=edge)
            room = Box(room.x, room.y, room.width - word - 8, room.height)
        _row(board, row, room, edge)


def _row(board: Board, row: Row, room: Box, edge: str) -> None:
    _, size, weight = measure(row.kind)
    if row.kind in SIGNS:
        colour = VERDICTS[Behaviour(row.kind)][0]
        board.text(room, row.text, size, weight=weight, colour=colour)
    elif row.kind in ("name", "room"):
        board.text(room, row.text, size, weight=weight)
    elif row.kind in ("route", "more"):
        board.text(room, row.text, size, weight=weight, colour=style.QUIET_INK)
    else:
        own = row.kind == "function"
        chip = Box(room.x, room.y + 2, room.width, room.height - 5)
        board.box(chip, style.INK if own else edge, "white")
        inner = Box(chip.x + 7, chip.y, chip.width - 14, chip.height)
        board.text(inner, row.text, size, weight="bold" if own else "normal")


def _paths(board: Board, placed: Layout, paths: Sequence[DrawnPath]) -> None:
    signs: dict[Point, str] = {}
    starts = Counter(path.stations[0] for path in paths)
    stopped: Counter[Key] = Counter()
    for lane, path in enumerate(paths):
        colour, dash = VERDICTS[path.note.behaviour]
        start = path.stations[0]
        # Beside others from the same place, a path that goes nowhere has its sign below theirs.
        if len(path.stations) == 1 and starts[start] > 1:
            stopped[start] += 1
        strokes = line(placed, path.stations, lane, stopped[start])
        for stroke in strokes:
            board.line(stroke, colour, 2, dash)
        (x, y), sign = strokes[-1][-1], SIGNS[path.note.behaviour]
        near = {
            said for (at_x, at_y), said in signs.items() if math.dist((x, y), (at_x, at_y)) < 18
        }
        # Paths that end alike at the same place share their sign; others stand side by side.
        if sign not in near:
            signs[x, y] = sign
            board.sign((x + 18 * len(near), y), sign, colour)


def _pill(
    board: Board, box: Box, text: str, colours: tuple[str, str] = (style.INK, "white")
) -> None:
    board.box(box, *colours, rounding=10, above=True)
    inner = Box(box.x + 8, box.y, box.width - 16, box.height)
    board.text(inner, text, 8.5, centred=True)
