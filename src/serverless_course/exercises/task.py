"""A task of a lab: a name, a check and its time limit."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.answers import MISSING, half_done, untouched
from serverless_course.exercises.blame import explain
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet
from serverless_course.exercises.time_limit import TimeLimitReached, time_limit
from serverless_course.exercises.verdict import Verdict

Check = Callable[[CheckedLab, Any], Feedback]


@dataclass(frozen=True)
class Task:
    """One task of a lab. `check(lab, answer)` returns or raises a `Feedback`."""

    name: str
    check: Check
    time_limit_s: float
    needs_answer: bool

    def run(self, lab: CheckedLab, answer: object = MISSING) -> Verdict:
        """Check `answer` within the time limit; whatever happens, a `Verdict` comes back.

        An untouched answer (`...`, None) is *not attempted*, and the check does not run.
        """
        if answer is MISSING and not self.needs_answer:
            pass
        elif untouched(answer):
            return NotAttempted(
                "There is no answer to look at yet.",
                next_step=f"Put your answer in place of `...`, run that cell, then check again. "
                f'`lab.hint("{self.name}")` gives a first step.',
            ).to_verdict(self.name)
        elif half_done(answer):
            return NotYet(
                "A good start: part of your answer is filled in, and a `...` is left.",
                next_step="Fill in the rest, then check again.",
            ).to_verdict(self.name)
        return self._run_check(lab, answer).to_verdict(self.name)

    def _run_check(self, lab: CheckedLab, answer: object) -> Feedback:
        try:
            with time_limit(self.time_limit_s):
                return self.check(lab, answer)
        except Feedback as raised:
            return raised
        except KeyboardInterrupt:
            raise
        except (Exception, TimeLimitReached, SystemExit) as error:
            return explain(error, answer, self.time_limit_s)


def task(
    name: str, *, time_limit_s: float = 60, needs_answer: bool = True
) -> Callable[[Check], Task]:
    """Decorate a check. `time_limit_s` is in seconds.

    With `needs_answer=False` the check may look at what is deployed, without an answer.
    """

    def decorate(check: Check) -> Task:
        return Task(name, check, time_limit_s, needs_answer)

    return decorate


def tasks_of(slug: str) -> dict[str, Task]:
    """The tasks of a lab by name, in their order.

    `04-memory-tuning` is read from `exercises/checks/lab_04_memory_tuning`: a module with its
    checks, or a folder of several, which lists the tasks in `TASKS`. A lab without has none.
    """
    module_name = f"serverless_course.exercises.checks.lab_{slug.replace('-', '_')}"
    if importlib.util.find_spec(module_name) is None:
        return {}
    module = importlib.import_module(module_name)
    found = getattr(module, "TASKS", vars(module).values())
    return {item.name: item for item in found if isinstance(item, Task)}
