"""The shop's traces, as X-Ray tells of them."""

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import NotYet
from serverless_course.traces.node import Node
from serverless_course.traces.tree import Tree, trees

# The steps of a checkout, in their order.
STEPS = ("price", "stock", "coupon", "reserve", "notify")
LOOK_BACK_S = 6 * 3600.0
# How many traces one call of BatchGetTraces gives.
BATCH = 5


def summaries(
    lab: CheckedLab, expression: str, since_s: float | None = None
) -> list[dict[str, Any]]:
    """Summaries of the traces that fit an expression, the oldest first.

    Raises `NotYet` when X-Ray refuses the expression.
    """
    pages = (
        lab.client("xray")
        .get_paginator("get_trace_summaries")
        .paginate(
            StartTime=since_s or time.time() - LOOK_BACK_S,
            EndTime=time.time() + 1,
            FilterExpression=expression,
        )
    )
    try:
        found = [summary for page in pages for summary in page["TraceSummaries"]]
    except ClientError as error:
        raise NotYet(
            "X-Ray does not understand the expression. "
            + error.response["Error"].get("Message", str(error)),
            got=expression,
        ) from error
    return sorted(found, key=lambda summary: summary["Id"])


def traces(lab: CheckedLab, ids: list[str]) -> list[Tree]:
    """The traces with these ids."""
    xray = lab.client("xray")
    batches = (ids[first : first + BATCH] for first in range(0, len(ids), BATCH))
    return trees(
        trace for batch in batches for trace in xray.batch_get_traces(TraceIds=batch)["Traces"]
    )


def traces_of(lab: CheckedLab, function: str, since_s: float | None = None) -> list[Tree]:
    """The traces that a function had part in, the oldest first."""
    found = summaries(lab, f'service("{lab.name(function)}")', since_s)
    return sorted(traces(lab, [each["Id"] for each in found]), key=lambda tree: tree.start_s)


def function_node(tree: Tree, name: str) -> Node | None:
    """The segment of a function's own code; None when it is not in the trace."""
    for _, node in tree.walk():
        if node.name == name and node.origin == "AWS::Lambda::Function":
            return node
    return None


def documents(lab: CheckedLab, trace_id: str) -> str:
    """All that was sent of a trace, as one text."""
    (trace,) = lab.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    return "\n".join(segment["Document"] for segment in trace["Segments"])


def noted(lab: CheckedLab, trace_id: str, segment_id: str) -> dict[str, Any]:
    """The annotations and the metadata of one segment, by their keys."""
    (trace,) = lab.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    found: dict[str, Any] = {}
    for sent in (json.loads(segment["Document"]) for segment in trace["Segments"]):
        if sent["id"] == segment_id:
            for members in sent.get("metadata", {}).values():
                found.update(members if isinstance(members, dict) else {})
            found.update(sent.get("annotations", {}))
    return found
