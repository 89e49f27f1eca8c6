"""A picture with places that tell more: under the pointer, and by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas.api.types import is_numeric_dtype

from serverless_course.figures.alt import Picture, table_html

# The words stand in an attribute: where a viewer takes the style away, nothing lies about.
_STYLE = """<style>
.course-spots {position: relative; display: inline-block; max-width: 100%; line-height: 1.35}
.course-spot {position: absolute; border-radius: 3px}
.course-spot:hover, .course-spot:focus {outline: 2px solid #1a1a1a; outline-offset: -1px}
.course-spot:hover::after, .course-spot:focus::after {content: attr(aria-label);
  position: absolute; top: calc(100% + 4px); left: 0; z-index: 9; white-space: pre-line;
  width: max-content; max-width: 30em; padding: 6px 9px; border: 1px solid #4d4d4d;
  border-radius: 4px; background: #ffffff; color: #1a1a1a; font: 13px sans-serif;
  pointer-events: none; overflow-wrap: anywhere}
.course-spot.course-left:hover::after, .course-spot.course-left:focus::after {left: auto; right: 0}
.course-spot.course-up:hover::after, .course-spot.course-up:focus::after
  {top: auto; bottom: calc(100% + 4px)}
</style>"""


WIDEST_PX = 1120
OPEN_UP_TO = 12

# Names begin at the left, so that their steps are seen, and so does the last column, of words.
_TABLE_STYLE = """<style>
.course-table {overflow-x: auto}
.course-table table {border-collapse: collapse; font-size: 13px}
.course-table tr > * {padding: 3px 8px; text-align: right; vertical-align: top}
.course-table tr > :first-child, .course-words-last tr > :last-child {text-align: left}
</style>"""


@dataclass(frozen=True)
class Spot:
    """A rectangle in the data of its axes, and what it tells; lines of the text are kept."""

    left: float
    right: float
    bottom: float
    top: float
    text: str


class SpottedPicture(Picture):
    """A picture whose places show their words on hover and focus; Tab goes from one to the next."""

    def __init__(
        self,
        figure: Figure,
        alt: str,
        table: pd.DataFrame | None,
        axes: Axes,
        spots: Sequence[Spot],
    ) -> None:
        """``spots`` are in the data of ``axes``; the other parameters are those of Picture."""
        # Draws the figure: only then is it known where the axes stand.
        super().__init__(figure, alt, table)
        self.spots = tuple(spots)
        self._places = [_place(figure, axes, spot) for spot in spots]

    def image_html(self) -> str:
        """The ``<img>`` with its places over it."""
        spans = "".join(
            f'<span class="course-spot{" course-left" if left > 55 else ""}'
            f'{" course-up" if top > 60 else ""}" tabindex="0" role="img" '
            f'aria-label="{_attribute(spot.text)}" style="left: {left:.2f}%; top: {top:.2f}%; '
            f'width: {width:.2f}%; height: {height:.2f}%"></span>'
            for spot, (left, top, width, height) in zip(self.spots, self._places, strict=True)
        )
        # A wide picture is moved sideways: made to fit, its words could not be read.
        wide = self.width_px > WIDEST_PX
        frame = f' style="max-width: none; width: {self.width_px}px"' if wide else ""
        html = f'<div class="course-spots"{frame}>{super().image_html()}{spans}</div>'
        return f'{_STYLE}<div style="overflow-x: auto">{html}</div>' if wide else _STYLE + html

    def _repr_html_(self) -> str:
        """The picture at its full width, and its table below: beside it both would be too small."""
        return self.image_html() + folded_table(self.table)


def folded_table(table: pd.DataFrame | None) -> str:
    """A table below a picture, open when it is short."""
    if table is None:
        return ""
    state = " open" if len(table) <= OPEN_UP_TO else ""
    is_words = table.columns.size and not is_numeric_dtype(table.iloc[:, -1])
    names = "course-table course-words-last" if is_words else "course-table"
    return (
        f"{_TABLE_STYLE}<details{state}><summary>The same as a table</summary>"
        f'<div class="{names}">{table_html(table)}</div></details>'
    )


def _attribute(text: str) -> str:
    return escape(text, quote=True).replace("\n", "&#10;")


def _place(figure: Figure, axes: Axes, spot: Spot) -> tuple[float, float, float, float]:
    """Left, top, width and height in percent of the picture."""
    wide, high = figure.bbox.width, figure.bbox.height
    (x0, y0), (x1, y1) = axes.transData.transform(
        [(spot.left, spot.bottom), (spot.right, spot.top)]
    )
    left, right = sorted((100 * x0 / wide, 100 * x1 / wide))
    low, top = sorted((100 * y0 / high, 100 * y1 / high))
    left, right = max(0.0, left), min(100.0, right)
    return left, 100 - top, right - left, top - low
