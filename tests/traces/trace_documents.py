"""Traces as batch_get_traces returns them, made up: form and names are AWS's, times are chosen.

Form of the documents: X-Ray Developer Guide, "Segment documents", and the trace of the chapter on
Lambda there (read 2026-11), in the form of old (Initialization, Invocation, Overhead) and in
today's (Init, and no Invocation).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

START_S = 1_795_000_000.0
ACCOUNT = "123456789012"


def an_id(rng: random.Random) -> str:
    """16 hexadecimal digits."""
    return f"{rng.getrandbits(64):016x}"


@dataclass
class Call:
    """A downstream call: the service's name, the operation, ms that it takes, how it ends."""

    name: str
    operation: str
    ms: float
    state: str = "ok"
    resource: dict[str, str] = field(default_factory=dict)


DYNAMODB = Call("DynamoDB", "PutItem", 9.0, resource={"table_name": "orders-2026"})
SQS = Call("SQS", "SendMessage", 14.0, resource={"queue_url": "https://sqs/orders"})
LAMBDA = Call("Lambda", "Invoke", 62.0, resource={"function_name": "price"})


def flags(state: str) -> dict[str, Any]:
    """What a document says of a state, with an exception."""
    exception = {
        "error": ("ConditionalCheckFailedException", "The conditional request failed"),
        "throttle": ("ProvisionedThroughputExceededException", "Rate of requests exceeds"),
        "fault": ("ValueError", "no price for <b>tea</b>"),
    }
    if state == "ok":
        return {}
    kind, message = exception[state]
    return {
        "error": state in ("error", "throttle"),
        "throttle": state == "throttle",
        "fault": state == "fault",
        "cause": {
            "working_directory": "/var/task",
            "exceptions": [{"id": "e" * 16, "type": kind, "message": message}],
        },
    }


def lambda_trace(
    seed: int = 1,
    *,
    name: str = "orders",
    cold: bool = False,
    old: bool = False,
    calls: tuple[Call, ...] = (DYNAMODB, SQS),
    state: str = "ok",
    start_s: float = START_S,
    own_ms: float = 3.0,
) -> dict[str, Any]:
    """One invocation: both of Lambda's segments, the SDK's subsegments, inferred far sides.

    The calls run one after the other, with ``own_ms`` before each and after the last.
    """
    rng = random.Random(seed)
    trace_id = f"1-{int(start_s):08x}-{rng.getrandbits(96):024x}"
    service, function = an_id(rng), an_id(rng)
    init_s = rng.uniform(0.15, 0.4) if cold else 0.0
    begin = start_s + 0.004 + init_s
    extra: list[dict[str, Any]] = []
    subsegments: list[dict[str, Any]] = []
    at = begin
    made: list[dict[str, Any]] = []
    for call in calls:
        at += own_ms / 1000
        made.append(_call(call, at, an_id(rng)))
        if call.name != "Lambda":
            extra.append(_far_side(made[-1], call, trace_id, an_id(rng)))
        at += call.ms / 1000
    end = at + own_ms / 1000
    if cold:
        part = "Initialization" if old else "Init"
        subsegments.append(_part(an_id(rng), part, begin - init_s, begin))
    if old:
        inner = _part(an_id(rng), "Invocation", begin, end) | {"subsegments": made} | flags(state)
        subsegments.append(inner)
    else:
        subsegments += made
    subsegments.append(_part(an_id(rng), "Overhead", end, end + 0.002))
    documents = [
        {
            "id": service,
            "name": name,
            "trace_id": trace_id,
            "start_time": start_s,
            "end_time": end + 0.006,
            "origin": "AWS::Lambda",
            "http": {"response": {"status": 200}},
            "aws": {"request_id": f"{seed:08d}-0000-4000-8000-000000000000"},
        }
        | {key: value for key, value in flags(state).items() if key != "cause"},
        {
            "id": function,
            "name": name,
            "trace_id": trace_id,
            "parent_id": service,
            # In the form of old, Initialization is over before the function's segment begins.
            "start_time": begin if old else begin - init_s,
            "end_time": end + 0.002,
            "origin": "AWS::Lambda::Function",
            "aws": {"account_id": ACCOUNT},
            "annotations": {"customer": f"c{seed % 7}"},
            "subsegments": subsegments,
        }
        | flags(state),
        *extra,
    ]
    return as_trace(trace_id, documents)


def as_trace(trace_id: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Documents in the form of one of batch_get_traces' Traces."""
    start = min(each["start_time"] for each in documents)
    end = max(each.get("end_time", each["start_time"]) for each in documents)
    return {
        "Id": trace_id,
        "Duration": round(end - start, 3),
        "LimitExceeded": False,
        "Segments": [{"Id": each["id"], "Document": json.dumps(each)} for each in documents],
    }


def many_traces(count: int, seed: int = 8) -> list[dict[str, Any]]:
    """Invocations of a few functions: one in 20 cold, one in 25 failed, one in 30 throttled."""
    rng = random.Random(seed)
    traces = []
    for number in range(count):
        calls = tuple(
            Call(
                each.name,
                each.operation,
                each.ms * rng.lognormvariate(0, 0.5),
                "throttle" if rng.random() < 1 / 30 else "ok",
                each.resource,
            )
            for each in rng.sample((DYNAMODB, SQS, LAMBDA), rng.randint(1, 3))
        )
        traces.append(
            lambda_trace(
                seed * 1_000_000 + number,
                name=rng.choice(("orders", "photos", "billing")),
                cold=rng.random() < 1 / 20,
                old=number % 2 == 0,
                calls=calls,
                state="fault" if rng.random() < 1 / 25 else "ok",
                start_s=START_S + number * 0.5,
                own_ms=rng.uniform(1, 6),
            )
        )
    return traces


def one_service(
    number: int,
    name: str,
    kind: str,
    targets: dict[int, int],
    *,
    total: int = 0,
    errors: int = 0,
    throttles: int = 0,
    faults: int = 0,
    average_s: float = 0.05,
    root: bool = False,
) -> dict[str, Any]:
    """One of get_service_graph's Services; ``targets`` are calls by ReferenceId."""
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    found: dict[str, Any] = {
        "ReferenceId": number,
        "Name": name,
        "Names": [name],
        "Type": kind,
        "State": "active",
        "Root": root,
        "StartTime": start,
        "EndTime": start + timedelta(minutes=5),
        "Edges": [
            {
                "ReferenceId": target,
                "StartTime": start,
                "EndTime": start + timedelta(minutes=5),
                "SummaryStatistics": statistics(calls, average_s=average_s),
                "ResponseTimeHistogram": histogram(calls, average_s),
                "Aliases": [],
            }
            for target, calls in targets.items()
        ],
    }
    if total:
        found["SummaryStatistics"] = statistics(total, errors, throttles, faults, average_s)
        found["ResponseTimeHistogram"] = histogram(total, average_s)
        found["DurationHistogram"] = found["ResponseTimeHistogram"]
    return found


def statistics(
    total: int, errors: int = 0, throttles: int = 0, faults: int = 0, average_s: float = 0.05
) -> dict[str, Any]:
    """ServiceStatistics; X-Ray counts throttles among the errors."""
    return {
        "OkCount": total - errors - throttles - faults,
        "ErrorStatistics": {
            "ThrottleCount": throttles,
            "OtherCount": errors,
            "TotalCount": errors + throttles,
        },
        "FaultStatistics": {"OtherCount": faults, "TotalCount": faults},
        "TotalCount": total,
        "TotalResponseTime": total * average_s,
    }


def histogram(total: int, average_s: float) -> list[dict[str, Any]]:
    """Nine in ten a little faster than the average, the others slower."""
    slow = total // 10
    pairs = [(average_s * 0.8, total - slow), (average_s * 2.8, slow)]
    return [{"Value": value, "Count": count} for value, count in pairs if count]


def small_map() -> list[dict[str, Any]]:
    """A client, a function, a table."""
    return [
        one_service(0, "client", "client", {1: 120}),
        one_service(1, "orders", "AWS::Lambda", {2: 120}, total=120, faults=6, root=True),
        one_service(2, "orders", "AWS::Lambda::Function", {3: 114}, total=120, throttles=12),
        one_service(3, "orders-2026", "AWS::DynamoDB::Table", {}, total=114, average_s=0.009),
    ]


def map_of(count: int) -> list[dict[str, Any]]:
    """A client and ``count - 1`` services below it, each called by one or two of those before."""
    rng = random.Random(count)
    kinds = ("AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS")
    targets: dict[int, dict[int, int]] = {number: {} for number in range(count)}
    for number in range(1, count):
        callers = {(number - 1) // 3}
        if number > 6 and rng.random() < 0.4:
            callers.add(rng.randrange(number // 3, number - 2))
        for caller in callers:
            targets[caller][number] = rng.randint(1, 4000)
    services = []
    for number in range(count):
        if number == 0:
            services.append(one_service(0, "client", "client", targets[0]))
            continue
        total = sum(edges.get(number, 0) for edges in targets.values())
        services.append(
            one_service(
                number,
                f"shop-{number:02d}-the-service-with-a-rather-long-name-{number}",
                kinds[number % 4],
                targets[number],
                total=total,
                faults=total // 8 if number % 7 == 3 else 0,
                throttles=total // 5 if number % 9 == 5 else 0,
                average_s=0.004 * (1 + number % 6),
            )
        )
    return services


def _part(own: str, name: str, start: float, end: float) -> dict[str, Any]:
    return {"id": own, "name": name, "start_time": start, "end_time": end}


def _call(call: Call, at: float, own: str) -> dict[str, Any]:
    return (
        _part(own, call.name, at, at + call.ms / 1000)
        | {
            "namespace": "aws",
            "aws": {"operation": call.operation, "region": "us-east-1", **call.resource},
            "http": {"response": {"status": 200 if call.state == "ok" else 400}},
        }
        | flags(call.state)
    )


def _far_side(made: dict[str, Any], call: Call, trace_id: str, own: str) -> dict[str, Any]:
    return {
        "id": own,
        "name": call.name,
        "trace_id": trace_id,
        "parent_id": made["id"],
        "inferred": True,
        "start_time": made["start_time"],
        "end_time": made["end_time"],
        "origin": "AWS::DynamoDB::Table" if call.name == "DynamoDB" else f"AWS::{call.name}",
    }
