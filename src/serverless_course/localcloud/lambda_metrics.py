"""What Lambda publishes in CloudWatch's namespace ``AWS/Lambda``.

Sources: Lambda Developer Guide, "Types of metrics for Lambda functions", "Using CloudWatch metrics
with Lambda" (dimensions) and "Monitoring concurrency" (read 2026-11):

* Invocations counts what ran, with or without a function error; what was throttled or refused is
  none. Errors is 0 or 1 for each invocation, at the time when it began. Throttles likewise. That
  it is 0 for each invocation is not documented; alarms on AWS report it (public, 2026).
* FunctionName sums up a function; FunctionName and Resource tell the function, ``name:alias`` or
  ``name:version`` by which it was called; ExecutedVersion is beside them when an alias was; none
  sums up the region. ConcurrentExecutions has them all, UnreservedConcurrentExecutions and
  ClaimedAccountConcurrency only none, and those of provisioned concurrency the Resource that it
  is configured for.
* AsyncEventAge is the time from the queue to an attempt. As all of the queue it runs on the scaled
  clock. Which dimensions the asynchronous metrics have is not documented; here they have all but
  ExecutedVersion.

CloudWatch shows Lambda's metrics by the minute. The embedded cloud publishes within a second.
Metrics of an invocation are sent when it has ended (Developer Guide, as above). On the Invoke path
one tuple is noted; the rest is done once a second, and when metrics are read, on another thread.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from .control.registry import Found, FunctionRecord
from .function_version import FunctionVersion
from .invocation import Outcome
from .metrics.metric import NO_UNIT, Dimensions, MetricId
from .metrics.store import MetricStores

NAMESPACE = "AWS/Lambda"
COUNT, MILLISECONDS = "Count", "Milliseconds"
RECURSIONS = "RecursiveInvocationsDropped"


class _Note(NamedTuple):
    """One value of a metric. ``version`` is empty unless an alias was called."""

    at: float
    region: str
    function: str
    qualifier: str | None
    version: str
    metric: str
    value: float
    unit: str


class Running(NamedTuple):
    """An invocation under way: by what it was called, and how many ran when it began.

    ``configured`` is the qualifier that has provisioned concurrency, ``allocated`` how much;
    ``on_provisioned`` how many of that were busy, 0 for an invocation that is not.
    """

    at: float
    region: str
    function: str
    qualifier: str | None
    version: str
    is_unreserved: bool
    of_function: int
    of_resource: int
    of_region: int
    unreserved: int
    configured: str
    allocated: int
    on_provisioned: int


class _Ran(NamedTuple):
    """An invocation that ran."""

    running: Running
    duration_ms: float
    failed: bool


# A second of one function as called one way: what is put together.
_Group = tuple[str, int, str, str | None, str]


class LambdaMetrics:
    """Notes on the event loop; `publish` may be called on any other thread.

    ``claimed`` gives what reservations and provisioned concurrency take of a region's limit.
    """

    def __init__(self, stores: MetricStores, claimed: Callable[[str], int] = lambda _: 0) -> None:
        self._stores = stores
        self._claimed = claimed
        self._notes: deque[_Note | _Ran] = deque()
        self._busy: Counter[tuple[str, ...]] = Counter()
        self._publishing = threading.Lock()

    def began(self, found: Found, version: FunctionVersion, ready_provisioned: int) -> Running:
        """An invocation is about to begin; give what is returned to `ended` or `refused`.

        ``ready_provisioned``: provisioned environments of that version that wait now.
        """
        record, busy, qualifier = found.record, self._busy, found.qualifier
        region, function = record.region, record.name
        configured, allocated, on_provisioned = "", 0, 0
        if record.provisioned:
            configured, allocated = _provisioned_at(record, version.version)
            if ready_provisioned and configured:
                busy[(region, function, configured, "")] += 1
                on_provisioned = busy[(region, function, configured, "")]
        unreserved = record.reserved is None and not on_provisioned
        busy[(region,)] += 1
        busy[(region, "")] += unreserved
        busy[(region, function)] += 1
        busy[(region, function, qualifier or "")] += 1
        return Running(
            time.time(),
            region,
            function,
            qualifier,
            version.version if qualifier in record.aliases else "",
            unreserved,
            busy[(region, function)],
            busy[(region, function, qualifier or "")],
            busy[(region,)],
            busy[(region, "")],
            configured,
            allocated,
            on_provisioned,
        )

    def ended(self, running: Running, outcome: Outcome) -> None:
        """The function answered, or failed."""
        self._leave(running)
        self._notes.append(_Ran(running, outcome.report.duration_ms, bool(outcome.function_error)))

    def refused(self, running: Running, *, throttled: bool) -> None:
        """The function was not reached."""
        self._leave(running)
        if throttled:
            at, region, function, qualifier, version, *_ = running
            self._notes.append(
                _Note(at, region, function, qualifier, version, "Throttles", 1.0, COUNT)
            )

    def note(
        self, found: tuple[str, str, str | None], metric: str, value: float = 1.0, unit: str = COUNT
    ) -> None:
        """A value of one metric of a function: its region, its name, and the qualifier called."""
        region, function, qualifier = found
        self._notes.append(_Note(time.time(), region, function, qualifier, "", metric, value, unit))

    def publish(self) -> None:
        """Hand everything noted so far to CloudWatch."""
        groups: defaultdict[_Group, list[_Ran]] = defaultdict(list)
        with self._publishing:
            while self._notes:
                each = self._notes.popleft()
                if isinstance(each, _Note):
                    self._put_note(each)
                    continue
                of = each.running
                key = (of.region, int(of.at), of.function, of.qualifier, of.version)
                groups[key].append(each)
            for group, ran in groups.items():
                self._put_group(group, ran)
            regions: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
            for (region, second, *_), ran in groups.items():
                regions[(region, second)] += [each.running.unreserved for each in ran]
            for (region, second), unreserved in regions.items():
                self._put_region(region, second, max(unreserved))

    def _leave(self, running: Running) -> None:
        busy, region, function = self._busy, running.region, running.function
        keys: list[tuple[str, ...]] = [
            (region,),
            (region, function),
            (region, function, running.qualifier or ""),
        ]
        if running.is_unreserved:
            keys.append((region, ""))
        if running.on_provisioned:
            keys.append((region, function, running.configured, ""))
        for key in keys:
            busy[key] -= 1
            if not busy[key]:
                del busy[key]

    def _put_note(self, note: _Note) -> None:
        store = self._stores.region(note.region)
        for dimensions in dimension_sets(note.function, note.qualifier, note.version):
            metric = MetricId(NAMESPACE, note.metric, dimensions)
            store.put(metric, note.at, [(note.value, 1.0)], note.unit)

    def _put_group(self, group: _Group, ran: list[_Ran]) -> None:
        region, second, function, qualifier, version = group
        store = self._stores.region(region)
        number = len(ran)
        failed = sum(each.failed for each in ran)
        metrics: dict[str, tuple[list[tuple[float, float]], str]] = {
            "Invocations": ([(1.0, number)], COUNT),
            "Errors": (_counted(number - failed, failed), COUNT),
            "Throttles": ([(0.0, number)], COUNT),
            "Duration": ([(each.duration_ms, 1.0) for each in ran], MILLISECONDS),
        }
        for dimensions in dimension_sets(function, qualifier, version):
            for name, (values, unit) in metrics.items():
                store.put(MetricId(NAMESPACE, name, dimensions), second, values, unit)
            busy = [(float(_busy(each.running, dimensions)), 1.0) for each in ran]
            store.put(MetricId(NAMESPACE, "ConcurrentExecutions", dimensions), second, busy, COUNT)
        self._put_provisioned(region, second, function, ran)

    def _put_provisioned(self, region: str, second: int, function: str, ran: list[_Ran]) -> None:
        """Those whose version has provisioned concurrency, by the qualifier that has it."""
        store = self._stores.region(region)
        for of in (each.running for each in ran if each.running.allocated):
            resource = dimension_sets(function, of.configured, "")[1]
            on = of.on_provisioned
            values = {
                "ProvisionedConcurrencySpilloverInvocations": (float(not on), COUNT),
                "ProvisionedConcurrencyInvocations": (float(bool(on)), COUNT),
            }
            if on:
                values["ProvisionedConcurrentExecutions"] = (float(on), COUNT)
                values["ProvisionedConcurrencyUtilization"] = (on / of.allocated, NO_UNIT)
            for name, (value, unit) in values.items():
                store.put(MetricId(NAMESPACE, name, resource), second, [(value, 1.0)], unit)

    def _put_region(self, region: str, second: int, unreserved: int) -> None:
        store = self._stores.region(region)
        values = {
            "UnreservedConcurrentExecutions": unreserved,
            "ClaimedAccountConcurrency": unreserved + self._claimed(region),
        }
        for name, value in values.items():
            store.put(MetricId(NAMESPACE, name), second, [(float(value), 1.0)], COUNT)


@lru_cache(maxsize=1024)
def dimension_sets(function: str, qualifier: str | None, version: str) -> tuple[Dimensions, ...]:
    """The dimensions under which a value counts: FunctionName first, then with its Resource."""
    name = ("FunctionName", function)
    resource = ("Resource", f"{function}:{qualifier}" if qualifier else function)
    sets: list[Dimensions] = [(name,), (name, resource)]
    if version:
        sets.append((("ExecutedVersion", version), name, resource))
    return (*sets, ())


def _busy(running: Running, dimensions: Dimensions) -> int:
    """How many ran, as far as dimensions tell them apart; of an alias's versions all count."""
    return (running.of_region, running.of_function, running.of_resource)[min(len(dimensions), 2)]


def _counted(zeros: int, ones: int) -> list[tuple[float, float]]:
    return [(value, float(n)) for value, n in ((0.0, zeros), (1.0, ones)) if n]


def _provisioned_at(record: FunctionRecord, version: str) -> tuple[str, int]:
    """The qualifier that has provisioned concurrency for a version, and how much is allocated."""
    for qualifier, config in record.provisioned.items():
        configuration = record.configuration(qualifier)
        if configuration is not None and configuration.version == version:
            return qualifier, int(config["AllocatedProvisionedConcurrentExecutions"])
    return "", 0
