"""Reads the history of a durable execution or of a state machine, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from serverless_course.traces.durable_flow import durable_flow
from serverless_course.traces.flow import FlowHistory
from serverless_course.traces.machine_flow import machine_flow


def flow_history(events: Iterable[Mapping[str, Any]]) -> FlowHistory:
    """Read the events of a history, of all its pages.

    Args:
        events: ``Events`` of Lambda's GetDurableExecutionHistory, or ``events`` of Step Functions'
            GetExecutionHistory, as boto3 returns them. Newest first is right, too.

    Raises:
        ValueError: there is no event, or one that is of neither.
    """
    found = list(events)
    if found and all("EventType" in each for each in found):
        return durable_flow(sorted(found, key=lambda each: int(each["EventId"])))
    if found and all("type" in each and "previousEventId" in each for each in found):
        return machine_flow(sorted(found, key=lambda each: int(each["id"])))
    raise ValueError(
        "These are no events of a history. Give what get_durable_execution_history returns as "
        "Events, or get_execution_history as events."
    )
