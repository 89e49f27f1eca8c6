"""The namespace ``AWS/ApplicationELB``: noted on the event loop, published on another thread.

Source: User Guide for Application Load Balancers, "CloudWatch metrics" (read 2026-11), by
LoadBalancer, and what concerns a target by TargetGroup too. Those by AvailabilityZone are not
there, nor those of connections and capacity.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import NamedTuple

from ...cloudwatch.metrics.metric import Dimensions, MetricId, dimensions
from ...cloudwatch.metrics.store import MetricStores

Sets = tuple[Dimensions, ...]
NAMESPACE = "AWS/ApplicationELB"
COUNT, SECONDS, BYTES = "Count", "Seconds", "Bytes"
# These statuses have metrics of their own.
OWN_COUNTS = (500, 502, 503, 504)


class Outcome(NamedTuple):
    """One request that was answered, or whose client has gone (460).

    ``kind`` says by whom: ``target``, ``elb``, ``redirect`` or ``fixed``. ``group`` is the target
    group that was chosen, or empty; ``target_s`` how long its function took, None where it gave
    no answer. ``is_user_error`` and ``is_internal_error`` tell whose fault that was.
    """

    region: str
    balancer: str
    status: int
    kind: str
    processed: int
    group: str = ""
    target_s: float | None = None
    is_user_error: bool = False
    is_internal_error: bool = False


class BalancerMetrics:
    """``note`` on the event loop; `publish` may be called on any other thread."""

    def __init__(self, stores: MetricStores) -> None:
        self._stores = stores
        self._notes: deque[tuple[float, Outcome]] = deque()
        self._publishing = threading.Lock()

    def note(self, outcome: Outcome) -> None:
        """A request was answered."""
        self._notes.append((time.time(), outcome))

    def publish(self) -> None:
        """Hand everything noted so far to CloudWatch."""
        with self._publishing:
            for _ in range(len(self._notes)):
                self._put(*self._notes.popleft())

    def _put(self, at: float, outcome: Outcome) -> None:
        store = self._stores.region(outcome.region)
        for sets, name, value, unit in values_of(outcome):
            for each in sets:
                store.put(MetricId(NAMESPACE, name, each), at, [(value, 1.0)], unit)


def values_of(outcome: Outcome) -> list[tuple[Sets, str, float, str]]:
    """The dimensions, name, value and unit of each metric that a request adds to."""
    alone: Sets = (dimensions([{"Name": "LoadBalancer", "Value": outcome.balancer}]),)
    grouped = alone
    if outcome.group:
        of_group = {"Name": "TargetGroup", "Value": outcome.group}
        both = dimensions([{"Name": "LoadBalancer", "Value": outcome.balancer}, of_group])
        grouped = (*alone, both)
    hundred = f"{outcome.status // 100}XX"
    found = [(alone, "ProcessedBytes", float(outcome.processed), BYTES)]
    if outcome.kind == "redirect":
        found.append((alone, "HTTP_Redirect_Count", 1.0, COUNT))
    elif outcome.kind == "fixed":
        found.append((alone, "HTTP_Fixed_Response_Count", 1.0, COUNT))
    elif outcome.kind == "target":
        found.append((grouped, f"HTTPCode_Target_{hundred}_Count", 1.0, COUNT))
    else:
        found.append((alone, f"HTTPCode_ELB_{hundred}_Count", 1.0, COUNT))
        if outcome.status in OWN_COUNTS:
            found.append((alone, f"HTTPCode_ELB_{outcome.status}_Count", 1.0, COUNT))
    if outcome.group:
        found.append((grouped, "RequestCount", 1.0, COUNT))
        found.append((alone, "LambdaTargetProcessedBytes", float(outcome.processed), BYTES))
        if outcome.target_s is not None:
            found.append((grouped, "TargetResponseTime", outcome.target_s, SECONDS))
    if outcome.is_user_error:
        found.append((grouped, "LambdaUserError", 1.0, COUNT))
    if outcome.is_internal_error:
        found.append((grouped, "LambdaInternalError", 1.0, COUNT))
    return found
