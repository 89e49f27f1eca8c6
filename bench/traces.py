"""Questions about 10,000 traces, through boto3: each within a second is wanted.

``python -m bench.traces``. Each trace is a request to a function that reads a table: four
segments and subsegments, sent alone as Lambda and the SDK send them.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import psutil

from .cloud import running
from .invoke import spread

TRACES = 10_000
RUNS = 9


def bench() -> None:
    """Print the first and the later answers of each question, and the server's memory."""
    with running() as cloud:
        client = cloud.client("xray")
        server = psutil.Process(cloud.ready["pid"])
        client.get_sampling_rules()
        before = server.memory_info().rss / 2**20
        base = time.time() - TRACES / 100 - 10
        began = time.perf_counter()
        for first in range(0, TRACES, 50):
            documents = [
                text for number in range(first, first + 50) for text in _trace(number, base)
            ]
            client.put_trace_segments(TraceSegmentDocuments=documents)
        took = time.perf_counter() - began
        print(f"\nX-Ray with {TRACES:,} traces, sent in {took:.1f} s (aim: 1,000 ms at most)")
        within = {"StartTime": base - 10, "EndTime": base + TRACES / 100 + 10}
        for name, ask in _questions(client, within).items():
            _show(name, ask)
        after = server.memory_info().rss / 2**20
        print(f"  memory of the server: {before:.0f} MB, then {after:.0f} MB")


def _questions(client: Any, within: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    def summaries(expression: str) -> Callable[[], Any]:
        asked = {**within, **({"FilterExpression": expression} if expression else {})}
        return lambda: client.get_trace_summaries(**asked)

    def all_pages() -> int:
        pages = client.get_paginator("get_trace_summaries").paginate(
            **within, FilterExpression="annotation.number < 2000"
        )
        return sum(len(page["TraceSummaries"]) for page in pages)

    return {
        "summaries, first page": summaries(""),
        "filter: fault": summaries("fault"),
        "filter: service, edge, annotation": summaries(
            'service("orders") { fault } AND edge("f", "orders") AND annotation.number > 5000'
        ),
        "2,000 summaries, all pages": all_pages,
        "service graph": lambda: client.get_service_graph(**within),
        "time series": lambda: client.get_time_series_service_statistics(**within),
    }


def _show(name: str, ask: Callable[[], Any]) -> None:
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1e3)
    print(f"  {name:35} first {times[0]:7.1f} ms, then {spread(times[1:])}")
    assert statistics.median(times) > 0


def _trace(number: int, base: float) -> list[str]:
    """The documents of one request, in the order in which they are finished."""
    at = base + number / 100
    common = {"trace_id": f"1-{int(at):08x}-{number:024x}", "start_time": at}
    failed = number % 50 == 0
    call = {"namespace": "aws", "aws": {"operation": "GetItem", "table_name": "orders"}}
    return [
        json.dumps({**common, **document})
        for document in (
            {
                "id": f"{4:016x}",
                "parent_id": f"{3:016x}",
                "type": "subsegment",
                "name": "DynamoDB",
                "end_time": at + 0.01,
                "fault": failed,
                **call,
            },
            {
                "id": f"{3:016x}",
                "parent_id": f"{2:016x}",
                "type": "subsegment",
                "name": "Invocation",
                "end_time": at + 0.02,
                "annotations": {"number": number, "tenant": f"t{number % 7}"},
            },
            {
                "id": f"{2:016x}",
                "parent_id": f"{1:016x}",
                "name": "f",
                "end_time": at + 0.03,
                "fault": failed,
                "origin": "AWS::Lambda::Function",
            },
            {"id": f"{1:016x}", "name": "f", "end_time": at + 0.04, "origin": "AWS::Lambda"},
        )
    ]


if __name__ == "__main__":
    bench()
