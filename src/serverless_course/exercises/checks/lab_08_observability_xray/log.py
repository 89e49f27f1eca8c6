"""The shop's log lines."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.shop import wait_for
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.log_line import LogLine, log_lines

# How many orders the lab sends first, with the numbers 1, 2, 3 and so on.
MORNING = 40
REPORTS = ("REPORT", "platform.report")


def log(lab: CheckedLab, function: str = "checkout") -> list[LogLine]:
    """All lines in the log of a function."""
    group = f"/aws/lambda/{lab.name(function)}"
    pages = lab.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return log_lines(event for page in pages for event in page["events"])


def logged(lab: CheckedLab, run: Invocation, function: str = "checkout") -> list[LogLine]:
    """The lines that an invocation of a function logged."""

    def complete() -> list[LogLine]:
        own = [line for line in log(lab, function) if line.request_id == run.request_id]
        return own if any(line.kind in REPORTS for line in own) else []

    lines: list[LogLine] = wait_for("its log was there", complete)
    return lines


def trace_of(lab: CheckedLab, run: Invocation, function: str = "checkout") -> str:
    """The trace id of an invocation, as Lambda's own log lines tell it; "" where they do not."""
    for line in logged(lab, run, function):
        if line.kind in ("platform.start", "platform.report"):
            header = (line.fields or {}).get("record", {}).get("tracing", {}).get("value", "")
            found = str(header).partition("Root=")[2].partition(";")[0]
            if found:
                return found
    return ""


def failures(lab: CheckedLab, orders: range) -> list[Mapping[str, Any]]:
    """What checkout logged of its failures of orders with these numbers."""
    found = [line.fields or {} for line in log(lab)]
    return [
        fields
        for fields in found
        if fields.get("message") == "checkout failed" and fields.get("order") in orders
    ]


def unlucky(lab: CheckedLab) -> Mapping[str, Any] | None:
    """One of the failures of the customer whose checkouts of the morning fail most often."""
    morning = failures(lab, range(1, MORNING + 1))
    count = Counter(str(each.get("customer")) for each in morning)
    most = max(count, key=lambda customer: count[customer], default=None)
    return next((each for each in morning if each.get("customer") == most), None)


def embedded_metrics(lab: CheckedLab, run: Invocation) -> list[Mapping[str, Any]]:
    """The lines in the embedded metric format that an invocation logged.

    The tail that Invoke gives back is too short for them: a stack trace may stand behind.
    """
    found = [line.fields or {} for line in logged(lab, run)]
    return [
        fields
        for fields in found
        if isinstance(fields.get("_aws"), dict) and "CloudWatchMetrics" in fields["_aws"]
    ]
