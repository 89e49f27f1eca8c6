"""Text that fits its box: measured with the font it is drawn in, shortened or broken into lines."""

from __future__ import annotations

from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

ELLIPSIS = "…"
_MEASURE = TextToPath()


@lru_cache(maxsize=4096)
def width_pt(text: str, size_pt: float, weight: str = "normal") -> float:
    """Width of a line of text in points."""
    font = FontProperties(size=size_pt, weight=weight)
    width, _, _ = _MEASURE.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def shortened(text: str, room_pt: float, size_pt: float, weight: str = "normal") -> str:
    """The text, or as much of its beginning and end as fits into `room_pt` points."""
    if width_pt(text, size_pt, weight) <= room_pt:
        return text
    for kept in range(len(text) - 1, 1, -1):
        # Names differ more often at their end than in their middle.
        end = kept // 2
        short = text[: kept - end].rstrip() + ELLIPSIS + text[len(text) - end :].lstrip()
        if width_pt(short, size_pt, weight) <= room_pt:
            return short
    return ELLIPSIS


def lines(text: str, room_pt: float, size_pt: float, most: int) -> list[str]:
    """The text in at most `most` lines of `room_pt` points; an ellipsis ends what does not fit."""
    rows: list[str] = []
    words = text.split()
    while words and len(rows) < most:
        taken = 1
        while taken < len(words) and width_pt(" ".join(words[: taken + 1]), size_pt) <= room_pt:
            taken += 1
        row, words = " ".join(words[:taken]), words[taken:]
        if words and len(rows) == most - 1:
            while " " in row and width_pt(f"{row} {ELLIPSIS}", size_pt) > room_pt:
                row = row.rsplit(" ", 1)[0]
            row += f" {ELLIPSIS}"
        rows.append(shortened(row, room_pt, size_pt))
    return rows
