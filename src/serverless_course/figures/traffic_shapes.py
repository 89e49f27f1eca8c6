"""Shapes that a day's traffic may have: 24 numbers, the busiest of which is 1."""

from __future__ import annotations

from serverless_course.pricing.idle import HOURS_IN_A_DAY, Traffic

OWN = "my own numbers"
_OFFICE = (0, 0, 0, 0, 0, 0, 0.1, 0.4, 0.8, 1, 1, 0.9, 0.7, 0.9, 1, 0.9, 0.7, 0.4, 0.1, *(0,) * 5)
_SPIKY = (*(0,) * 6, 0.05, 0.05, 1, *(0.05,) * 3, 0.6, *(0.05,) * 5, 0.8, *(0,) * 5)
_LAUNCH = (*(0.01,) * 10, 1, 0.7, 0.4, 0.25, 0.15, 0.1, 0.08, 0.06, 0.05, 0.04, *(0.02,) * 4)
SHAPES: dict[str, tuple[float, ...]] = {
    "steady": (1.0,) * HOURS_IN_A_DAY,
    "office hours": _OFFICE,
    "spiky": _SPIKY,
    "launch day": _LAUNCH,
}


def traffic(shape: str, peak: float) -> Traffic:
    """A day of a known shape with this many requests a second in its busiest hour.

    Raises:
        LookupError: there is no such shape; the message lists them.
    """
    if shape not in SHAPES:
        raise LookupError(f"There is no shape {shape!r}. Shapes: {', '.join(SHAPES)}.")
    return Traffic.of([round(part * peak, 6) for part in SHAPES[shape]])


def read_numbers(text: str) -> Traffic:
    """A day from 24 numbers, with blanks or commas between them.

    Raises:
        ValueError: something is no number, or there are not 24; the message says which.
    """
    parts = text.replace(",", " ").split()
    for part in parts:
        try:
            float(part)
        except ValueError:
            raise ValueError(f"{part!r} is no number.") from None
    return Traffic.of([float(part) for part in parts])
