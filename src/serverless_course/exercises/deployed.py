"""What a check looks at: a lab's deployed functions, fresh invocations, and past sweeps."""

from collections.abc import Iterable
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import (
    CodeError,
    EnvironmentProblem,
    NotAttempted,
    NotYet,
)
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.sweep_result import Sweep

# AWS ends a process that needs more memory than it has; Python may notice first.
OUT_OF_MEMORY = {"Runtime.OutOfMemory", "Runtime.ExitError", "MemoryError"}


def sweep_of(lab: CheckedLab, short: str) -> Sweep:
    """The learner's last sweep of function `short`; `NotAttempted` when there is none.

    One of which every size failed is told with the reasons.
    """
    sweep = lab.sweeps.get(lab.name(short))
    if sweep is None:
        raise NotAttempted(
            f"There is no sweep of {short} yet.",
            next_step=f"Run the cell above that calls `lab.sweep({short}, …)`.",
        )
    if not sweep.rows:
        raise NotYet(
            f"Your last sweep of {short} measured no size to its end.",
            evidence=[f"{size} MB {why}" for size, why in sweep.failures.items()],
            next_step="Look at the reasons, fix what they name, and run the sweep cell again.",
        )
    return sweep


def refuse_disturbed(sweep: Sweep, sizes: Iterable[int]) -> None:
    """Raise `EnvironmentProblem` when a busy machine disturbed most runs at one of these sizes.

    Disturbance only adds time: a size that costs more than a disturbed one does so all the same.
    So it is the sizes of the answer that count.
    """
    for row in sweep.rows:
        if row.memory_mb in sizes and row.disturbed:
            raise EnvironmentProblem(
                f"The figures at {row.memory_mb:,} MB say little about memory, so your answer was "
                "not judged: this machine was busy with something else in most of the runs.",
                evidence=disturbed_lines(sweep),
                next_step="Close what you can, run the sweep cell again, then check again.",
            )


def disturbed_lines(sweep: Sweep) -> list[str]:
    """One line for each size of a sweep at which runs were disturbed."""
    return [
        f"{row.memory_mb:,} MB: this machine was busy in {row.doubtful} of {len(row.samples)} runs"
        for row in sweep.rows
        if row.doubtful
    ]


def memory_of(lab: CheckedLab, short: str) -> int:
    """The memory size in MB that function `short` is deployed with."""
    client = lab.client("lambda")
    return int(client.get_function_configuration(FunctionName=lab.name(short))["MemorySize"])


def fresh(lab: CheckedLab, short: str, payload: Any) -> Invocation:
    """Invoke `short` now; `CodeError` names the error when its code raises one.

    A function that ran out of memory is given back as it is.
    """
    run = lab.invoke(lab.name(short), payload)
    if run.ok or died_of_memory(run):
        return run
    if run.timed_out:
        raise CodeError(
            f"The function {short} reached its time-out.",
            evidence=[seen(run)],
            next_step="Give it more time with update_function_configuration(…, Timeout=60).",
        )
    kind = run.error_type or "an error"
    raise CodeError(
        f"The function {short} raised {kind}: {run.error_message or 'it gave no message'}",
        got=_place(run),
        evidence=[seen(run)],
        next_step=f"Fix functions/{short}, deploy it again, then check again.",
    )


def died_of_memory(run: Invocation) -> bool:
    """Whether this invocation ended because it needed more memory than it had."""
    return not run.ok and not run.timed_out and run.error_type in OUT_OF_MEMORY


def seen(run: Invocation) -> str:
    """One line of evidence: request id, and the figures of the REPORT line where there is one."""
    if run.report is None:
        return f"request {run.request_id}: no REPORT line"
    report = run.report
    return (
        f"request {run.request_id}: {report.duration_ms:.1f} ms at {report.memory_mb} MB, "
        f"at most {report.max_memory_mb} MB used"
    )


def _place(run: Invocation) -> str | None:
    """The innermost line of the function's own code in the error's stack trace."""
    trace = run.payload.get("stackTrace") if isinstance(run.payload, dict) else None
    lines = [str(entry).strip() for entry in trace or [] if "/runtime" not in str(entry)]
    return lines[-1].splitlines()[0].strip() if lines else None
