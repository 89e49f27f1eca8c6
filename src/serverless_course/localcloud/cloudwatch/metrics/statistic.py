"""Statistics as CloudWatch names them: ``Average``, ``p99.9``, ``TM(10%:90%)``, ``IQM``.

Source: Amazon CloudWatch User Guide, "CloudWatch statistics definitions" (read 2026-11): names,
bounds in per cent or as values, that percentile rank and trimmed count leave the lower bound out
and take the upper one in, that IQM is TM(25%:75%), and that a statistic set has no percentiles
unless its values must all be equal; that there are none either where a value is negative.
How CloudWatch finds a percentile between two values is not documented. Here it is the nearest
rank: the smallest value such that at least p per cent of the values are no greater. Bounds in per
cent keep the ranks from the lower one on up to that of the upper one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .metric import Samples
from .nearest_rank import nearest_rank, steady

_SIMPLE: dict[str, Callable[[Samples], float]] = {
    "SampleCount": lambda samples: samples.count,
    "Sum": lambda samples: samples.total,
    "Average": lambda samples: samples.total / samples.count,
    "Minimum": lambda samples: samples.minimum,
    "Maximum": lambda samples: samples.maximum,
}
SIMPLE = tuple(_SIMPLE)
_NUMBER = r"\d+(?:\.\d{1,10})?"
_PERCENTILE = re.compile(rf"p({_NUMBER})", re.IGNORECASE)
_SHORT = re.compile(rf"(tm|wm|tc|ts)({_NUMBER})", re.IGNORECASE)
_LONG = re.compile(
    rf"(tm|wm|tc|ts|pr)\(({_NUMBER}(?=%|:))?(%?):({_NUMBER}(?=%|\)))?(%?)\)", re.IGNORECASE
)
Counted = list[tuple[float, float]]


@dataclass(frozen=True)
class Statistic:
    """One statistic. ``kind``: a simple one's name, or p, TM, WM, TC, TS, PR.

    ``lower`` and ``upper`` are bounds: fractions of 1 where ``per_cent``, else values.
    """

    kind: str
    lower: float | None = None
    upper: float | None = None
    per_cent: bool = True

    @property
    def is_percentile(self) -> bool:
        """Whether this is pNN, for which alarms look at the number of samples."""
        return self.kind == "p"

    def of(self, samples: Samples) -> float | None:
        """The statistic of some samples, or None where there is none to give."""
        if samples.count <= 0:
            return None
        simple = _SIMPLE.get(self.kind)
        if simple is not None:
            return simple(samples)
        if samples.sets or samples.minimum < 0:
            return None
        ordered = samples.ordered()
        if self.kind == "p":
            return nearest_rank(ordered, self.upper or 0.0)
        kept = self._kept(ordered, samples.count)
        if self.kind == "WM":
            return self._winsorized(ordered, kept, samples.count)
        return _of_kept(self.kind, kept, samples.count)

    def _kept(self, ordered: Counted, count: float) -> Counted:
        if not self.per_cent:
            lower = -math.inf if self.lower is None else self.lower
            upper = math.inf if self.upper is None else self.upper
            return [(value, n) for value, n in ordered if lower < value <= upper]
        first = math.floor(steady((self.lower or 0.0) * count))
        last = math.ceil(steady((1.0 if self.upper is None else self.upper) * count))
        kept: Counted = []
        before = 0.0
        for value, n in ordered:
            inside = min(before + n, last) - max(before, first)
            if inside > 0:
                kept.append((value, inside))
            before += n
        return kept

    def _winsorized(self, ordered: Counted, kept: Counted, count: float) -> float | None:
        """What lies outside the bounds counts as the bound that it passed."""
        if self.per_cent:
            if not kept:
                return None
            low, high = kept[0][0], kept[-1][0]
            first = math.floor(steady((self.lower or 0.0) * count))
            inside = sum(n for _, n in kept)
            total = sum(value * n for value, n in kept)
            return (total + first * low + (count - first - inside) * high) / count
        low = -math.inf if self.lower is None else self.lower
        high = math.inf if self.upper is None else self.upper
        return sum(min(max(value, low), high) * n for value, n in ordered) / count


@lru_cache(maxsize=512)
def parse(text: str) -> Statistic:
    """The statistic that a name says. Raises ValueError for anything else."""
    if text in _SIMPLE:
        return Statistic(text)
    if text.upper() == "IQM":
        return Statistic("TM", 0.25, 0.75)
    if found := _PERCENTILE.fullmatch(text):
        return Statistic("p", None, _fraction(text, found[1]))
    if found := _SHORT.fullmatch(text):
        return Statistic(found[1].upper(), None, _fraction(text, found[2]))
    if found := _LONG.fullmatch(text):
        return _bounded(text, *found.groups())
    raise ValueError(f"{text} is no statistic")


def _bounded(
    text: str, kind: str, lower: str | None, low_sign: str, upper: str | None, high_sign: str
) -> Statistic:
    per_cent = "%" in (low_sign, high_sign)
    whole = (lower is None) == (not low_sign) and (upper is None) == (not high_sign)
    if (lower is None and upper is None) or (per_cent and (not whole or kind.upper() == "PR")):
        raise ValueError(f"{text} is no statistic")
    if per_cent:
        low = None if lower is None else _fraction(text, lower)
        high = None if upper is None else _fraction(text, upper)
    else:
        low = None if lower is None else float(lower)
        high = None if upper is None else float(upper)
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{text} is no statistic: its bounds are not in order")
    return Statistic(kind.upper(), low, high, per_cent)


def _fraction(text: str, number: str) -> float:
    if not 0 <= float(number) <= 100:
        raise ValueError(f"{text} is no statistic: it goes from 0 to 100")
    return float(number) / 100


def _of_kept(kind: str, kept: Counted, count: float) -> float | None:
    inside = sum(n for _, n in kept)
    total = sum(value * n for value, n in kept)
    if kind == "TC":
        return inside
    if kind == "PR":
        return 100.0 * inside / count
    if kind == "TS":
        return total
    return total / inside if inside else None
