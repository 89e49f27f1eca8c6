"""The shop of lab 08, as its checks look at it: checkouts, traces, log lines, metrics."""

import json
import time
from collections.abc import Callable, Mapping
from secrets import randbelow
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.feedback import EnvironmentProblem, NotYet
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.log_line import LogLine, log_lines
from serverless_course.traces.node import Node
from serverless_course.traces.tree import Tree, trees
from serverless_course.waiting import until

STEPS = ("price", "stock", "coupon", "reserve", "notify")
LOOK_BACK_S = 6 * 3600.0
# X-Ray gives so many traces in one call of BatchGetTraces.
BATCH = 5
REPORTS = ("REPORT", "platform.report")
# What traces, log lines and metrics may take to arrive on AWS, in seconds.
ARRIVES_WITHIN_S = 45.0


def order_of(customer: str, country: str) -> dict[str, Any]:
    """A fresh order."""
    number = 10_000 + randbelow(900_000)
    return {"order": number, "customer": customer, "country": country, "cents": 1200}


def new_customer() -> str:
    """A customer that nobody has seen yet."""
    return f"c-{100_000 + randbelow(900_000)}"


def new_country() -> str:
    """A country whose tax the function price does not know."""
    return f"X{randbelow(1000):03}"


def buy(lab: Any, customer: str, country: str = "BR", function: str = "checkout") -> Invocation:
    """One checkout now."""
    run: Invocation = lab.invoke(lab.name(function), order_of(customer, country))
    return run


def error_of(run: Invocation) -> str:
    """The error of an invocation that failed, in a few words."""
    return f"{run.error_type}: {run.error_message[:200]}"


def wait_for(what: str, found: Callable[[], Any], limit_s: float = ARRIVES_WITHIN_S) -> Any:
    """Ask until something true comes; `EnvironmentProblem` when it does not."""
    given = until(found, limit_s, every_s=0.3)
    if not given:
        raise EnvironmentProblem(
            f"It took longer than {limit_s:g} s until {what}. Your answer was not judged.",
            next_step="Run the check again in a minute.",
        )
    return given


# traces


def summaries(lab: Any, expression: str, since_s: float | None = None) -> list[dict[str, Any]]:
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


def traces(lab: Any, ids: list[str]) -> list[Tree]:
    """The traces with these ids."""
    xray = lab.client("xray")
    batches = (ids[first : first + BATCH] for first in range(0, len(ids), BATCH))
    return trees(
        trace for batch in batches for trace in xray.batch_get_traces(TraceIds=batch)["Traces"]
    )


def traces_of(lab: Any, function: str, since_s: float | None = None) -> list[Tree]:
    """The traces that a function had part in, the oldest first."""
    found = summaries(lab, f'service("{lab.name(function)}")', since_s)
    return sorted(traces(lab, [each["Id"] for each in found]), key=lambda tree: tree.start_s)


def function_node(tree: Tree, name: str) -> Node | None:
    """The segment of a function's own code; None when it is not in the trace."""
    for _, node in tree.walk():
        if node.name == name and node.origin == "AWS::Lambda::Function":
            return node
    return None


def documents(lab: Any, trace_id: str) -> str:
    """All that was sent of a trace, as one text."""
    (trace,) = lab.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    return "\n".join(segment["Document"] for segment in trace["Segments"])


def own_document(lab: Any, trace_id: str, segment_id: str) -> str:
    """What was sent of one segment, as text, without its subsegments."""
    (trace,) = lab.client("xray").batch_get_traces(TraceIds=[trace_id])["Traces"]
    sent = (json.loads(segment["Document"]) for segment in trace["Segments"])
    return "\n".join(
        json.dumps({key: value for key, value in each.items() if key != "subsegments"})
        for each in sent
        if each["id"] == segment_id
    )


def sent_together(lab: Any, orders: int) -> list[list[Tree]]:
    """The traces of each sending of the orders 1, 2, 3 and so on, the latest sending last.

    X-Ray keeps the traces of functions that are gone. The log is deleted with its function: it
    tells which traces are of now. A number that comes again begins a new sending. Where the log
    names no traces, the first that X-Ray knows are taken for one sending.
    """
    started: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for line in _log(lab):
        fields = line.fields or {}
        if line.kind in ("platform.start", "platform.report"):
            header = fields["record"].get("tracing", {}).get("value", "")
            trace_id = header.partition("Root=")[2].partition(";")[0]
            started[line.request_id] = started.get(line.request_id) or trace_id
        elif isinstance(fields.get("order"), int) and 1 <= fields["order"] <= orders:
            numbers[line.request_id] = fields["order"]
    sendings: list[dict[int, str]] = [{}]
    for request, trace_id in started.items():
        number = numbers.get(request)
        if number in sendings[-1]:
            sendings.append({})
        if number is not None and trace_id:
            sendings[-1][number] = trace_id
    if not any(started.values()):
        sent = traces_of(lab, "checkout")[:orders]
        return [sent] if len(sent) == orders else []
    return [traces(lab, list(each.values())) for each in sendings if len(each) == orders]


# logs and metrics


def failures_by_customer(lab: Any) -> dict[str, int]:
    """How many checkouts of each customer failed, as the log says."""
    pages = lab.client("logs").get_paginator("filter_log_events")
    count: dict[str, int] = {}
    for page in pages.paginate(
        logGroupName=f"/aws/lambda/{lab.name('checkout')}", filterPattern='"checkout failed"'
    ):
        for event in page["events"]:
            line = _json(event["message"])
            if line.get("message") == "checkout failed" and "customer" in line:
                count[line["customer"]] = count.get(line["customer"], 0) + 1
    return count


def _log(lab: Any) -> list[LogLine]:
    """All lines in the log of checkout."""
    group = f"/aws/lambda/{lab.name('checkout')}"
    pages = lab.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return log_lines(event for page in pages for event in page["events"])


def logged(lab: Any, run: Invocation) -> list[LogLine]:
    """The lines that an invocation of checkout logged."""

    def complete() -> list[LogLine]:
        own = [line for line in _log(lab) if line.request_id == run.request_id]
        return own if any(line.kind in REPORTS for line in own) else []

    lines: list[LogLine] = wait_for("its log was there", complete)
    return lines


def embedded_metrics(lab: Any, run: Invocation) -> list[Mapping[str, Any]]:
    """The lines in the embedded metric format that an invocation logged.

    The tail that Invoke gives back is too short for them: a stack trace may stand behind.
    """
    found = [line.fields or {} for line in logged(lab, run)]
    return [
        fields
        for fields in found
        if isinstance(fields.get("_aws"), dict) and "CloudWatchMetrics" in fields["_aws"]
    ]


def metric_sum(lab: Any, country: str) -> float:
    """The sum of the shop's FailedCheckouts in a country, over the last hour."""
    now = time.time()
    found = lab.client("cloudwatch").get_metric_statistics(
        Namespace="Shop",
        MetricName="FailedCheckouts",
        Dimensions=[{"Name": "Country", "Value": country}],
        StartTime=now - 3600,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def _json(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
