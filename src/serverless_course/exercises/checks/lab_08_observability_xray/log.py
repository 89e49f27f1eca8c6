"""The shop's log lines."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.shop import wait_for
from serverless_course.functions.invocation import Invocation
from serverless_course.traces.log_line import LogLine, log_lines

REPORTS = ("REPORT", "platform.report")


def log(lab: CheckedLab) -> list[LogLine]:
    """All lines in the log of checkout."""
    group = f"/aws/lambda/{lab.name('checkout')}"
    pages = lab.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return log_lines(event for page in pages for event in page["events"])


def logged(lab: CheckedLab, run: Invocation) -> list[LogLine]:
    """The lines that an invocation of checkout logged."""

    def complete() -> list[LogLine]:
        own = [line for line in log(lab) if line.request_id == run.request_id]
        return own if any(line.kind in REPORTS for line in own) else []

    lines: list[LogLine] = wait_for("its log was there", complete)
    return lines


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
