"""How a path runs through the drawing: along the gutters of the zones and the band above them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from serverless_course.figures.drawing_board import Box, Point
from serverless_course.figures.vpc_layout import INTERNET, LANE, SIGN, Layout
from serverless_course.figures.vpc_rows import Key

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
