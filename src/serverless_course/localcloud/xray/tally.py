"""Counting how requests went: statistics and histograms of nodes and edges."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .documents import Document
from .joining import seconds


class Tally:
    """Finished requests, by how they ended and how long they took. Times are epoch seconds.

    One request counts once: a fault before an error, a throttle as an error. A document in
    progress gives the time span only. Histograms hold milliseconds exactly, one entry for each
    (Developer Guide, "Getting data from X-Ray": entries are values with three decimals).
    """

    __slots__ = ("end", "errors", "faults", "ok", "start", "throttles", "times", "total_time")

    def __init__(self) -> None:
        self.ok = self.errors = self.throttles = self.faults = 0
        self.total_time = 0.0
        self.times: Counter[float] = Counter()
        self.start = self.end = 0.0

    @property
    def total(self) -> int:
        """How many requests were counted."""
        return self.ok + self.errors + self.throttles + self.faults

    def add(self, document: Document) -> None:
        """Count one segment or subsegment."""
        start = float(document["start_time"])
        end = float(document.get("end_time") or start)
        self.start = min(self.start, start) if self.start else start
        self.end = max(self.end, end)
        took = seconds(document)
        if took is None:
            return
        if document.get("fault"):
            self.faults += 1
        elif document.get("throttle"):
            self.throttles += 1
        elif document.get("error"):
            self.errors += 1
        else:
            self.ok += 1
        self.total_time += took
        self.times[round(took, 3)] += 1

    def statistics(self) -> dict[str, Any]:
        """The members of ServiceStatistics, and of EdgeStatistics."""
        return {
            "OkCount": self.ok,
            "ErrorStatistics": {
                "ThrottleCount": self.throttles,
                "OtherCount": self.errors,
                "TotalCount": self.errors + self.throttles,
            },
            "FaultStatistics": {"OtherCount": self.faults, "TotalCount": self.faults},
            "TotalCount": self.total,
            "TotalResponseTime": round(self.total_time, 6),
        }

    def histogram(self) -> list[dict[str, Any]]:
        """The members of a Histogram, shortest first; values are seconds."""
        return [{"Value": value, "Count": count} for value, count in sorted(self.times.items())]
