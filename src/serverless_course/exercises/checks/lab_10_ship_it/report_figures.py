"""The eight figures of the report, worked out from evidence, and the usual mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from serverless_course.exercises.feedback import NotYet
from serverless_course.exercises.photo_evidence import Evidence
from serverless_course.pricing.cost import invocation_cost
from serverless_course.pricing.tables import price_table
from serverless_course.traces.latency import percentile

KEYS = (
    "pictures",
    "written_again",
    "lost",
    "usd_per_1000",
    "p50_ms",
    "p95_ms",
    "cold_share",
    "detect_s",
)
COUNTS = ("pictures", "written_again", "lost")
NEARLY = 0.02
# Alarm history has milliseconds; a learner may have rounded to tenths of a second.
NEARLY_S = 0.2


@dataclass(frozen=True)
class Truth:
    """The figures by the check's own reading, and values that come of usual mistakes."""

    figures: Mapping[str, float]
    mistakes: Mapping[str, Mapping[str, float]]


def truth_of(found: Evidence, detected_s: float | None) -> Truth:
    """The figures that follow from evidence; ``detected_s`` from the alarms' history."""
    if not found.pictures or not found.waits_ms or not found.reports:
        raise NotYet(
            "No photo of that day has become a picture.",
            next_step="Run the cell `final-run` again, and the cells below it.",
        )
    if detected_s is None:
        raise NotYet(
            "No alarm went off after a photo had failed in the version that the report calls bad.",
            next_step="Run the cell `hasty-run` again: it ships the hasty fix by your roll_out.",
        )
    table = price_table()
    dollars = [
        float(invocation_cost(each.memory_mb, each.billed_ms, table)) for each in found.reports
    ]
    no_fee = [
        float(invocation_cost(each.memory_mb, each.billed_ms, table, request_fee=False))
        for each in found.reports
    ]
    cold = sum(each.init_ms is not None for each in found.reports)
    waits = found.waits_ms
    figures = {
        "pictures": float(found.pictures),
        "written_again": float(found.twice),
        "lost": float(found.lost),
        "usd_per_1000": 1000 * sum(dollars) / found.pictures,
        "p50_ms": percentile(waits, 50),
        "p95_ms": percentile(waits, 95),
        "cold_share": cold / len(found.reports),
        "detect_s": detected_s,
    }
    mistakes = {
        "usd_per_1000": {
            "That is a thousand invocations. A batch holds several photos.": 1000
            * sum(dollars)
            / len(dollars),
            "That is all photos of the day, not a thousand.": sum(dollars),
            "That is one photo, not a thousand.": sum(dollars) / found.pictures,
            "The price of the requests is missing.": 1000 * sum(no_fee) / found.pictures,
        },
        "p50_ms": {"That is the mean. The p50 is the middle value.": sum(waits) / len(waits)},
        "p95_ms": {
            "That is the longest wait. One in twenty may be longer than the p95.": max(waits),
            "That is the p50.": percentile(waits, 50),
            "That is in seconds.": percentile(waits, 95) / 1000,
        },
        "cold_share": {
            "That is how many invocations were cold, not their share.": float(cold),
            "That is in per cent. A share is between 0 and 1.": 100 * cold / len(found.reports),
            "That is cold starts by photo. The share is of invocations.": cold / found.pictures,
        },
        "detect_s": {"That is in milliseconds.": 1000 * detected_s},
    }
    return Truth(figures, mistakes)


def refuse_figures(told: Mapping[str, float], truth: Truth) -> None:
    """Raise `NotYet` for the first figure that the evidence does not bear out."""
    for key in KEYS:
        wanted = truth.figures[key]
        if alike(key, told[key], wanted):
            continue
        why = next(
            (
                text
                for text, value in truth.mistakes.get(key, {}).items()
                if alike(key, told[key], value)
            ),
            "The evidence says another figure.",
        )
        raise NotYet(
            f"{key}: {why}",
            expected="what follows from `now`: run the cell of your answer again"
            if key in COUNTS
            else None,
            got=f"{told[key]:g}",
            next_step='`lab.hint("report")` says how each figure is worked out.',
        )


def alike(key: str, told: float, wanted: float) -> bool:
    """Whether a figure is as the evidence says, but for rounding."""
    if key in COUNTS:
        return told == wanted
    slack = NEARLY_S if key == "detect_s" else 1e-9
    return abs(told - wanted) <= max(slack, NEARLY * abs(wanted))
