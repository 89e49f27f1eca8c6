"""What others are told when a durable execution starts and ends: CloudWatch and EventBridge.

Source: Lambda Developer Guide, "Monitoring durable functions" (read 2026-11): the names of the
metrics, and the event "Durable Execution Status Change" with its members, which goes to the default
bus for RUNNING and for each status at the end. What running executions are counted by is not
documented; public programs read it for the whole account, without dimensions (2026).
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from ...clock import ScaledClock
from ..invocation.lambda_metrics import LambdaMetrics
from .execution import FAILED, SUCCEEDED, TIMED_OUT, Execution

log = logging.getLogger(__name__)

DETAIL_TYPE = "Durable Execution Status Change"
# Running executions of an account in most regions (Lambda quotas, quoted in public, 2026-11).
MAX_RUNNING = 5_000_000
METRICS = {
    SUCCEEDED: "DurableExecutionSucceeded",
    FAILED: "DurableExecutionFailed",
    TIMED_OUT: "DurableExecutionTimedOut",
    "STOPPED": "DurableExecutionStopped",
}
# Puts an entry of PutEvents on the default bus of a region; called on another thread.
PutEvent = Callable[[str, dict[str, Any]], None]


class Notices:
    """Used on the event loop. Events go out one after the other, on a thread of their own."""

    def __init__(self, metrics: LambdaMetrics, clock: ScaledClock, put_event: PutEvent) -> None:
        self._metrics = metrics
        self._clock = clock
        self._put_event = put_event
        self._running: Counter[str] = Counter()
        self._thread = ThreadPoolExecutor(1, "durable-events")

    def began(self, execution: Execution) -> None:
        """An execution is running now."""
        self._note(execution, "DurableExecutionStarted")
        self._count(execution.region, 1)
        self._tell(execution, execution.started)

    def ended(self, execution: Execution) -> None:
        """An execution has ended, one way or another."""
        assert execution.ended is not None
        elapsed_ms = self._clock.aws_s(execution.ended - execution.started) * 1000
        # Each retry of a failed invocation is metered as an operation (see `turns`).
        operations = len(execution.operations) - 1 + execution.retries
        self._note(execution, METRICS[execution.status])
        self._note(execution, "DurableExecutionDuration", elapsed_ms, "Milliseconds")
        self._note(execution, "DurableExecutionOperations", operations)
        self._note(execution, "DurableExecutionStorageWrittenBytes", execution.written, "Bytes")
        self._count(execution.region, -1)
        self._tell(execution, execution.ended)

    def close(self) -> None:
        """Send nothing any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _note(
        self, execution: Execution, metric: str, value: float = 1.0, unit: str = "Count"
    ) -> None:
        resource = (execution.region, execution.function, execution.version)
        self._metrics.note(resource, metric, value, unit)

    def _count(self, region: str, more: int) -> None:
        self._running[region] += more
        now = self._running[region]
        name = "ApproximateRunningDurableExecutions"
        self._metrics.note_region(region, name, now)
        self._metrics.note_region(
            region, f"{name}Utilization", 100.0 * now / MAX_RUNNING, "Percent"
        )

    def _tell(self, execution: Execution, at: float) -> None:
        entry = {
            "Source": "aws.lambda",
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps(status_change(execution)),
            "Resources": [],
            "Time": at,
        }
        self._thread.submit(self._send, execution.region, entry)

    def _send(self, region: str, entry: dict[str, Any]) -> None:
        try:
            self._put_event(region, entry)
        except Exception:
            log.exception("an event of a durable execution could not be sent")


def status_change(execution: Execution) -> dict[str, str]:
    """The detail of the event of an execution's status; times in milliseconds, as text."""
    detail = {
        "durableExecutionArn": execution.arn,
        "durableExecutionName": execution.name,
        "functionArn": execution.function_arn,
        "status": execution.status,
        "startTimestamp": _text(execution.started),
    }
    if execution.ended is not None:
        detail["endTimestamp"] = _text(execution.ended)
    return detail


def _text(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
