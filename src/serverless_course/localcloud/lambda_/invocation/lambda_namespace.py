"""The namespace ``AWS/Lambda``: which values an invocation brings, under which dimensions.

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
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ...cloudwatch.metrics.metric import NO_UNIT, Dimensions, MetricId
from ...cloudwatch.metrics.store import MetricStore, MetricStores

NAMESPACE = "AWS/Lambda"
COUNT, MILLISECONDS = "Count", "Milliseconds"
RECURSIONS = "RecursiveInvocationsDropped"


class Note(NamedTuple):
    """One value of a metric. ``version`` is empty unless an alias was called, ``function`` is
    empty for what all functions of a region have together."""

    at: float
    region: str
    function: str
    qualifier: str | None
    version: str
    metric: str
    value: float
    unit: str


@dataclass(slots=True)
class Busy:
    """How many invocations run now."""

    now: int = 0


@dataclass(frozen=True, slots=True)
class Gauges:
    """What an invocation is counted by: its region, its function, and how that was called."""

    region: Busy
    unreserved: Busy
    function: Busy
    resource: Busy


class Running(NamedTuple):
    """An invocation under way: by what it was called, and how many ran when it began.

    ``configured`` is the qualifier that has provisioned concurrency, ``allocated`` how much;
    ``on_provisioned`` how many of that were busy, 0 for an invocation that is not on it.
    """

    at: float
    gauges: Gauges
    resource: tuple[str, str, str | None]
    version: str
    is_unreserved: bool
    of_region: int
    of_unreserved: int
    of_function: int
    of_resource: int
    configured: str
    allocated: int
    on_provisioned: int


class Ran(NamedTuple):
    """An invocation that ran."""

    running: Running
    duration_ms: float
    failed: bool


def publish(
    stores: MetricStores, noted: Iterable[Note | Ran], claimed: Callable[[str], int]
) -> None:
    """Put what was noted into the regions' stores; invocations of one second go together.

    ``claimed`` gives what reservations and provisioned concurrency take of a region's limit.
    """
    groups: defaultdict[tuple[str, int, str, str | None, str], list[Ran]] = defaultdict(list)
    unreserved: defaultdict[tuple[str, int], int] = defaultdict(int)
    for each in noted:
        if isinstance(each, Note):
            _put_note(stores.region(each.region), each)
            continue
        of = each.running
        region, function, qualifier = of.resource
        second = int(of.at)
        groups[(region, second, function, qualifier, of.version)].append(each)
        unreserved[(region, second)] = max(unreserved[(region, second)], of.of_unreserved)
    for (region, second, function, qualifier, version), ran in groups.items():
        sets = dimension_sets(function, qualifier, version)
        _put_invocations(stores.region(region), second, sets, ran)
        _put_provisioned(stores.region(region), second, function, ran)
    for (region, second), number in unreserved.items():
        _put_region(stores.region(region), second, number, claimed(region))


def _put_note(store: MetricStore, note: Note) -> None:
    sets = dimension_sets(note.function, note.qualifier, note.version) if note.function else ((),)
    for dimensions in sets:
        metric = MetricId(NAMESPACE, note.metric, dimensions)
        store.put(metric, note.at, [(note.value, 1.0)], note.unit)


def _put_invocations(
    store: MetricStore, second: int, sets: tuple[Dimensions, ...], ran: list[Ran]
) -> None:
    number = len(ran)
    failed = sum(each.failed for each in ran)
    metrics: dict[str, tuple[list[tuple[float, float]], str]] = {
        "Invocations": ([(1.0, number)], COUNT),
        "Errors": (_counted(number - failed, failed), COUNT),
        "Throttles": ([(0.0, number)], COUNT),
        # As in the report: two decimals.
        "Duration": ([(round(each.duration_ms, 2), 1.0) for each in ran], MILLISECONDS),
    }
    for dimensions in sets:
        for name, (values, unit) in metrics.items():
            store.put(MetricId(NAMESPACE, name, dimensions), second, values, unit)
        busy = [(float(_busy(each.running, dimensions)), 1.0) for each in ran]
        store.put(MetricId(NAMESPACE, "ConcurrentExecutions", dimensions), second, busy, COUNT)


def _put_provisioned(store: MetricStore, second: int, function: str, ran: list[Ran]) -> None:
    """Those whose version has provisioned concurrency, by the qualifier that has it."""
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


def _put_region(store: MetricStore, second: int, unreserved: int, claimed: int) -> None:
    values = {
        "UnreservedConcurrentExecutions": unreserved,
        "ClaimedAccountConcurrency": unreserved + claimed,
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
