"""A runtime in shell: it answers fresh events, tells errors, and lives on."""

from secrets import choice, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_03_function_anatomy.theatre import deployed, renew
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import (
    CodeError,
    EnvironmentProblem,
    Feedback,
    NotYet,
    Right,
)
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation

SHOUT = "shout"
EXITED = "Runtime.ExitError"
LOOP = "Ask for the next event when one is answered: a loop around all of it."
ANSWER = 'POST it to "$API/$ID/response".'


@task("shell", needs_answer=False, time_limit_s=120)
def shell(lab: CheckedLab, answer: Any) -> Feedback:
    """shout answers text in capital letters, from a bootstrap in shell, and refuses none."""
    settings = deployed(lab, SHOUT)
    if not settings.get("Runtime", "").startswith("provided."):
        raise NotYet(
            f"The function runs on {settings.get('Runtime')}: that runtime is AWS's, not yours.",
            expected="provided.al2023, which has no runtime in it",
            next_step='Deploy it with `runtime="provided.al2023"`.',
        )
    renew(lab, SHOUT)
    runs: list[Invocation] = []
    for _ in range(3):
        _shouts(lab, runs)
    failed = lab.invoke(lab.name(SHOUT), "")
    if failed.ok:
        raise NotYet(
            "An empty text must be an error for the caller, and it was answered.",
            got=shown(failed.payload),
            evidence=[seen(failed)],
            next_step='POST {"errorType": …, "errorMessage": …} to "$API/$ID/error" instead.',
        )
    if failed.error_type in (EXITED, "Sandbox.Timedout") or failed.timed_out:
        raise NotYet(
            f"At an empty text the runtime itself failed ({failed.error_type}). It must tell the "
            "error, and go on.",
            evidence=[seen(failed)],
            next_step='POST {"errorType": …, "errorMessage": …} to "$API/$ID/error".',
        )
    if _ended(failed):
        raise NotYet(
            "It told the error, and then it ended: the next event must start a runtime again.",
            evidence=[seen(failed)],
            next_step=LOOP,
        )
    _shouts(lab, runs)
    evidence = [f"{run.payload}: {seen(run)}" for run in runs]
    evidence.append(f"the empty text: {failed.error_type}: {failed.error_message}")
    return Right(
        "Yes: four texts and one error, in one environment, by a runtime of your own.",
        evidence=evidence,
        not_checked=["errors during Init, the deadline, and traces: a whole runtime has these too"],
    )


def _shouts(lab: CheckedLab, runs: list[Invocation]) -> None:
    """One fresh text; `NotYet` says what is wrong with the runtime."""
    text = f"row {choice('abcdefgh')} seat {token_hex(4)}"
    run = lab.invoke(lab.name(SHOUT), text)
    if "curl: not found" in run.log or "curl: command not found" in run.log:
        raise EnvironmentProblem(
            "There is no curl on this machine, so the runtime cannot ask for events. AWS's "
            "provided.al2023 has it. Your answer was not judged.",
            next_step="Install curl, then check again.",
        )
    if not run.ok:
        raise _died(run, first=not runs)
    if run.payload != text.upper():
        same = runs and run.payload == runs[-1].payload
        raise NotYet(
            "Two different texts got the same answer."
            if same
            else "The answer is not the text in capital letters.",
            expected=text.upper(),
            got=shown(run.payload),
            evidence=[seen(run)],
        )
    if _ended(run):
        raise NotYet(
            "It answered one event, and then it ended: each event starts a runtime again, and the "
            "REPORT line calls that an error.",
            evidence=[seen(run), f"REPORT: Error Type: {EXITED}"],
            next_step=LOOP,
        )
    runs.append(run)


def _ended(run: Invocation) -> bool:
    """Whether the runtime ended after it had answered: the caller does not see that."""
    return run.report is not None and run.report.error_type == EXITED


def _died(run: Invocation, *, first: bool) -> Feedback:
    kind = run.error_type or "an error"
    if kind == "Runtime.InvalidEntrypoint":
        return CodeError(
            f"Lambda could not start your bootstrap: {run.error_message}",
            evidence=[seen(run)],
            next_step="It begins with `#!/bin/sh`, and it may be executed (chmod +x).",
        )
    if run.timed_out:
        return NotYet(
            "The event was fetched and never answered, so Lambda waited until the time-out.",
            evidence=[seen(run)],
            next_step=ANSWER,
        )
    if kind == EXITED and first:
        return NotYet(
            "The runtime took the event, and ended without an answer.",
            evidence=[seen(run)],
            next_step=ANSWER,
        )
    if kind == EXITED:
        return NotYet(
            "It answered one event, and then it ended. The environment is lost with it.",
            evidence=[seen(run)],
            next_step=LOOP,
        )
    return NotYet(f"A good text was refused: {kind}: {run.error_message}", evidence=[seen(run)])
