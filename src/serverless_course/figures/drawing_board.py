"""A card to draw boxes, lines and fitted text on, in units of a hundredth of an inch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from serverless_course.figures import fitted_text, style

UNITS_PER_INCH = 100
LINE_HEIGHT = 1.75
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle by its upper left corner; x grows to the right and y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def points(units: float) -> float:
    """Units of a board in points, in which text is measured."""
    return units * 72 / UNITS_PER_INCH


def units(points_: float) -> float:
    """Points in units of a board."""
    return points_ * UNITS_PER_INCH / 72


class Board:
    """A figure of `width` by `height` units without axes."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = style.new_figure(width / UNITS_PER_INCH, height / UNITS_PER_INCH)
        self.figure.set_layout_engine("none")
        self._axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        self._axes.axis("off")

    def box(
        self,
        box: Box,
        edge: str,
        ground: str,
        *,
        width: float = 1.0,
        dash: Any = "-",
        rounding: float = 5,
        above: bool = False,
    ) -> None:
        """A rounded rectangle; `above` lays it over lines."""
        self._axes.add_artist(
            FancyBboxPatch(
                (box.x, box.y),
                box.width,
                box.height,
                boxstyle=f"round,pad=0,rounding_size={rounding}",
                edgecolor=edge,
                facecolor=ground,
                linewidth=width,
                linestyle=dash,
                zorder=5 if above else 1,
            )
        )

    def text(
        self,
        box: Box,
        text: str,
        size_pt: float,
        *,
        weight: str = "normal",
        colour: str = style.INK,
        centred: bool = False,
    ) -> None:
        """One line of text in the middle of the box's height, shortened to its width."""
        self._axes.text(
            box.centre[0] if centred else box.x,
            box.centre[1],
            fitted_text.shortened(text, points(box.width), size_pt, weight),
            fontsize=size_pt,
            fontweight=weight,
            color=colour,
            ha="center" if centred else "left",
            va="center_baseline",
            zorder=7,
            # A name may hold a dollar sign.
            parse_math=False,
        )

    def lines(self, box: Box, text: str, size_pt: float, *, colour: str = style.INK) -> None:
        """Text in as many lines as the box has room for."""
        height = LINE_HEIGHT * size_pt
        rows = fitted_text.lines(text, points(box.width), size_pt, int(box.height // height))
        for number, row in enumerate(rows):
            self.text(Box(box.x, box.y + number * height, box.width, height), row, size_pt,
                      colour=colour)  # fmt: skip

    def line(self, stroke: Sequence[Point], colour: str, width: float, dash: Any = "-") -> None:
        """A line through points."""
        x, y = zip(*stroke, strict=True)
        self._axes.add_artist(
            Line2D(
                x,
                y,
                color=colour,
                linestyle=dash,
                linewidth=width,
                solid_joinstyle="round",
                zorder=4,
            )
        )

    def arrow(self, stroke: Sequence[Point], colour: str, width: float) -> None:
        """A straight line with a head at its end."""
        self._axes.annotate(
            "",
            xy=stroke[-1],
            xytext=stroke[0],
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "linewidth": width,
                "shrinkA": 0,
                "shrinkB": 0,
            },
            zorder=3,
        )

    def sign(self, at: Point, text: str, colour: str) -> None:
        """A sign in a circle."""
        x, y = at
        self._axes.plot(
            [x],
            [y],
            marker="o",
            markersize=13,
            color="white",
            markeredgecolor=colour,
            markeredgewidth=1.4,
            zorder=6,
        )
        self._axes.text(
            x,
            y,
            text,
            color=colour,
            fontsize=10,
            fontweight="bold",
            ha="center",
            va="center_baseline",
            zorder=7,
        )
