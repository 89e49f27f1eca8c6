"""The reason for a memory size: does it hold a number, and does the learner's sweep agree?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from serverless_course.exercises.feedback import NotYet
from serverless_course.exercises.inputs import shown
from serverless_course.functions.memory import cpu_share
from serverless_course.functions.sweep_result import Sweep

LEAST_WORDS = 5
NEAR = 0.1
NEAR_POINTS = 2.0
GOAL_MS = 100
REQUESTS_A_MONTH = 3_000_000

_CLAIM = re.compile(
    r"(?<![\w.,])(?P<money>(?:\$|USD)\s?)?(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)\s?"
    r"(?P<unit>ms|milliseconds?|seconds?|s|MB|megabytes?|GB|times|[x×]|%|per\s?cent|vCPUs?"
    r"|\$|dollars?|USD|cents?)?(?!\w)",
    re.IGNORECASE,
)
# unit as written, in small letters: kind, and factor to the kind's own unit
_UNITS = {
    "ms": ("ms", 1.0),
    "millisecond": ("ms", 1.0),
    "s": ("ms", 1000.0),
    "second": ("ms", 1000.0),
    "mb": ("memory", 1.0),
    "megabyte": ("memory", 1.0),
    "gb": ("memory", 1024.0),
    "time": ("times", 1.0),
    "x": ("times", 1.0),
    "×": ("times", 1.0),
    "%": ("%", 1.0),
    "percent": ("%", 1.0),
    "vcpu": ("vCPU", 1.0),
    "$": ("$", 1.0),
    "dollar": ("$", 1.0),
    "usd": ("$", 1.0),
    "cent": ("$", 0.01),
}


@dataclass(frozen=True)
class Claim:
    """A number in a sentence: as written, what it counts ("" where it has no unit), its value."""

    text: str
    kind: str
    value: float


def check_reason(reason: Any, sweep: Sweep, memory_mb: int, evidence: Sequence[str]) -> None:
    """Raise what is not right yet with a reason: too short, no number, or one that is not so.

    Args:
        reason: the learner's sentence.
        sweep: the learner's sweep of primes.
        memory_mb: the size that was chosen.
        evidence: what to show beside a number that is not so.
    """
    if not isinstance(reason, str) or len(reason.split()) < LEAST_WORDS:
        raise NotYet(
            "Say why, in five words or more: your team will ask.",
            got=shown(reason),
            next_step="A number in it convinces: the time or the cost of one run.",
        )
    sizes = {row.memory_mb for row in sweep.rows}
    # A memory size is what was chosen, and no reason to choose it.
    told = [
        claim
        for claim in claims(reason)
        if claim.kind != "memory" and not (claim.kind == "" and claim.value in sizes)
    ]
    if not told:
        raise NotYet(
            "Your reason has no number in it that was measured: your team will ask for one.",
            got=shown(reason),
            evidence=list(evidence),
            next_step="Take one from `sweep.table()`, such as the time or the cost of one run, and "
            "write it in digits with its unit.",
        )
    for claim in told:
        right = agrees if claim.kind else guess
        if not right(claim, sweep, memory_mb):
            unit = "" if claim.kind else " Write its unit, too: ms, dollars, times, per cent."
            raise NotYet(
                f"Your reason says {claim.text}, and no figure of your sweep is near that.{unit}",
                evidence=list(evidence),
                next_step="Compare it with `sweep.table()`.",
            )


def claims(reason: str) -> list[Claim]:
    """The numbers of a sentence, in order."""
    found = []
    for match in _CLAIM.finditer(reason):
        digits = match["digits"]
        thousands = re.fullmatch(r"\d+(,\d{3})+(\.\d+)?", digits)
        value = float(digits.replace(",", "" if thousands else "."))
        unit = re.sub(r"\s", "", match["unit"] or "").lower()
        # "s" is a unit of its own, and the plural of the others.
        unit = unit if unit in _UNITS else unit.removesuffix("s")
        kind, factor = ("$", 1.0) if match["money"] else _UNITS.get(unit, ("", 1.0))
        found.append(Claim(match[0].strip(), kind, value * factor))
    return found


def agrees(claim: Claim, sweep: Sweep, memory_mb: int) -> bool:
    """Whether a figure of the sweep, or one worked out from two of them, is near a claim.

    Args:
        claim: a number with a unit.
        sweep: the learner's sweep of primes.
        memory_mb: the size that was chosen.
    """
    rows = {row.memory_mb: row for row in sweep.rows}
    if claim.kind == "ms":
        times = [t for row in rows.values() for t in (row.median_ms, row.mean_ms, row.billed_ms)]
        times += [row.cold_ms for row in rows.values() if row.cold_ms is not None]
        kept = rows[memory_mb].median_ms < GOAL_MS
        return _near(claim.value, times) or (kept and claim.value == GOAL_MS)
    if claim.kind == "$":
        usd = [row.usd for row in rows.values()]
        usd += [abs(one - other) for one, other in permutations(usd, 2)]
        scales = (1, 1_000, 1_000_000, REQUESTS_A_MONTH)
        return _near(claim.value, [value * scale for value in usd for scale in scales])
    pairs = [
        (one, other)
        for figures in (
            [row.median_ms for row in rows.values()],
            [row.usd for row in rows.values()],
            list(rows),
        )
        for one, other in permutations(figures, 2)
    ]
    if claim.kind == "times":
        return _near(claim.value, [one / other for one, other in pairs])
    shares = [cpu_share(size) for size in rows]
    if claim.kind == "%":
        percents = [100 * abs(1 - one / other) for one, other in pairs]
        percents += [100 * share for share in shares]
        return any(abs(claim.value - percent) <= NEAR_POINTS for percent in percents)
    return _near(claim.value, shares)


def guess(claim: Claim, sweep: Sweep, memory_mb: int) -> bool:
    """Whether a number without a unit is near a figure of the sweep of any kind."""
    kinds = ("ms", "$", "times")
    return any(agrees(Claim(claim.text, kind, claim.value), sweep, memory_mb) for kind in kinds)


def _near(value: float, figures: Iterable[float]) -> bool:
    return any(abs(value - figure) <= NEAR * figure for figure in figures)
