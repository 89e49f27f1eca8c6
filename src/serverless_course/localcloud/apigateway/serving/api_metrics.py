"""The namespace ``AWS/ApiGateway``: noted on the event loop, published on another thread.

Sources: API Gateway Developer Guide, "Work with metrics for HTTP APIs" (``4xx``, ``5xx``,
``Count``, ``DataProcessed``, ``IntegrationLatency``, ``Latency`` by ApiId, and by ApiId and Stage;
with detailed metrics by Method and Resource too) and "Amazon API Gateway dimensions and metrics"
(``4XXError``, ``5XXError`` … by ApiName, and by ApiName and Stage) (read 2026-11).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import NamedTuple

from ...cloudwatch.metrics.metric import Dimensions, MetricId, dimensions
from ...cloudwatch.metrics.store import MetricStores

NAMESPACE = "AWS/ApiGateway"
COUNT, MILLISECONDS, BYTES = "Count", "Milliseconds", "Bytes"


class Note(NamedTuple):
    """One request that was answered. ``sets`` are the dimensions that it counts under."""

    at: float
    region: str
    sets: tuple[Dimensions, ...]
    names: tuple[str, str]
    status: int
    latency_ms: float
    integration_ms: float | None
    processed: int | None


class ApiMetrics:
    """``note`` on the event loop; `publish` may be called on any other thread."""

    def __init__(self, stores: MetricStores) -> None:
        self._stores = stores
        self._notes: deque[Note] = deque()
        self._publishing = threading.Lock()

    def note(
        self,
        region: str,
        sets: tuple[Dimensions, ...],
        names: tuple[str, str],
        status: int,
        latency_ms: float,
        integration_ms: float | None,
        processed: int | None = None,
    ) -> None:
        """A request was answered. ``names`` are those of the two metrics of errors, ``processed``
        the bytes that went in and out, where the kind of API counts them."""
        self._notes.append(
            Note(time.time(), region, sets, names, status, latency_ms, integration_ms, processed)
        )

    def publish(self) -> None:
        """Hand everything noted so far to CloudWatch."""
        with self._publishing:
            for _ in range(len(self._notes)):
                self._put(self._notes.popleft())

    def _put(self, note: Note) -> None:
        store = self._stores.region(note.region)
        values = {
            "Count": (1.0, COUNT),
            note.names[0]: (float(400 <= note.status < 500), COUNT),
            note.names[1]: (float(note.status >= 500), COUNT),
            "Latency": (float(round(note.latency_ms)), MILLISECONDS),
        }
        if note.integration_ms is not None:
            values["IntegrationLatency"] = (float(round(note.integration_ms)), MILLISECONDS)
        if note.processed is not None:
            values["DataProcessed"] = (float(note.processed), BYTES)
        for each in note.sets:
            for name, (value, unit) in values.items():
                store.put(MetricId(NAMESPACE, name, each), note.at, [(value, 1.0)], unit)


def dimension_sets(
    api: tuple[str, str], stage: str, detail: dict[str, str] | None = None
) -> tuple[Dimensions, ...]:
    """The API alone, with its stage, and where there is detail with that too.

    ``api`` is the dimension's name and value.
    """
    whole = [{"Name": api[0], "Value": api[1]}]
    staged = [*whole, {"Name": "Stage", "Value": stage}]
    sets = [dimensions(whole), dimensions(staged)]
    if detail:
        more = [{"Name": name, "Value": value} for name, value in detail.items()]
        sets.append(dimensions([*staged, *more]))
    return tuple(sets)
