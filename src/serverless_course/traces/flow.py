"""The history of a flow, from a durable execution or a state machine, as stages and attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["ok", "failed", "open"]
Source = Literal["durable execution", "state machine"]
# What takes time without anybody computing.
WAITS = frozenset({"wait", "callback"})


@dataclass(eq=False)
class Attempt:
    """One try of a stage. Times are seconds since the epoch; an open one has no end."""

    began_s: float
    ended_s: float | None = None
    ending: Ending = "open"
    why: str = ""

    def end(self, at_s: float, ending: Ending, why: str = "") -> None:
        """It ended, well or not."""
        self.ended_s, self.ending, self.why = at_s, ending, why


@dataclass(eq=False)
class Stage:
    """One state of a state machine, or one operation of a durable execution.

    Attributes:
        name: what its author called it.
        kind: such as ``"task"``, ``"step"``, ``"wait"``, ``"callback"``, ``"parallel"``.
        inside: the stage that holds it, or None.
        attempts: its tries, in order.
    """

    name: str
    kind: str
    inside: Stage | None = None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many stages hold it."""
        return 0 if self.inside is None else self.inside.depth + 1

    @property
    def ending(self) -> Ending:
        """How its last attempt ended."""
        return self.attempts[-1].ending if self.attempts else "open"

    def begin(self, at_s: float) -> Attempt:
        """A new attempt."""
        self.attempts.append(Attempt(at_s))
        return self.attempts[-1]

    def latest(self, at_s: float) -> Attempt:
        """The attempt that is under way; a new one where none is."""
        if self.attempts and self.attempts[-1].ending == "open":
            return self.attempts[-1]
        return self.begin(at_s)


@dataclass(frozen=True)
class FlowHistory:
    """What a history tells.

    Attributes:
        source: what kind of flow it is.
        began_s: when it began, in seconds since the epoch.
        ended_s: when it ended; None while it runs.
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT``, ``STOPPED``, ``ABORTED`` or ``RUNNING``.
        stages: in the order of their beginnings.
        runs: of a durable execution, the invocations of its function.
    """

    source: Source
    began_s: float
    ended_s: float | None
    status: str
    stages: tuple[Stage, ...]
    runs: tuple[Attempt, ...] = ()

    @property
    def last_s(self) -> float:
        """The latest moment that the history knows, in seconds since the epoch."""
        tries = [*self.runs, *(each for stage in self.stages for each in stage.attempts)]
        known = [at for each in tries for at in (each.began_s, each.ended_s) if at is not None]
        return max([self.began_s, *known, *([self.ended_s] if self.ended_s else [])])


def seconds(moment: Any) -> float:
    """A datetime, or a number of seconds, as seconds since the epoch."""
    return float(moment if isinstance(moment, int | float) else moment.timestamp())
