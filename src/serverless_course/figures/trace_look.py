"""How the ends of requests look, and how times and names are written, in all trace figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serverless_course.aws.names import prefix
from serverless_course.figures.style import MEASURED, PUBLISHED
from serverless_course.slugs import known_slugs
from serverless_course.traces.node import State


@dataclass(frozen=True)
class Look:
    """A colour, with the symbol and the word that say the same without it."""

    colour: str
    symbol: str
    word: str

    def __str__(self) -> str:
        return f"{self.symbol} {self.word}"


# Dark enough for text on the card (4.5:1), and apart in lightness and hue for colour-blind readers.
STATES: dict[State, Look] = {
    "ok": Look(MEASURED.colour, "✓", "ok"),
    "error": Look("#7a5c00", "▲", "error"),
    "throttle": Look("#8c3d7a", "◆", "throttle"),
    "fault": Look("#a8071a", "✕", "fault"),
}
# Init is hatched in this colour, as in the figure of a function's life.
COLD = PUBLISHED.colour
WAITING = "#c9dff0"


def shortened(text: str, most: int) -> str:
    """A text of ``most`` characters or fewer: a longer one loses its middle.

    What all names of a lesson or a lab begin with is left out first, and always: a reader knows
    it, and wants to see where names differ.
    """
    text = _beginning().sub("", text)
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


@cache
def _beginning() -> re.Pattern[str]:
    known = sorted(known_slugs(Path.cwd()), key=len, reverse=True)
    names = "|".join(re.escape(prefix(slug)) for slug in known)
    return re.compile(rf"\b(?:{names})(?=\w)" if names else r"(?!)")


def duration(seconds: float) -> str:
    """A duration with three figures or more: ``4.21 ms``, ``310 ms``, ``12.5 s`` from 10 s on."""
    ms = seconds * 1000
    if ms < 0.005:
        return "0 ms"
    if ms >= 10_000:
        return f"{seconds:,.1f} s"
    return f"{ms:,.0f} ms" if ms >= 100 else f"{ms:.1f} ms" if ms >= 10 else f"{ms:.2f} ms"


def percent(share: float) -> str:
    """A share of 1 in percent: ``0.12 %``, ``5 %``, ``100 %``."""
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.2g} %"


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 trace``, ``2,000 traces``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
