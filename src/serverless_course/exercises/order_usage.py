"""What orders use, three ways: Lambda by its log, transitions and operations by the histories."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from secrets import randbelow, token_hex
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.flower_shop import plant_trouble, what_became_of
from serverless_course.functions.report import Report
from serverless_course.pricing.orchestration import Used
from serverless_course.traces.checkpoints import checkpoints
from serverless_course.waiting import until

# Of so many orders one meets a courier that is busy once.
ORDERS = 5
WAYS = ("waiting", "machine", "durable")
ENDS_WITHIN_S = 120.0


@dataclass(frozen=True)
class Usage:
    """What some orders used.

    Attributes:
        orders: how many they were.
        compute: requests and GB-seconds of every function that took part.
        transitions: state transitions, retries included; 0 without a machine.
        operations: durable operations; 0 without a durable function.
        written_bytes: what checkpoints wrote.
    """

    orders: int
    compute: Used
    transitions: int = 0
    operations: int = 0
    written_bytes: int = 0


def use_of(lab: CheckedLab, way: str) -> Usage:
    """Send five fresh orders one way, one of them with a courier that is busy once.

    Args:
        lab: the lab, with everything deployed that this way needs.
        way: ``"waiting"``, ``"machine"`` or ``"durable"``.

    Raises:
        LookupError: what this way needs is not deployed; the message names it.
        RuntimeError: an order did not end as it should, or the log is not whole.
    """
    send: Callable[[CheckedLab, int], tuple[int, int, int, int]] = {
        "waiting": _waiting,
        "machine": _machine,
        "durable": _durable,
    }[way]
    dynamodb, table = lab.client("dynamodb"), lab.name("shop", kind="dynamodb:table")
    first, since_ms = 100_000 + randbelow(900_000_000), int(time.time() * 1000)
    own, transitions, operations, written = 0, 0, 0, 0
    asked = 0
    for order in range(first, first + ORDERS):
        plant_trouble(dynamodb, table, order, {"busy": 1} if order == first else {})
        counted = send(lab, order)
        own, transitions = own + counted[0], transitions + counted[1]
        operations, written = operations + counted[2], written + counted[3]
        counts = what_became_of(dynamodb, table, order)
        asked += sum(n for step, n in counts.items() if step.startswith("asked_"))
        if counts["book"] != 1:
            raise RuntimeError(
                f"An order sent by {way} was not shipped: look at it, and try again."
            )
    wanted = {"desk": asked}
    if own:
        wanted[{"waiting": "shop", "durable": "flow"}[way]] = own
    reports = [each for name, n in wanted.items() for each in _reports(lab, name, since_ms, n)]
    gb_s = sum((Used.of(each.memory_mb, [each.billed_ms]).gb_s for each in reports), start=_ZERO)
    return Usage(ORDERS, Used(len(reports), gb_s), transitions, operations, written)


_ZERO = Used.of(128, []).gb_s


def _event(order: int) -> dict[str, int]:
    return {"order": order, "cents": 1_500 + randbelow(6_000)}


def _waiting(lab: CheckedLab, order: int) -> tuple[int, int, int, int]:
    run = lab.invoke(lab.name("shop"), {"do": "order", **_event(order)})
    if not run.ok:
        raise RuntimeError(f"The shop raised {run.error_type}: {run.error_message}")
    return 1, 0, 0, 0


def _machine(lab: CheckedLab, order: int) -> tuple[int, int, int, int]:
    states, name = lab.client("stepfunctions"), lab.name("order-flow", kind="states:state-machine")
    arns = [
        each["stateMachineArn"]
        for page in states.get_paginator("list_state_machines").paginate()
        for each in page["stateMachines"]
        if each["name"] == name
    ]
    if not arns:
        raise LookupError("There is no state machine yet: do its task first.")
    execution = states.start_execution(
        stateMachineArn=arns[0], name=f"use-{token_hex(6)}", input=json.dumps(_event(order))
    )["executionArn"]
    _wait_for(lambda: states.describe_execution(executionArn=execution)["status"])
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    return 0, transitions_of(event for page in pages for event in page["events"]), 0, 0


def transitions_of(events: Iterable[dict[str, Any]]) -> int:
    """State transitions in a history: each state that was entered, and each retry.

    Source: aws.amazon.com/step-functions/pricing, "retries are counted as additional state
    transitions" in its sense (read 2026-11).
    """
    kinds = [str(event["type"]) for event in events]
    entered = sum(kind.endswith("StateEntered") for kind in kinds)
    tasks = kinds.count("TaskStateEntered")
    tries = kinds.count("TaskScheduled") + kinds.count("LambdaFunctionScheduled")
    return entered + max(0, tries - tasks)


def _durable(lab: CheckedLab, order: int) -> tuple[int, int, int, int]:
    client, name = lab.client("lambda"), lab.name("flow")
    try:
        pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
        versions = [each["Version"] for page in pages for each in page["Versions"]]
    except client.exceptions.ResourceNotFoundException:
        versions = []
    numbers = [int(each) for each in versions if each != "$LATEST"]
    if not numbers:
        raise LookupError("There is no published version of flow yet: do its task first.")
    arn = client.invoke(
        FunctionName=name,
        Qualifier=str(max(numbers)),
        InvocationType="Event",
        DurableExecutionName=f"use-{token_hex(6)}",
        Payload=json.dumps(_event(order)),
    )["DurableExecutionArn"]
    _wait_for(lambda: client.get_durable_execution(DurableExecutionArn=arn)["Status"])
    pages = client.get_paginator("get_durable_execution_history").paginate(
        DurableExecutionArn=arn, IncludeExecutionData=True
    )
    events = [event for page in pages for event in page["Events"]]
    found = checkpoints(events)
    own = sum(event["EventType"] == "InvocationCompleted" for event in events)
    return own, 0, sum(c.operations for c in found), sum(c.written_bytes for c in found)


def _wait_for(status: Callable[[], str]) -> None:
    last = until(status, ENDS_WITHIN_S, ends=lambda each: each != "RUNNING")
    if last != "SUCCEEDED":
        raise RuntimeError(f"An order ended as {last}: look at its history, and try again.")


def _reports(lab: CheckedLab, short: str, since_ms: int, number: int) -> list[Report]:
    """So many REPORT lines of a function, since then; they are read from its log."""
    logs = lab.client("logs")

    def look() -> list[str]:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{lab.name(short)}",
            startTime=since_ms,
            filterPattern='"REPORT RequestId"',
        )
        return [event["message"] for page in pages for event in page["events"]]

    lines = until(look, 60.0, ends=lambda found: len(found) >= number, every_s=0.5)
    if len(lines) < number:
        raise RuntimeError(f"The log of {short} is not whole yet. Try again in a minute.")
    return [Report.parse(line) for line in lines]
