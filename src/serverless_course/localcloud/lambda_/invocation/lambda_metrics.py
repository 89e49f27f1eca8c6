"""What Lambda notes for its metrics, while functions run.

CloudWatch shows Lambda's metrics by the minute. The embedded cloud publishes within a second.
Metrics of an invocation are sent when it has ended (Lambda Developer Guide, "Using CloudWatch
metrics with Lambda", read 2026-11). On the Invoke path one tuple is noted; the rest
(`lambda_namespace`) is done once a second, and when metrics are read, on another thread.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from ...cloudwatch.metrics.store import MetricStores
from ..environment.invocation import InvocationResult
from ..function_version import FunctionVersion
from ..registry import Found, FunctionRecord
from .lambda_namespace import COUNT, MILLISECONDS, Busy, Gauges, Note, Ran, Running, publish


class LambdaMetrics:
    """Notes on the event loop; `publish` may be called on any other thread.

    ``claimed`` gives what reservations and provisioned concurrency take of a region's limit.
    """

    def __init__(self, stores: MetricStores, claimed: Callable[[str], int] = lambda _: 0) -> None:
        self._stores = stores
        self._claimed = claimed
        self._notes: deque[Note | Ran] = deque()
        self._gauges: dict[tuple[str, str, str | None], Gauges] = {}
        self._busy: defaultdict[tuple[str, ...], Busy] = defaultdict(Busy)
        self._publishing = threading.Lock()

    def began(
        self, found: Found, version: FunctionVersion, *, on_provisioned: bool = False
    ) -> Running:
        """An invocation is about to begin; give what is returned to `ended` or `refused`.

        ``on_provisioned`` tells whether it has a provisioned environment.
        """
        record = found.record
        resource = (record.region, record.name, found.qualifier)
        gauges = self._gauges.get(resource) or self._new_gauges(*resource)
        configured, allocated, busy_provisioned = "", 0, 0
        if record.provisioned:
            configured, allocated = _provisioned_at(record, version.version)
            if on_provisioned and configured:
                busy = self._busy[(record.region, record.name, configured, "provisioned")]
                busy.now += 1
                busy_provisioned = busy.now
        unreserved = record.reserved is None and not busy_provisioned
        gauges.region.now += 1
        gauges.unreserved.now += unreserved
        gauges.function.now += 1
        gauges.resource.now += 1
        return Running(
            time.time(),
            gauges,
            resource,
            _executed(found, version),
            unreserved,
            gauges.region.now,
            gauges.unreserved.now,
            gauges.function.now,
            gauges.resource.now,
            configured,
            allocated,
            busy_provisioned,
        )

    def ended(self, running: Running, result: InvocationResult) -> None:
        """The function answered, or failed."""
        self._leave(running)
        report = result.report
        self._notes.append(Ran(running, report.duration_ms, bool(result.function_error)))
        if report.extensions is not None:
            name, value = "PostRuntimeExtensionsDuration", round(report.extensions.duration_ms, 2)
            about = (running.at, *running.resource, running.version)
            self._notes.append(Note(*about, name, value, MILLISECONDS))

    def refused(self, running: Running, *, throttled: bool) -> None:
        """The function was not reached."""
        self._leave(running)
        if throttled:
            self._notes.append(
                Note(running.at, *running.resource, running.version, "Throttles", 1.0, COUNT)
            )

    def throttled(self, found: Found, version: FunctionVersion) -> None:
        """The request found no room within its function's or the account's concurrency."""
        executed = _executed(found, version)
        self._notes.append(Note(time.time(), *found.resource, executed, "Throttles", 1.0, COUNT))

    def note(
        self, found: tuple[str, str, str | None], metric: str, value: float = 1.0, unit: str = COUNT
    ) -> None:
        """A value of one metric of a function: its region, its name, and the qualifier called."""
        region, function, qualifier = found
        self._notes.append(Note(time.time(), region, function, qualifier, "", metric, value, unit))

    def note_region(self, region: str, metric: str, value: float, unit: str = COUNT) -> None:
        """A value of a metric that has no dimensions: all functions of a region together."""
        self._notes.append(Note(time.time(), region, "", None, "", metric, value, unit))

    def publish(self) -> None:
        """Hand everything noted so far to CloudWatch."""
        with self._publishing:
            noted = [self._notes.popleft() for _ in range(len(self._notes))]
            publish(self._stores, noted, self._claimed)

    def _new_gauges(self, region: str, function: str, qualifier: str | None) -> Gauges:
        busy = self._busy
        made = Gauges(
            busy[(region,)],
            busy[(region, "unreserved")],
            busy[(region, "", function)],
            busy[(region, "", function, qualifier or "")],
        )
        self._gauges[(region, function, qualifier)] = made
        return made

    def _leave(self, running: Running) -> None:
        gauges = running.gauges
        gauges.region.now -= 1
        gauges.unreserved.now -= running.is_unreserved
        gauges.function.now -= 1
        gauges.resource.now -= 1
        if running.on_provisioned:
            region, function, _ = running.resource
            self._busy[(region, function, running.configured, "provisioned")].now -= 1


def _executed(found: Found, version: FunctionVersion) -> str:
    """The dimension ExecutedVersion: it is there when an alias was called."""
    return version.version if found.qualifier in found.record.aliases else ""


def _provisioned_at(record: FunctionRecord, version: str) -> tuple[str, int]:
    """The qualifier that has provisioned concurrency for a version, and how much is allocated."""
    for qualifier, config in record.provisioned.items():
        configuration = record.configuration(qualifier)
        if configuration is not None and configuration.version == version:
            return qualifier, int(config["AllocatedProvisionedConcurrentExecutions"])
    return "", 0
