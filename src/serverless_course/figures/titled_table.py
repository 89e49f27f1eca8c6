"""A table with a title above it: what a reader must know before the numbers."""

from __future__ import annotations

from html import escape
from typing import Any, cast

import pandas as pd


class TitledTable(pd.DataFrame):
    """A DataFrame that shows its title, as text and as HTML."""

    _metadata = ["title"]  # noqa: RUF012 - pandas' own way to keep an attribute
    title: str

    @property
    def _constructor(self) -> Any:
        # What is cut out of it is another table, without the title.
        return pd.DataFrame

    def __repr__(self) -> str:
        return f"{self.title}\n\n{super().__repr__()}"

    def _repr_html_(self) -> str | None:
        shown = cast(Any, super())._repr_html_()
        return f"<p><strong>{escape(self.title)}</strong></p>\n{shown}"


def titled(table: pd.DataFrame, title: str) -> TitledTable:
    """The same table with a title above it."""
    found = TitledTable(table)
    found.title = title
    return found
