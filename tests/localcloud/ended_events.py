"""Asynchronous events that have left the queue, and what Lambda's metrics counted of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from serverless_course.localcloud.cloudwatch.metrics.metric import MetricId
from serverless_course.localcloud.cloudwatch.metrics.store import MetricStores
from serverless_course.localcloud.lambda_.environment.governor import CpuUsage
from serverless_course.localcloud.lambda_.environment.invocation import InvocationResult, Moments
from serverless_course.localcloud.lambda_.environment.report import InvocationReport
from serverless_course.localcloud.lambda_.invocation.async_event import (
    AsyncEvent,
    AsyncSettings,
    Condition,
)
from serverless_course.localcloud.lambda_.invocation.request import InvocationRequest, Received
from serverless_course.localcloud.lambda_.registry import Configuration, Found, FunctionRecord
from serverless_course.localcloud.wire.errors import ServiceError

REGION = "us-east-1"


def result(
    payload: bytes, function_error: str = "", version: str = "$LATEST", request_id: str = "the-id"
) -> InvocationResult:
    """What an environment gave back."""
    now = time.time()
    report = InvocationReport(request_id, 1.0, 128, 40)
    moments = Moments(now, now, now, now, now)
    usage = CpuUsage(0.0, 0.0, 0.0)
    return InvocationResult(payload, function_error, version, report, "", usage, moments)


def failed(payload: str) -> InvocationResult:
    """What a function that raised gives back."""
    return result(payload.encode(), "Unhandled")


def ended(
    last: InvocationResult | ServiceError | None,
    condition: Condition = Condition.RETRIES_EXHAUSTED,
    payload: bytes = b'{"n":1}',
) -> AsyncEvent:
    """An event of the function f that left the queue, with all targets there are."""
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:f"
    settings = AsyncSettings(
        on_success=f"arn:aws:sqs:{REGION}:123456789012:good",
        on_failure=f"arn:aws:sqs:{REGION}:123456789012:bad",
        dead_letter=f"arn:aws:sns:{REGION}:123456789012:dead",
        role="arn:aws:iam::123456789012:role/r",
    )
    record = FunctionRecord("f", REGION, arn, Configuration({"Version": "$LATEST"}, "key"))
    request = InvocationRequest(Found(record, None), payload, "", "the-id")
    event = AsyncEvent(Received(request, None, "", "", None), 0.0, settings)
    event.last = last
    event.condition = condition
    event.ended_at = datetime(2026, 11, 24, 9, 8, 7, 65_000, tzinfo=UTC)
    return event


def counted(stores: MetricStores, metric: str) -> int:
    """The sum of one of Lambda's metrics over all functions of the region."""
    found = stores.region(REGION).periods(MetricId("AWS/Lambda", metric), 0.0, 2**33, 2**33)
    return int(sum(samples.total for periods in found.values() for samples in periods.values()))
