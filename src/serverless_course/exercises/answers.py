"""How a check says what it found: values it returns, and exceptions it may raise half-way."""

from dataclasses import dataclass, field

from serverless_course.exercises.verdict import State, Verdict


class Missing:
    """The answer when none was given; `...` and `None` count as untouched, too."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


# By identity: an exception is one event, not a value.
@dataclass(eq=False)
class Finding(Exception):
    """What a check found. Return it or raise it; `to_verdict` names the task."""

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
        """The finding as a `Verdict` on `task`."""
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


class Right(Finding):
    """The task is done."""

    state = State.RIGHT


class NotYet(Finding):
    """An answer that is not right yet; the message says what is wrong with *it*."""

    state = State.NOT_YET_RIGHT


class NotAttempted(Finding):
    """The check found nothing to look at."""

    state = State.NOT_ATTEMPTED


class CodeError(Finding):
    """The learner's code, here or in a deployed function, raised an error."""

    state = State.ERROR_IN_YOUR_CODE


class EnvironmentProblem(Finding):
    """The check could not look: the cloud, the network or the course itself failed."""

    state = State.PROBLEM_OF_THE_ENVIRONMENT


def untouched(answer: object) -> bool:
    """True when `answer` still is what the starter of a task holds: `...`, None or no more.

    A container counts as untouched when every leaf in it is `...` or None, and it has one.
    """
    if answer is ... or answer is None or answer is MISSING:
        return True
    leaves = _leaves(answer)
    return bool(leaves) and all(leaf is ... or leaf is None for leaf in leaves)


def half_done(answer: object) -> bool:
    """True when some, and not all, leaves of a container still are `...`."""
    leaves = _leaves(answer)
    return not untouched(answer) and any(leaf is ... for leaf in leaves)


def _leaves(answer: object) -> list[object]:
    if isinstance(answer, dict):
        return list(answer.values())
    if isinstance(answer, list | tuple | set | frozenset):
        return list(answer)
    return []
