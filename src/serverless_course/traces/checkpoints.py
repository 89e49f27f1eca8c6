"""What the checkpoints of a durable execution count as: operations, and bytes written.

AWS's counting: Lambda Developer Guide, "Durable execution SDK", *How durable operations are
metered* (a copy, read 2026-11-30). It names no row for an invoked function: counted as one
operation when it starts, which is inferred. A history shows a result as it was written; where
AWS says "up to two copies", both stand in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.traces.durable_flow import details
from serverless_course.traces.flow import seconds

# Operations for an event; the others count as none. A step counts for each attempt that ended.
OPERATIONS: Mapping[str, int] = {
    "ExecutionStarted": 1,
    "StepSucceeded": 1,
    "StepFailed": 1,
    "WaitStarted": 1,
    "CallbackStarted": 1,
    "ChainedInvokeStarted": 1,
}
# A child context counts at its end, one that parallel, map or a callback makes at its beginning.
AT_ITS_END = "RunInChildContext"
STANDS_FOR = {"InvocationCompleted": "the invocation is tried again"}


@dataclass(frozen=True)
class Checkpoint:
    """One event of a history that is charged, or that wrote data.

    Attributes:
        event_id: its number in the history.
        at_s: when it was written, in seconds since the epoch.
        what: the event's type.
        name: the operation's name.
        operations: as how many operations it counts.
        written_bytes: bytes of the payload that it wrote.
    """

    event_id: int
    at_s: float
    what: str
    name: str
    operations: int
    written_bytes: int


def checkpoints(events: Iterable[Mapping[str, Any]]) -> list[Checkpoint]:
    """The checkpoints among ``Events`` of GetDurableExecutionHistory, in their order.

    Results have to be in the history: ask with ``IncludeExecutionData=True``.
    """
    found = []
    ordered = sorted(events, key=lambda each: int(each["EventId"]))
    runs = [int(each["EventId"]) for each in ordered if each["EventType"] == "InvocationCompleted"]
    for event in ordered:
        operations, written = _operations(event, max(runs, default=0)), _bytes(event)
        if operations or written:
            kind = str(event["EventType"])
            name = str(event.get("Name") or event.get("SubType") or "")
            if kind.startswith("Execution"):
                name = "the execution"
            found.append(
                Checkpoint(
                    int(event["EventId"]),
                    seconds(event["EventTimestamp"]),
                    kind,
                    STANDS_FOR.get(kind, name),
                    operations,
                    written,
                )
            )
    return found


def _operations(event: Mapping[str, Any], last_run: int) -> int:
    kind = str(event["EventType"])
    if kind == "InvocationCompleted":
        # It is the retry that counts: after the last invocation there is none.
        return int(bool(details(event).get("Error")) and int(event["EventId"]) < last_run)
    if kind.startswith("Context"):
        counts_at_end = event.get("SubType") == AT_ITS_END
        return int(counts_at_end != (kind == "ContextStarted"))
    return OPERATIONS.get(kind, 0)


def _bytes(event: Mapping[str, Any]) -> int:
    """Bytes of the event's input, result or error."""
    for member in ("Input", "Result", "Error"):
        payload = (details(event).get(member) or {}).get("Payload")
        if payload is not None:
            text = payload if isinstance(payload, str) else json.dumps(payload)
            return len(text.encode())
    return 0
