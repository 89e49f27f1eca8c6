"""The designer's goal: a network that reaches what it must, survives a zone, and stays cheap."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.figures.vpc.report import DATABASE, INTERNET, Load, Report
from serverless_course.network.design import Choices

MOST_USD = 80
# The goal speaks of one zone, whichever zone the drawing shows as failed.
FAILED = "a"


@dataclass(frozen=True)
class Goal:
    """A part of the goal: what is asked for, and whether a design does it."""

    words: str
    reached: bool


def goals(choices: Choices, load: Load) -> list[Goal]:
    """The goal's parts for a design.

    Args:
        choices: the design.
        load: what it has to carry: the month's price counts its gigabytes.
    """
    zone = choices.region + FAILED
    whole = Report.of(choices, load)
    hit = Report.of(choices, load, frozenset({zone}) & frozenset(choices.zone_names))
    needed = (DATABASE, INTERNET)
    return [
        Goal("reach the database and the partner on the internet", _all(whole, needed)),
        Goal(f"also while zone {FAILED} is down", choices.zones > 1 and _all(hit, needed)),
        Goal(
            f"for less than ${MOST_USD} a month",
            whole.month.usd is not None and whole.month.usd < MOST_USD,
        ),
    ]


def goal_words(choices: Choices, load: Load) -> str:
    """The goal in one line, each part with its sign."""
    found = goals(choices, load)
    said = [f"{'✓' if each.reached else '✗'} {each.words}" for each in found]
    end = "Reached." if all(each.reached for each in found) else "Not reached yet."
    return f"Goal: {'; '.join(said)}. {end}"


def _all(report: Report, needed: tuple[str, ...]) -> bool:
    return all(each.delivered for each in report.reached if each.to in needed)
