"""A page of pictures: one HTML file that holds them all, each with words that stand in for it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import NamedTuple

STYLE = (
    "display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: 8px; "
    "list-style: none; padding: 0; margin: 0"
)
IMAGE_STYLE = "width: 100%; height: auto; image-rendering: pixelated; border-radius: 3px"


class Framed(NamedTuple):
    """A picture of the page: its name, the bytes of its PNG, and what it shows in words."""

    name: str
    png: bytes
    shows: str


class PicturePage:
    """Pictures beside each other, in a notebook or as a file."""

    def __init__(self, pictures: Iterable[tuple[str, bytes, str]], title: str = "Pictures") -> None:
        """Hang pictures: of each its name, its PNG, and its alternative text.

        Raises:
            ValueError: a picture has no words, or there is no picture.
        """
        self.pictures = [Framed(*each) for each in pictures]
        self.title = title
        if not self.pictures:
            raise ValueError("There is no picture to show yet.")
        silent = [each.name for each in self.pictures if not each.shows.strip()]
        if silent:
            raise ValueError(f"Say in words what {silent[0]} shows.")

    def write(self, path: str | Path) -> Path:
        """Write the page as one file that needs nothing else; returns its path."""
        target = Path(path)
        target.write_text(
            '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(self.title)}</title>"
            "<style>:root { color-scheme: light dark } body { font: 1rem system-ui, sans-serif; "
            "max-width: 64rem; margin: 1rem auto; padding: 0 1rem }</style></head>\n"
            f"<body><main>{self._repr_html_()}</main></body>\n</html>\n",
            encoding="utf-8",
        )
        return target

    def _repr_html_(self) -> str:
        items = "".join(
            f'<li><img alt="{escape(each.shows, quote=True)}" style="{IMAGE_STYLE}" '
            f'src="data:image/png;base64,{base64.b64encode(each.png).decode("ascii")}"></li>'
            for each in self.pictures
        )
        heading = f"{self.title}: {len(self.pictures)}"
        return (
            f'<h1 style="font-size: 1.2em">{escape(heading)}</h1><ul style="{STYLE}">{items}</ul>'
        )

    def __repr__(self) -> str:
        lines = [f"{self.title}: {len(self.pictures)}"]
        lines += [f"{each.name}: {each.shows}" for each in self.pictures]
        return "\n".join(lines)
