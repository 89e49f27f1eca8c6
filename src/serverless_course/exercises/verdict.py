"""What a check answers: one of five states, and what it looked at to get there."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The five answers a check can give; the text is what the learner reads."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET_RIGHT = "not yet right"
    ERROR_IN_YOUR_CODE = "error in your code"
    PROBLEM_OF_THE_ENVIRONMENT = "problem of the environment"
    RIGHT = "right"


# Symbols without an emoji form, so that every font shows the same shape.
SYMBOLS = {
    State.NOT_ATTEMPTED: "○",
    State.NOT_YET_RIGHT: "△",
    State.ERROR_IN_YOUR_CODE: "✗",
    State.PROBLEM_OF_THE_ENVIRONMENT: "‼",
    State.RIGHT: "✓",
}


@dataclass(frozen=True)
class Verdict:
    """The answer of one check.

    `message` is one or two sentences for the learner. `expected` and `got` are shown side by
    side when both help; `evidence` holds what changes from run to run (request ids, log lines,
    measured figures) and stays out of the plain-text form. `not_checked` says what a learner
    must not conclude from this verdict.
    """

    task: str
    state: State
    message: str
    expected: str | None = None
    got: str | None = None
    evidence: tuple[str, ...] = ()
    next_step: str | None = None
    not_checked: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """True for the state *right* only."""
        return self.state is State.RIGHT

    @property
    def headline(self) -> str:
        """Symbol, state and task: `✓ right · cheapest`."""
        return f"{SYMBOLS[self.state]} {self.state} · {self.task}"

    def facts(self) -> list[tuple[str, str]]:
        """The labelled lines below the message, those that are set, in reading order."""
        lines = [("Expected", self.expected), ("Got", self.got), ("Next", self.next_step)]
        lines += [("Not checked", "; ".join(self.not_checked) or None)]
        return [(label, text) for label, text in lines if text]

    def __str__(self) -> str:
        lines = [self.headline, self.message]
        lines += [f"{label}: {text}" for label, text in self.facts()]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # Imported here: the record must not depend on how it is drawn.
        from serverless_course.exercises.verdict_html import to_html  # noqa: PLC0415

        return to_html(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}
