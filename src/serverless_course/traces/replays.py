"""What each invocation of a durable execution ran, and what it only read: a replay, step by step.

A step that was completed before an invocation began is not run in it: the SDK reads its result
(Lambda Developer Guide, durable functions, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from serverless_course.traces.checkpoints import Checkpoint, checkpoints
from serverless_course.traces.flow import Attempt, Stage
from serverless_course.traces.flow_history import flow_history

# What an invocation did with an operation: it ran it to its end; saw it fail, or was killed in it;
# left it open (a wait); read what was written before. Of some there is no trace in an invocation:
# it did not come so far, or was killed before anything was written.
Doing = Literal["ran", "failed", "left waiting", "replayed", "no trace"]


@dataclass(frozen=True)
class Replay:
    """One invocation.

    Attributes:
        number: 1 for the first.
        run: when it began and ended, and how.
        doings: for each operation that holds no others, in order, what was done with it.
        checkpoints: what was written while it ran, or right after it.
    """

    number: int
    run: Attempt
    doings: tuple[tuple[Stage, Doing], ...]
    checkpoints: tuple[Checkpoint, ...]

    def count(self, doing: Doing) -> int:
        """How many operations it did so with."""
        return sum(each == doing for _, each in self.doings)


def replays(events: Iterable[Mapping[str, Any]]) -> tuple[Replay, ...]:
    """The invocations of a durable execution, from ``Events`` of its history.

    Raises:
        ValueError: these are no events of a durable execution, or no invocation has ended yet.
    """
    known = list(events)
    flow = flow_history(known)
    if not flow.runs:
        raise ValueError(
            "No invocation of a durable execution has ended in this history: give the Events of "
            "get_durable_execution_history, when the execution has ended."
        )
    written = checkpoints(known)
    holders = {id(stage.inside) for stage in flow.stages}
    leaves = [stage for stage in flow.stages if id(stage) not in holders]
    found = []
    for place, run in enumerate(flow.runs):
        last = place + 1 == len(flow.runs)
        until = flow.last_s + 1 if last else flow.runs[place + 1].began_s
        since = flow.began_s if place == 0 else run.began_s
        mine = tuple(each for each in written if since <= each.at_s < until)
        doings = tuple((stage, _doing(stage, run)) for stage in leaves)
        found.append(Replay(place + 1, run, doings, mine))
    return tuple(found)


def _doing(stage: Stage, run: Attempt) -> Doing:
    end = run.ended_s if run.ended_s is not None else run.began_s
    if _done_before(stage, run):
        return "replayed"
    mine = [each for each in stage.attempts if each.began_s <= end]
    if not mine:
        return "no trace"
    last = mine[-1]
    if last.ended_s is None or last.ended_s > end:
        return "left waiting"
    if last.ending == "failed":
        return "failed" if last.ended_s >= run.began_s else "no trace"
    return "ran"


def _done_before(stage: Stage, run: Attempt) -> bool:
    last = stage.attempts[-1] if stage.attempts else None
    if last is None or last.ended_s is None or last.ending != "ok":
        return False
    return last.ended_s <= run.began_s
