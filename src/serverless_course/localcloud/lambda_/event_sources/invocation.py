"""A poller's invocation: synchronous, of the function, version or alias that its mapping names."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

from ...wire.errors import ServiceError
from ..environment.invocation import InvocationResult
from ..invocation.door import Door
from ..invocation.lambda_namespace import MILLISECONDS
from ..invocation.request import InvocationRequest
from ..registry import Registry
from ..tracing import undecided


class Invocations:
    """Runs batches through the synchronous path of Invoke."""

    def __init__(self, registry: Registry, door: Door) -> None:
        self._registry = registry
        self._door = door

    def role(self, region: str, function_arn: str) -> tuple[str, str]:
        """The ARN of the function's execution role, and the function's name.

        Raises `ServiceError` (404) when the function, version or alias is gone.
        """
        found = self._registry.find(region, function_arn)
        return str(found.configuration.members["Role"]), found.record.name

    def undelivered(self, region: str, function_arn: str) -> None:
        """The record of discarded records did not reach its destination."""
        with contextlib.suppress(ServiceError):
            found = self._registry.find(region, function_arn)
            self._door.metrics.note(found.resource, "DestinationDeliveryFailures")

    async def invoke(
        self, region: str, function_arn: str, records: list[dict[str, Any]], trace: str = ""
    ) -> InvocationResult:
        """Hand over a batch and wait for the answer.

        ``trace`` is the trace header that the batch carries, if any; the hop to this function is
        counted in it. Raises `ServiceError` when the function was not invoked: throttled (429),
        not Active (409), gone (404), or stopped as a recursive loop.
        """
        found = self._registry.find(region, function_arn)
        payload = json.dumps({"Records": records}, separators=(",", ":")).encode()
        if (arrived_at := _arrived_at(records)) is not None:
            age_ms = max(time.time() - arrived_at, 0.0) * 1000
            self._door.metrics.note(found.resource, "IteratorAge", age_ms, MILLISECONDS)
        messages = trace_headers(records)
        request = InvocationRequest(found, payload, undecided(trace), messages=messages)
        return await self._door.run(self._door.receive(request))


def _arrived_at(records: list[dict[str, Any]]) -> float | None:
    """When the last record of a stream's batch came into the stream, in seconds since the epoch.

    IteratorAge is "the age of the last record in the event" (Lambda Developer Guide, "Types of
    metrics for Lambda functions", read 2026-11). Batches of queues have none.
    """
    last = records[-1] if records else {}
    arrived = last.get("kinesis", {}).get("approximateArrivalTimestamp") or last.get(
        "dynamodb", {}
    ).get("ApproximateCreationDateTime")
    return float(arrived) if isinstance(arrived, int | float) else None


def trace_headers(records: list[dict[str, Any]]) -> list[str]:
    """The trace headers that a queue's messages carry."""
    found = (each.get("attributes", {}).get("AWSTraceHeader", "") for each in records)
    return [text for text in found if text]
