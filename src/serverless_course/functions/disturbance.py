"""Whether a busy host disturbed what was measured, in a sentence for a title."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.functions.invocation import Invocation
from serverless_course.functions.load import Call

# A load that is sent later than this is no longer steady.
LATE_MS = 50.0


def disturbance(runs: Iterable[Invocation | Call]) -> str:
    """What a busy host did to these, and what to do; "" when their figures can be trusted.

    A run counts when the host kept its function from the CPU it was promised
    (``HostTiming.kept_promise``), or sent it more than 50 ms late. It is told when most of the
    runs of which anything is known were disturbed; on AWS, which does not tell, lateness alone is
    known.
    """
    known = [found for found in map(_disturbed, runs) if found is not None]
    busy = sum(known)
    if 2 * busy <= len(known):
        return ""
    return (
        f"This machine was busy in {busy} of {len(known)} runs: close what you can, and run the "
        "cell again"
    )


def _disturbed(run: Invocation | Call) -> bool | None:
    """Whether a run was disturbed; None when nothing is known of it."""
    if isinstance(run, Call) and run.late_ms > LATE_MS:
        return True
    if run.host is not None:
        return not run.host.kept_promise
    return False if isinstance(run, Call) else None
