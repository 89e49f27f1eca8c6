"""One durable execution: its operations, its history, and what its function has seen of them."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..environment.invocation import InvocationResult

RUNNING, SUCCEEDED, FAILED = "RUNNING", "SUCCEEDED", "FAILED"
TIMED_OUT, STOPPED = "TIMED_OUT", "STOPPED"
# A page of operations: 1,000, and well below the 6 MB of an invocation's payload.
PAGE_ITEMS, PAGE_BYTES = 1000, 4_000_000

Operation = dict[str, Any]


@dataclass(eq=False)
class Execution:
    """Members of operations and events are botocore's; times are seconds since the epoch.

    ``config`` is the DurableConfig it started with. ``changed`` tells for each operation by which
    count it changed last, ``seen`` up to which count the function knows. ``token`` is the only
    checkpoint token that is taken; ``replay`` the last checkpoint with a ClientToken and its
    answer. ``due`` holds when callbacks time out. ``parent`` is the execution, and its operation,
    that invoked this one. ``last`` is how its last invocation ended. ``failures`` invocations in a
    row have failed, ``empty`` ones waited for nothing, ``retries`` counts all that were made again.
    """

    arn: str
    name: str
    region: str
    function: str
    version: str
    function_arn: str
    payload: str
    config: dict[str, Any]
    trace: str
    started: float = field(default_factory=time.time)
    operations: dict[str, Operation] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    seen: int = 0
    token: str = ""
    replay: tuple[str, str, dict[str, Any]] | None = None
    completed_ids: list[str] = field(default_factory=list)
    due: dict[str, dict[str, float]] = field(default_factory=dict)
    status: str = RUNNING
    ended: float | None = None
    result: str | None = None
    error: dict[str, Any] | None = None
    launched: bool = False
    invoking: bool = False
    again: bool = False
    queued: bool = False
    failures: int = 0
    empty: int = 0
    retries: int = 0
    pauses: int = 0
    written: int = 0
    parent: tuple[Execution, str] | None = None
    last: InvocationResult | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The operation EXECUTION has the id with which the ARN ends: the SDK finds it so.
        root = self.arn.rpartition("/")[2]
        self.put(
            {
                "Id": root,
                "Type": "EXECUTION",
                "StartTimestamp": self.started,
                "Status": "STARTED",
                "ExecutionDetails": {"InputPayload": self.payload},
            }
        )
        details = {
            "Input": content(self.payload),
            "ExecutionTimeout": self.config["ExecutionTimeout"],
        }
        self.tell("ExecutionStarted", {"Id": root, "Name": self.name}, details, self.started)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status == RUNNING

    @property
    def root(self) -> Operation:
        """The operation of type EXECUTION."""
        return next(iter(self.operations.values()))

    def put(self, operation: Operation) -> None:
        """Keep a new or changed operation."""
        self.count += 1
        self.operations[operation["Id"]] = operation
        self.changed[operation["Id"]] = self.count

    def unseen(self) -> list[Operation]:
        """The operations that changed since the function was last told; now it knows them."""
        found = [each for each in self.operations.values() if self.changed[each["Id"]] > self.seen]
        self.seen = self.count
        return found

    def renew_token(self) -> str:
        """A new checkpoint token; those before it are void."""
        self.token = base64.b64encode(f"{self.arn}#{uuid.uuid4()}".encode()).decode()
        return self.token

    def tell(
        self,
        event_type: str,
        of: dict[str, Any],
        details: dict[str, Any] | None = None,
        at: float | None = None,
    ) -> None:
        """Add an event to the history. ``of`` is the operation, or no members."""
        event: dict[str, Any] = {
            "EventType": event_type,
            "EventId": len(self.events) + 1,
            "EventTimestamp": time.time() if at is None else at,
        }
        for member in ("SubType", "Id", "Name", "ParentId"):
            if of.get(member) is not None:
                event[member] = of[member]
        event[f"{event_type}Details"] = details or {}
        self.events.append(event)

    def replayed(self) -> list[Operation]:
        """What a replay needs: no children of a context that ended without ReplayChildren."""
        hidden: set[str] = set()
        found = []
        for each in self.operations.values():
            parent = each.get("ParentId")
            if parent in hidden:
                hidden.add(each["Id"])
                continue
            found.append(each)
            details = each.get("ContextDetails", {})
            ended = each["Type"] == "CONTEXT" and each["Status"] != "STARTED"
            if ended and not details.get("ReplayChildren"):
                hidden.add(each["Id"])
        return found

    def page(self, start: int, most: int = PAGE_ITEMS) -> tuple[list[Operation], str | None]:
        """A part of the operations from a place on, and the marker of the next part."""
        everything = self.replayed()
        end, size = start, 0
        while end < len(everything) and end - start < most:
            size += len(json.dumps(everything[end]))
            if size > PAGE_BYTES and end > start:
                break
            end += 1
        return everything[start:end], str(end) if end < len(everything) else None

    def stop_timers(self) -> None:
        """Nothing of it waits any more."""
        for timer in self.timers.values():
            timer.cancel()
        self.timers.clear()
        self.due.clear()


def content(payload: Any) -> dict[str, Any]:
    """An event's Input, Result or Error: nothing is cut off."""
    found = {} if payload is None else {"Payload": payload}
    return {**found, "Truncated": False}


def without_data(event: dict[str, Any]) -> dict[str, Any]:
    """An event as it is shown with IncludeExecutionData false."""
    name = f"{event['EventType']}Details"
    details = {
        member: {"Truncated": True} if member in ("Input", "Result", "Error") else value
        for member, value in event[name].items()
    }
    return {**event, name: details}
