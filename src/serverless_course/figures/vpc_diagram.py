"""A VPC drawn from EC2's describe calls, with the paths of its functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from serverless_course.figures import fitted_text, style, vpc_words
from serverless_course.figures.alt import Picture
from serverless_course.figures.vpc_layout import (
    INTERNET,
    SERVICE,
    SIGNS,
    TOP,
    UNITS_PER_INCH,
    Box,
    Key,
    Layout,
    Note,
    Row,
    layout,
    measure,
    points,
)
from serverless_course.figures.vpc_lines import line
from serverless_course.figures.vpc_paths import DrawnPath, addresses, drawn
from serverless_course.figures.vpc_view import ISOLATED, PRIVATE, PUBLIC, Functions, VpcView, view
from serverless_course.network.journey import Behaviour, Path
from serverless_course.network.network import Described, Network

# Edge and ground of a subnet by its type. The edges keep 4.5:1 on the card and on their ground.
SUBNETS = {
    PUBLIC: ("#9a3b00", "#fdf1e8"),
    PRIVATE: ("#005a94", "#e9f3fb"),
    ISOLATED: ("#4d4d4d", "#f0f0f0"),
}
SERVICES = {"s3": "Amazon S3", "dynamodb": "DynamoDB"}
# Small text on many boxes: more dots for screens that have them.
SHARPNESS = 2
BLOCKED = "#b3001b"
VERDICTS = {
    Behaviour.DELIVERED: (style.OTHER.colour, "-"),
    Behaviour.DROPPED: (BLOCKED, (0, (4, 2))),
    Behaviour.REFUSED: (BLOCKED, (0, (4, 2))),
    Behaviour.UNKNOWN: (style.QUIET_INK, ":"),
}


def vpc_diagram(
    described: Described,
    functions: Functions = (),
    paths: Sequence[Path] = (),
    *,
    vpc_id: str | None = None,
    names: Mapping[str, str] | None = None,
    title: str | None = None,
) -> Picture:
    """Draw a VPC: zones as columns, subnets as boxes, gateways, endpoints, functions and paths.

    Args:
        described: the lists of EC2's describe calls by their own names, as
            `network.Network.of` takes them.
        functions: Lambda's function configurations, each with its `VpcConfig`.
        paths: what `Network.path` answered, to be drawn as lines: whole where it is delivered,
            red and with a ✗ at the place where it is not.
        vpc_id: which VPC; needed when several are described.
        names: what addresses in the VPC are called, as `{"10.0.2.10": "database"}`.
        title: the picture's message; without it, the picture finds its own.

    Raises:
        ValueError: no VPC or several and none named, no subnet, a path from elsewhere.
    """
    seen = view(Network.of(described), functions, addresses(paths), names, vpc_id)
    lines = [drawn(path, seen, functions) for path in paths]
    notes: dict[Key, list[Note]] = {}
    for each in lines:
        # A part that a path comes by must have a place, with or without a note.
        for key in each.stations:
            notes.setdefault(key, [])
        notes[each.noted_at].append(each.note)
    placed = layout(seen, notes, len(lines))
    message = title or vpc_words.message(seen, lines)
    figure = style.new_figure(placed.width / UNITS_PER_INCH, placed.height / UNITS_PER_INCH)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, placed.width)
    axes.set_ylim(placed.height, 0)
    axes.axis("off")
    _text(axes, Box(14, 4, placed.width - 28, 26), message, 12, "bold")
    _frame(axes, seen, placed)
    for subnet in seen.subnets:
        _subnet(axes, placed, subnet.id, subnet.kind)
    for lane, each in enumerate(lines):
        _path(axes, placed, each, lane)
    return Picture(
        figure, vpc_words.alt(seen, lines, message), vpc_words.table(seen), sharpness=SHARPNESS
    )


def _frame(axes: Axes, seen: VpcView, placed: Layout) -> None:
    """What stands around the subnets: the VPC, its zones, its gateways and endpoints."""
    _box(axes, placed.vpc, style.INK, "white", width=1.6)
    left = Box(placed.vpc.x + 12, TOP + 12, placed.vpc.width / 2 - 92, 20)
    _text(axes, left, f"{seen.name}  {', '.join(seen.cidrs)}", 10, "bold")
    for number, (kind, text) in enumerate(placed.header):
        x = placed.places[INTERNET].centre[0] + 10 + 7 * 4
        where = Box(x, TOP + 14 + 15 * number, placed.vpc.right - x - 8, 15)
        _text(axes, where, text, measure(kind)[1], "normal", VERDICTS[Behaviour(kind)][0])
    for name, zone in placed.zones.items():
        _box(axes, zone, "#8a8a8a", "none", dash=(0, (5, 3)))
        _text(axes, Box(zone.x + 10, zone.y + 4, zone.width - 20, 20), f"Zone {name}", 9, "bold",
              style.QUIET_INK)  # fmt: skip
    _pill(axes, placed.places[INTERNET], "the internet, AWS's public addresses")
    if seen.internet_gateway:
        _pill(axes, placed.places["", seen.internet_gateway], "internet gateway", SUBNETS[PUBLIC])
    else:
        where = placed.places[INTERNET]
        _text(axes, Box(where.x, TOP - 22, where.width, 18), "no internet gateway", 8.5, "normal",
              style.QUIET_INK, centred=True)  # fmt: skip
    for nat in seen.regional_nats:
        _pill(axes, placed.places["", nat.id], f"{nat.text}, in every zone", SUBNETS[PRIVATE])
    for identifier, service in seen.gateway_endpoints:
        _pill(axes, placed.places["", identifier], f"{service} gateway", SUBNETS[ISOLATED])
        _pill(axes, placed.places[SERVICE, identifier], SERVICES.get(service, service))


def _subnet(axes: Axes, placed: Layout, identifier: str, kind: str) -> None:
    edge, ground = SUBNETS[kind]
    box = placed.places[identifier, ""]
    _box(axes, box, edge, ground, width=1.4)
    word = fitted_text.width_pt(kind.upper(), 8, "bold") * UNITS_PER_INCH / 72
    for row in placed.rows[identifier]:
        room = row.box
        if row.kind == "name":
            tag = Box(room.right - word, room.y, word + 4, room.height)
            _text(axes, tag, kind.upper(), 8, "bold", edge)
            room = Box(room.x, room.y, room.width - word - 8, room.height)
        _row(axes, row, room, edge)


def _row(axes: Axes, row: Row, room: Box, edge: str) -> None:
    _, size, weight = measure(row.kind)
    if row.kind in SIGNS:
        _text(axes, room, row.text, size, weight, VERDICTS[Behaviour(row.kind)][0])
    elif row.kind in ("name", "room", "route", "more"):
        quiet = style.INK if row.kind in ("name", "room") else style.QUIET_INK
        _text(axes, room, row.text, size, weight, quiet)
    else:
        chip = Box(room.x, room.y + 2, room.width, room.height - 5)
        _box(axes, chip, style.INK if row.kind == "function" else edge, "white")
        inner = Box(chip.x + 7, chip.y, chip.width - 14, chip.height)
        _text(axes, inner, row.text, size, "bold" if row.kind == "function" else "normal")


def _path(axes: Axes, placed: Layout, path: DrawnPath, lane: int) -> None:
    colour, dash = VERDICTS[path.note.behaviour]
    strokes = line(placed, path.stations, lane)
    for stroke in strokes:
        axes.plot(*zip(*stroke, strict=True), color=colour, linestyle=dash, linewidth=2.0,
                  solid_joinstyle="round", zorder=4)  # fmt: skip
    x, y = strokes[-1][-1]
    axes.plot([x], [y], marker="o", markersize=13, color="white", markeredgecolor=colour,
              markeredgewidth=1.4, zorder=5)  # fmt: skip
    axes.text(x, y, SIGNS[path.note.behaviour], color=colour, fontsize=10, fontweight="bold",
              ha="center", va="center_baseline", zorder=6)  # fmt: skip


def _pill(axes: Axes, box: Box, text: str, colours: tuple[str, str] = (style.INK, "white")) -> None:
    _box(axes, box, *colours, rounding=10, zorder=5)
    inner = Box(box.x + 8, box.y, box.width - 16, box.height)
    _text(axes, inner, text, 8.5, "normal", centred=True)


def _box(
    axes: Axes,
    box: Box,
    edge: str,
    ground: str,
    *,
    width: float = 1.0,
    dash: Any = "-",
    rounding: float = 5,
    zorder: float = 1,
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (box.x, box.y),
            box.width,
            box.height,
            boxstyle=f"round,pad=0,rounding_size={rounding}",
            edgecolor=edge,
            facecolor=ground,
            linewidth=width,
            linestyle=dash,
            zorder=zorder,
        )
    )


def _text(
    axes: Axes,
    box: Box,
    text: str,
    size: float,
    weight: str,
    colour: str = style.INK,
    *,
    centred: bool = False,
) -> None:
    axes.text(
        box.centre[0] if centred else box.x,
        box.centre[1],
        fitted_text.shortened(text, points(box.width), size, weight),
        fontsize=size,
        fontweight=weight,
        color=colour,
        ha="center" if centred else "left",
        va="center_baseline",
        zorder=6,
        # A name may hold a dollar sign.
        parse_math=False,
    )
