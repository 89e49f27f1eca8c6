"""The questions about traces: summaries, whole traces, graphs, time series.

Sources: API reference and Developer Guide, "Getting data from X-Ray" (read 2026-11): time ranges
hold their start and not their end; TimeRangeType TraceId asks for traces that began in the range,
Event for those that were active in it, Service for those with a segment that ended in it; five
ids in BatchGetTraces. Page sizes are ours: AWS does not tell its own.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from .call import Call
from .filter_match import TraceFilter
from .filter_parser import parse
from .pages import first_page, page, rest
from .refusals import invalid
from .service_graph import graph_of
from .summary import summary
from .trace import Trace
from .view import View

MAX_BATCH = 5
SUMMARIES_PER_PAGE = 200
SERVICES_PER_PAGE = 500


def get_trace_summaries(call: Call) -> dict[str, Any]:
    """GetTraceSummaries: the newest first, in pages. TracesProcessedCount is how many traces were
    looked at for this page."""
    start, end = call.range()
    tree = parse(call.get("FilterExpression") or "")
    found = TraceFilter(tree, call.region.account, call.region.groups.tree)
    traces = _traces(call, call.get("TimeRangeType") or "TraceId", start, end)
    candidates = sorted(_sampled(call, traces), key=_newest_first)
    looked_at = 0

    def matching() -> Iterator[Trace]:
        nonlocal looked_at
        for trace in rest(candidates, call, _newest_first):
            looked_at += 1
            if found.matches(trace):
                yield trace

    part, token = first_page(matching(), SUMMARIES_PER_PAGE, _newest_first)
    return {
        "TraceSummaries": [_summary(trace, call.region.account) for trace in part],
        "ApproximateTime": time.time(),
        "TracesProcessedCount": looked_at,
        "NextToken": token,
    }


def batch_get_traces(call: Call) -> dict[str, Any]:
    """BatchGetTraces: segments with their late subsegments in them, and inferred segments."""
    ids = list(dict.fromkeys(call["TraceIds"]))
    if len(ids) > MAX_BATCH:
        raise invalid(f"TraceIds can hold at most {MAX_BATCH} trace IDs.")
    found = [(given, call.region.traces.find(given)) for given in ids]
    return {
        "Traces": [_whole(trace) for _, trace in found if trace is not None],
        "UnprocessedTraceIds": [given for given, trace in found if trace is None],
    }


def get_trace_graph(call: Call) -> dict[str, Any]:
    """GetTraceGraph: the service graph of some traces, with the links among them. Ids that are
    unknown add nothing."""
    found = [call.region.traces.find(given) for given in dict.fromkeys(call["TraceIds"])]
    views = {trace.id: trace.view for trace in found if trace}
    services = graph_of(views.values(), call.region.account, find=views.get)
    part, token = page(services, call, SERVICES_PER_PAGE, lambda item: (item["ReferenceId"],))
    return {"Services": part, "NextToken": token}


def get_service_graph(call: Call) -> dict[str, Any]:
    """GetServiceGraph: what began within the time range, as far as a group's filter lets it."""
    start, end = call.range()
    traces = _of_group(call, _traces(call, "Event", start, end))

    def wanted(document: dict[str, Any]) -> bool:
        return bool(start <= document["start_time"] < end)

    def find(trace_id: str) -> View | None:
        trace = call.region.traces.find(trace_id)
        return trace.view if trace else None

    services = graph_of((trace.view for trace in traces), call.region.account, wanted, find)
    part, token = page(services, call, SERVICES_PER_PAGE, lambda item: (item["ReferenceId"],))
    return {
        "StartTime": start,
        "EndTime": end,
        "Services": part,
        "ContainsOldGroupVersions": False,
        "NextToken": token,
    }


def _newest_first(trace: Trace) -> tuple[float, str]:
    return -trace.view.time, trace.id


def _summary(trace: Trace, account: str) -> dict[str, Any]:
    memo = trace.memo
    if "summary" not in memo:
        memo["summary"] = summary(trace, account)
    found: dict[str, Any] = memo["summary"]
    return found


def _traces(call: Call, kind: str, start: float, end: float) -> list[Trace]:
    within: dict[str, Callable[[Trace], bool]] = {
        "TraceId": lambda trace: start <= trace.view.time < end,
        "Event": lambda trace: trace.view.start < end and trace.view.end >= start,
        "Service": lambda trace: any(
            start <= (visit.document.get("end_time") or -1.0) < end for visit in trace.view.visits
        ),
    }
    return [trace for trace in call.region.traces.snapshot() if within[kind](trace)]


def traces_of_group(call: Call, start: float, end: float) -> list[Trace]:
    """The traces that were active in a time range, of the group that was asked for."""
    return _of_group(call, _traces(call, "Event", start, end))


def _of_group(call: Call, traces: list[Trace]) -> list[Trace]:
    named = {name: call.get(name) for name in ("GroupName", "GroupARN")}
    if not any(named.values()):
        return traces
    tree = parse(call.region.groups.get(named)["FilterExpression"], groups=False)
    found = TraceFilter(tree, call.region.account, call.region.groups.tree)
    return [trace for trace in traces if found.matches(trace)]


def _sampled(call: Call, traces: list[Trace]) -> list[Trace]:
    """What SamplingStrategy asks for. ``Sampling`` alone asks for a subset "of available traces";
    here all are as available, so all are in it."""
    strategy = call.get("SamplingStrategy") or {}
    if strategy.get("Name") != "FixedRate":
        return traces
    rate = strategy.get("Value")
    if rate is None or not 0 <= rate <= 1:
        raise invalid("SamplingStrategy.Value must be between 0 and 1 for FixedRate.")
    # By the id, so that pages of one question agree.
    return [trace for trace in traces if random.Random(trace.id).random() < rate]  # noqa: S311


def _whole(trace: Trace) -> dict[str, Any]:
    view = trace.view
    documents = [visit.document for visit in view.visits]
    # A subsegment whose segment has not come is shown as it is, so that nothing is lost (ours).
    strays = [{**stray, "trace_id": trace.id} for stray in view.strays]
    return {
        "Id": trace.id,
        "Duration": round(view.duration, 3),
        "LimitExceeded": trace.limit_exceeded,
        "Segments": [
            {"Id": document["id"], "Document": json.dumps(document, separators=(",", ":"))}
            for document in documents + strays
        ],
    }
