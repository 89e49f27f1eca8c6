"""The numbers that defend a memory size: each is held against the learner's own sweep."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checks.lab_04_memory_tuning.sizes import time_lines
from serverless_course.exercises.feedback import NotYet
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.functions.size_result import SizeResult
from serverless_course.functions.sweep_result import Sweep

# Rounded numbers count: a part of the figure, and points of a percentage.
NEAR = 0.03
NEAR_POINTS = 1.0


def check_numbers(
    answer: Mapping[Any, Any], mine: SizeResult, theirs: SizeResult, sweep: Sweep
) -> None:
    """Raise `NotYet` for the first number that the sweep does not bear out.

    Args:
        answer: the numbers, by their names.
        mine: the size that was chosen.
        theirs: the size that it is defended against.
        sweep: the learner's sweep of primes.
    """
    _time(answer["takes_ms"], mine, sweep)
    faster = theirs.median_ms / mine.median_ms
    said = _number(answer, "times_as_fast")
    if not _near(said, faster):
        upside_down = _near(said, 1 / faster)
        raise NotYet(
            "times_as_fast is upside down: it is the other size's time divided by that of yours."
            if upside_down
            else f"times_as_fast: {theirs.memory_mb:,} MB against {mine.memory_mb:,} MB gives "
            "another number.",
            expected=f"{theirs.median_ms:.1f} ms / {mine.median_ms:.1f} ms",
            got=shown(answer["times_as_fast"]),
        )
    percent = 100 * (mine.usd / theirs.usd - 1)
    said = _number(answer, "percent_more_expensive")
    if abs(said - percent) > NEAR_POINTS:
        raise NotYet(
            _percent_mistake(said, percent, mine, theirs),
            expected=f"100 × (${mine.usd * 1e6:.3f} / ${theirs.usd * 1e6:.3f} - 1)",
            got=shown(answer["percent_more_expensive"]),
        )


def _time(answer: Any, mine: SizeResult, sweep: Sweep) -> None:
    said = real(answer)
    if said is None:
        raise NotYet(
            f"takes_ms: {number_wanted('a number of milliseconds', answer)}", got=shown(answer)
        )
    if _near(said, mine.median_ms) or _near(said, mine.billed_ms):
        return
    others = [row.memory_mb for row in sweep.rows if _near(said, row.median_ms)]
    text = f"takes_ms: at {mine.memory_mb:,} MB one run takes another time."
    if _near(said * 1000, mine.median_ms):
        text = "takes_ms is in milliseconds, and yours looks like seconds."
    elif others:
        text = f"takes_ms: {said:g} ms is what {others[0]:,} MB takes, not {mine.memory_mb:,} MB."
    raise NotYet(
        text,
        got=shown(answer),
        evidence=time_lines(sweep),
        next_step="Take `median_ms` of the row that you chose.",
    )


def _percent_mistake(said: float, right: float, mine: SizeResult, theirs: SizeResult) -> str:
    if abs(right) > 2 * NEAR_POINTS and abs(said + right) <= NEAR_POINTS:
        more = mine if right > 0 else theirs
        return f"percent_more_expensive has the wrong sign: {more.memory_mb:,} MB costs more."
    if abs(100 * said - right) <= NEAR_POINTS and abs(right) > 2 * NEAR_POINTS:
        return "percent_more_expensive is in per cent: multiply by 100."
    return (
        f"percent_more_expensive: the cost of {mine.memory_mb:,} MB against that of "
        f"{theirs.memory_mb:,} MB gives another number."
    )


def _number(answer: Mapping[Any, Any], name: str) -> float:
    said = real(answer[name])
    if said is None:
        text = number_wanted("a number", answer[name])
        raise NotYet(f"{name}: {text}", got=shown(answer[name]))
    return said


def _near(said: float, figure: float) -> bool:
    return abs(said - figure) <= max(NEAR * abs(figure), 0.0501 if abs(figure) < 10 else 0.501)
