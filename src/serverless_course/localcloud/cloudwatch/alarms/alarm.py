"""A metric alarm: its settings, and how its data points decide about its state.

Source: Amazon CloudWatch User Guide, "Alarm evaluation", "Configuring how CloudWatch alarms treat
missing data" and "Percentile-based alarms and low data samples" (read 2026-11); the words of
reasons as alarms on AWS gave them (public notifications of 2020 to 2026; without
DatapointsToAlarm: recorded, localstack's test_put_metric_alarm, 2024). Real data points come
first: missing ones are filled in only as far as there are fewer than the evaluation periods.
What is not documented, and done here: the evaluation range is two periods longer than the
evaluation periods (the guide's examples show 5 for 3); an alarm with some breaching data points,
too few and too young for ALARM, and no other, keeps its state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

OK = "OK"
ALARM = "ALARM"
INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
STATES = (OK, ALARM, INSUFFICIENT_DATA)
MISSING, IGNORE, BREACHING, NOT_BREACHING = "missing", "ignore", "breaching", "notBreaching"
TREATMENTS = (BREACHING, NOT_BREACHING, IGNORE, MISSING)
# Data points looked at beyond the evaluation periods.
FURTHER_POINTS = 2
# From so many data points on, a reason names only the most recent of them.
FEW = 5
_COMPARES: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (lambda value, bound: value > bound, "greater than"),
    "GreaterThanOrEqualToThreshold": (
        lambda value, bound: value >= bound,
        "greater than or equal to",
    ),
    "LessThanThreshold": (lambda value, bound: value < bound, "less than"),
    "LessThanOrEqualToThreshold": (lambda value, bound: value <= bound, "less than or equal to"),
}
OPERATORS = tuple(_COMPARES)


@dataclass(frozen=True)
class Point:
    """A period's value, or None; ``start`` in seconds since the epoch."""

    start: float
    value: float | None


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off: ``needed`` (M) breaching data points out of ``periods`` (N).

    ``says_needed``: M was given, so reasons tell it.
    """

    operator: str
    threshold: float
    periods: int
    needed: int
    missing: str = MISSING
    says_needed: bool = False

    def is_breaching(self, point: Point) -> bool:
        """Whether a data point's value is over the threshold, in the operator's sense."""
        return point.value is not None and _COMPARES[self.operator][0](point.value, self.threshold)


@dataclass(frozen=True)
class Verdict:
    """The state that an alarm should have, and why.

    ``points``: what decided, the newest first, missing ones that were filled in among them.
    """

    state: str
    reason: str
    points: tuple[Point, ...] = ()


def decide(rule: Rule, points: Sequence[Point]) -> Verdict | None:
    """What an evaluation range says, the oldest data point first; None: the state stays."""
    real = [each for each in points if each.value is not None]
    if not real:
        return _without_data(rule, points)
    used = real[-rule.periods :]
    lacking = rule.periods - len(used)
    if lacking and rule.missing in (BREACHING, NOT_BREACHING):
        filled = [each for each in points if each.value is None][-lacking:]
        evaluated = sorted([*used, *filled], key=lambda each: each.start)
    else:
        evaluated = used
    over = [each for each in used if rule.is_breaching(each)]
    if len(over) + lacking * (rule.missing == BREACHING) >= rule.needed:
        return _crossed(rule, evaluated, over, lacking, ALARM)
    fine = [each for each in used if not rule.is_breaching(each)]
    if fine or not lacking or rule.missing == NOT_BREACHING:
        return _crossed(rule, evaluated, fine, lacking, OK)
    # Too few, and all of them breaching: ALARM once the oldest of them is old enough.
    recent = points[-rule.periods :]
    age = next((len(recent) - i for i, each in enumerate(recent) if each.value is not None), 0)
    if rule.missing == MISSING and age >= rule.needed:
        return _crossed(rule, used, over, lacking, ALARM)
    return None


def too_few_samples(percentile: float, samples: float) -> bool:
    """Whether a percentile (a fraction of 1) has too few samples to say something.

    Percentile-based alarms and low data samples: from the median up 10 / (1 - percentile)
    samples are needed, below it 10 / percentile.
    """
    rest = 1 - percentile if percentile >= 0.5 else percentile
    return rest <= 0 or samples < round(10 / rest, 6)


def _without_data(rule: Rule, points: Sequence[Point]) -> Verdict | None:
    if rule.missing == IGNORE:
        return None
    n = rule.periods
    evaluated = tuple(reversed(points[-n:]))
    if rule.missing == MISSING:
        what = "datapoint was unknown" if n == 1 else "datapoints were unknown"
        return Verdict(INSUFFICIENT_DATA, f"Insufficient Data: {n} {what}.", evaluated)
    treated = _treated(rule, n)
    period = "1 period" if n == 1 else f"{n} periods"
    reason = f"Threshold Crossed: no datapoints were received for {period} and {treated}."
    return Verdict(ALARM if rule.missing == BREACHING else OK, reason, evaluated)


def _treated(rule: Rule, number: int) -> str:
    what = "missing datapoint was" if number == 1 else "missing datapoints were"
    word = "Breaching" if rule.missing == BREACHING else "NonBreaching"
    return f"{number} {what} treated as [{word}]"


def _crossed(
    rule: Rule, used: list[Point], deciding: list[Point], lacking: int, after: str
) -> Verdict:
    """``deciding``: those of the data points ``used`` that speak for the new state."""
    if lacking and rule.missing in (BREACHING, NOT_BREACHING):
        real = rule.periods - lacking
        received = "1 datapoint was" if real == 1 else f"{real} datapoints were"
        text = f"{received} received for {rule.periods} periods and {_treated(rule, lacking)}"
        return Verdict(after, f"Threshold Crossed: {text}.", tuple(reversed(used)))
    number = len(deciding)
    compared = (
        f"{'was' if number == 1 else 'were'} {'' if after == ALARM else 'not '}"
        f"{_COMPARES[rule.operator][1]} the threshold ({float(rule.threshold)})"
    )
    least = rule.needed if after == ALARM else rule.periods - rule.needed + 1
    change = "OK -> ALARM" if after == ALARM else "ALARM -> OK"
    if rule.says_needed:
        needed = f" (minimum {least} datapoint{'s' if least != 1 else ''} for {change} transition)"
        of = f"{number} out of the last {len(used)} datapoints"
    else:
        needed = ""
        of = f"{number} datapoint{'s' if number != 1 else ''}"
    listed = ", ".join(_listed(each) for each in deciding[: -FEW - 1 : -1])
    if number < FEW:
        text = f"{of} [{listed}] {compared}{needed}"
    else:
        which = "crossed" if after == ALARM else "did not cross"
        text = (
            f"{of} {compared}. The most recent datapoints which {which} the threshold: "
            f"[{listed}]{needed}"
        )
    return Verdict(after, f"Threshold Crossed: {text}.", tuple(reversed(used)))


def _listed(point: Point) -> str:
    at = datetime.fromtimestamp(point.start, UTC)
    return f"{point.value} ({at:%d/%m/%y %H:%M:%S})"
