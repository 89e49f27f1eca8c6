"""The runtime of stamp: one that AWS still patches, and stamps that are still right."""

from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from serverless_course.exercises.audited_shop import PLANTED_RUNTIME
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_02_responsibility.find import pinned
from serverless_course.exercises.checks.lab_02_responsibility.shop import settings_of
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

# Deprecated by 30 November 2026 (AWS's runtime table as cfn-lint 1.58.0 copied it, 2026-10-20).
DEPRECATED = frozenset(
    {
        "provided",
        "provided.al2",
        "python3.8",
        "python3.9",
        "python3.10",
        "nodejs16.x",
        "nodejs18.x",
        "nodejs20.x",
        "ruby3.2",
        "dotnet8",
    }
)


@task("runtime", needs_answer=False)
def runtime(lab: CheckedLab, answer: Any) -> Feedback:
    """stamp runs on a runtime that is not deprecated, and stamps fresh papers with today's date."""
    name = settings_of(lab, "stamp")["Runtime"]
    if "stamp" in pinned(lab):
        return NotYet(
            f"You hold stamp to one version of its runtime, and it still is {name}. Pinned, it "
            "does not even get the patches that AWS makes.",
            next_step="put_runtime_management_config(…, UpdateRuntimeOn='Auto'), then another "
            "Runtime.",
        )
    if name == PLANTED_RUNTIME:
        raise NotAttempted(
            f"stamp still runs on {name}, which was deprecated on 31 July 2026.",
            next_step='`lab.hint("runtime")` gives a first step.',
        )
    if name in DEPRECATED:
        return NotYet(
            f"{name} is deprecated, too. AWS will block updates of such a function one day.",
            expected="a runtime that is supported",
            next_step="stamp brings its own runtime, so it needs an OS-only one.",
        )
    paper = {"paper": token_hex(6)}
    run = lab.invoke(lab.name("stamp"), paper)
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    if not run.ok:
        return NotYet(
            f"{name} is supported, and stamp does not run on it: its code is a bootstrap file, "
            "which only an OS-only runtime starts.",
            got=f"{run.error_type}: {run.error_message}"[:200],
            evidence=[f"request {run.request_id}"],
            next_step="Which provided… runtime is not deprecated?",
        )
    if run.payload != {"stamp": today, "of": paper}:
        return NotYet(
            "stamp answers, but it does not stamp the paper that it got. The shop needs its code.",
            expected=str({"stamp": today, "of": paper}),
            got=str(run.payload)[:120],
            evidence=[f"request {run.request_id}"],
            next_step='Deploy the folder again: `lab.deploy("stamp", runtime=…)`.',
        )
    return Right(
        f"Yes: stamp runs on {name}, AWS patches it, and a fresh paper was stamped.",
        evidence=[f"request {run.request_id}: {run.payload}"],
        not_checked=["when that runtime will be deprecated: put the date into your calendar"],
    )
