"""What a check says: values it returns, and exceptions it may raise half-way."""

from dataclasses import dataclass, field

from serverless_course.exercises.verdict import State, Verdict


# By identity: an exception is one event, not a value.
@dataclass(eq=False)
class Feedback(Exception):
    """What a check says to an answer. Return it or raise it; `to_verdict` names the task."""

    message: str
    expected: str | None = None
    got: str | None = None
    evidence: list[str] = field(default_factory=list)
    next_step: str | None = None
    not_checked: list[str] = field(default_factory=list)

    state = State.NOT_YET_RIGHT

    def __post_init__(self) -> None:
        super().__init__(self.message)

    def to_verdict(self, task: str) -> Verdict:
        """The feedback as a `Verdict` on `task`."""
        return Verdict(
            task=task,
            state=self.state,
            message=self.message,
            expected=self.expected,
            got=self.got,
            evidence=tuple(self.evidence),
            next_step=self.next_step,
            not_checked=tuple(self.not_checked),
        )


class Right(Feedback):
    """The task is done."""

    state = State.RIGHT


class NotYet(Feedback):
    """An answer that is not right yet; the message says what is wrong with *it*."""

    state = State.NOT_YET_RIGHT


class NotAttempted(Feedback):
    """The check found nothing to look at."""

    state = State.NOT_ATTEMPTED


class CodeError(Feedback):
    """The learner's code, here or in a deployed function, raised an error."""

    state = State.ERROR_IN_YOUR_CODE


class EnvironmentProblem(Feedback):
    """The check could not look: the cloud, the network or the course itself failed."""

    state = State.PROBLEM_OF_THE_ENVIRONMENT
