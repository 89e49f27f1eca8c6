"""What a kernel keeps of a lab, so that the cell that opens it may be run again."""

from __future__ import annotations

from dataclasses import dataclass, field

from serverless_course.exercises.predictions import Predictions
from serverless_course.exercises.verdict import Verdict
from serverless_course.figures.drawn_sweep import DrawnSweep
from serverless_course.recorder import Recorder


@dataclass
class Session:
    """Everything that was asked, predicted, measured and checked in one lab.

    Attributes:
        recorder: calls and invocations, and so the bill.
        predictions: numbers given before measuring.
        sweeps: the last sweep of each function, by its full name.
        past_sweeps: every sweep, in order.
        verdicts: the last verdict of each task.
        instance: which embedded cloud it was last opened in, as ``Cloud.instance`` names it.
    """

    recorder: Recorder = field(default_factory=Recorder)
    predictions: Predictions = field(default_factory=Predictions)
    sweeps: dict[str, DrawnSweep] = field(default_factory=dict)
    past_sweeps: list[DrawnSweep] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    instance: str = ""


_OPEN: dict[tuple[str, str], Session] = {}


def session_of(slug: str, place: str) -> tuple[Session, bool]:
    """The session of a lab in a cloud, and whether it had begun before in this kernel.

    Args:
        slug: the lab.
        place: the cloud, as ``Cloud.place`` names it.
    """
    begun = (slug, place) in _OPEN
    return _OPEN.setdefault((slug, place), Session()), begun


def end_session(slug: str, place: str) -> None:
    """Forget a lab, so that its next opening starts from nothing."""
    _OPEN.pop((slug, place), None)
