"""A picture that carries its words: alternative text, and the table it was drawn from."""

import base64
import io
from html import escape
from typing import Any, Literal

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine


class Picture:
    """A matplotlib figure as `<img alt="…">`; its plain text is the alternative text.

    Inline plots of a notebook have no alternative text; HTML images have. With `table`, the
    numbers stand beside the picture, in HTML and in the plain text.
    """

    def __init__(
        self,
        figure: Figure,
        alt: str,
        table: pd.DataFrame | None = None,
        *,
        sharpness: int = 1,
        table_below: bool = False,
    ) -> None:
        """`alt` must say what the figure shows; `ValueError` when it says nothing.

        `sharpness` is the number of dots drawn for each pixel of the figure's size. A picture
        that must not get narrower for its table has it below.
        """
        if not alt.strip():
            raise ValueError("A picture needs alternative text: say in words what it shows.")
        self.alt = " ".join(alt.split())
        self.table = table
        self.table_below = table_below
        self.width_px = round(figure.get_figwidth() * figure.dpi)
        self.png = _png(figure, sharpness)

    def image_html(self) -> str:
        """The `<img>` alone."""
        data = base64.b64encode(self.png).decode("ascii")
        return (
            f'<img alt="{escape(self.alt, quote=True)}" src="data:image/png;base64,{data}" '
            f'style="width: {self.width_px}px; max-width: 100%; height: auto; '
            'border: 1px solid #808080; border-radius: 4px">'
        )

    def _repr_html_(self) -> str:
        if self.table is None:
            return self.image_html()
        table = f'<div style="flex: 0 1 auto; overflow-x: auto">{table_html(self.table)}</div>'
        if self.table_below:
            return f"<div>{self.image_html()}{table}</div>"
        return (
            '<div style="display: flex; flex-wrap: wrap; gap: 1em; align-items: flex-start">'
            f'<div style="flex: 1 1 24em; max-width: {self.width_px}px">{self.image_html()}</div>'
            f"{table}</div>"
        )

    def __str__(self) -> str:
        return self.alt if self.table is None else f"{self.alt}\n\n{self.table.to_string()}"

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def table_html(table: pd.DataFrame, justify: Literal["left", "right"] = "right") -> str:
    """A table as HTML with header cells that say what they head; texts are escaped.

    `justify` is for the headings of columns; those of text are better left.
    """
    head, end, body = table.to_html(border=0, na_rep="–", justify=justify).partition("</thead>")
    columns = head.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')
    return columns + end + body.replace("<th>", '<th scope="row">')


def _png(figure: Figure, sharpness: int) -> bytes:
    buffer = io.BytesIO()
    # Without the library's name and version the same figure gives the same bytes for longer.
    metadata = {"Software": None}
    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        figure.savefig(buffer, format="png", metadata=metadata, dpi=figure.dpi * sharpness)
    else:
        # savefig draws twice, the first time for a layout that this figure does not have.
        figure.dpi *= sharpness
        canvas: Any = FigureCanvasAgg(figure)
        canvas.print_png(buffer, metadata=metadata)
    return buffer.getvalue()
