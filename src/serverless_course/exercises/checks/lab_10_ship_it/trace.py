"""A cold start, found in a trace."""

import re
from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.exercises.task import task
from serverless_course.traces.tree import Tree, tree

KEYS = ("trace", "init_ms")
TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
# A trace has times in microseconds; what is rounded to whole milliseconds is right, too.
NEARLY_MS = 1.0


@task("trace")
def trace(lab: CheckedLab, answer: Any) -> Feedback:
    """The trace of a cold start of the pipeline's function, and how long its Init took."""
    if not isinstance(answer, Mapping) or set(answer) != set(KEYS):
        return NotYet(
            f"The answer is a dictionary with the keys {', '.join(KEYS)}.", got=shown(answer)
        )
    told = real(answer["init_ms"])
    if told is None:
        value = answer["init_ms"]
        return NotYet(number_wanted("init_ms", value), got=shown(value))
    trace_id = str(answer["trace"])
    if not TRACE_ID.fullmatch(trace_id):
        kind = "It looks like a request id." if trace_id.count("-") == 4 else ""
        return NotYet(
            f"That is no trace id. {kind}".strip(),
            expected="1-, 8 hexadecimal digits, -, 24 hexadecimal digits",
            got=shown(answer["trace"]),
        )
    found = lab.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    if not found:
        return NotYet(
            "X-Ray has no trace with this id. Most requests of a burst are not sampled.",
            got=trace_id,
            next_step="Take an id from `get_trace_summaries`.",
        )
    return judged(tree(found[0]), lab.name("sepia"), told)


def judged(found: Tree, function: str, told: float) -> Feedback:
    """What to say of a trace, when its Init is said to have taken ``told`` milliseconds."""
    nodes = [node for _, node in found.walk()]
    if not any(node.name == function for node in nodes):
        return NotYet(
            "This is a trace of another function.",
            expected=function,
            got=", ".join(sorted({node.name for node in nodes})),
        )
    inits = [node for node in nodes if node.is_cold_start]
    if not inits:
        return NotYet(
            "This trace has no Init: it was a warm start. Look for one that has a subsegment "
            "Initialization.",
            got=", ".join(node.name for node in nodes),
        )
    took = [1000 * (node.end_s - node.start_s) for node in inits]
    if any(abs(told - each) <= max(NEARLY_MS, 0.02 * each) for each in took):
        return Right(
            f"Yes: a cold start, {took[0]:.0f} ms of Init before the first photo.",
            evidence=[
                f"{node.name}: {each:.1f} ms" for node, each in zip(inits, took, strict=True)
            ],
        )
    if any(abs(1000 * told - each) <= max(NEARLY_MS, 0.02 * each) for each in took):
        return NotYet("That is in seconds. The answer is in milliseconds.", got=f"{told:g}")
    if abs(told - 1000 * found.seconds) <= 20 * found.seconds:
        return NotYet(
            "That is how long the whole trace took. How long did its Init take?", got=f"{told:g} ms"
        )
    return NotYet(
        "The trace's Init took another time.",
        got=f"{told:g} ms",
        evidence=[f"{node.name}" for node in nodes],
        next_step="End time minus start time of the subsegment Initialization, times 1,000.",
    )
