"""The traces of one region: as many as fit, the oldest go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from .documents import Refused, Unprocessed, read, trace_id
from .trace import Trace

# Ours: AWS keeps traces for 30 days. Both bounds hold for each region; the second counts the
# documents' texts, which take about ten times as much memory once they are read.
MAX_TRACES = 15_000
MAX_BYTES = 48 * 1024 * 1024
# So many traces at most wait to be looked at by a question; of the others, put makes the views,
# one for each document, so that the first question does not pay for all.
MAX_UNREAD = 256


class TraceStore:
    """Traces by their ids, in the order in which they were first heard of. Thread-safe."""

    def __init__(self, max_traces: int = MAX_TRACES, max_bytes: int = MAX_BYTES) -> None:
        self._max_traces = max_traces
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._traces: OrderedDict[str, Trace] = OrderedDict()
        self._unread: OrderedDict[str, Trace] = OrderedDict()
        self._bytes = 0

    def put(self, texts: Iterable[str | bytes]) -> list[Unprocessed]:
        """Take segment documents. Returns those that were not taken, and why."""
        unprocessed = []
        for text in texts:
            try:
                documents = read(text)
            except Refused as refused:
                unprocessed.append(refused.reason)
                continue
            with self._lock:
                for document in documents:
                    self._add(document, max(1, len(text) // len(documents)))
        return unprocessed

    def snapshot(self) -> list[Trace]:
        """All traces, those first that were heard of first."""
        with self._lock:
            return list(self._traces.values())

    def find(self, given: str) -> Trace | None:
        """A trace by its id, in X-Ray's form or W3C's."""
        with self._lock:
            return self._traces.get(trace_id(given) or "")

    def _add(self, document: dict[str, Any], size: int) -> None:
        key = document["trace_id"]
        trace = self._traces.get(key)
        if trace is None:
            trace = self._traces[key] = Trace(key)
        before = trace.size
        trace.add(document, size)
        self._bytes += trace.size - before
        self._unread[key] = trace
        self._unread.move_to_end(key)
        if len(self._unread) > MAX_UNREAD:
            self._unread.popitem(last=False)[1].read()
        while len(self._traces) > self._max_traces or (
            self._bytes > self._max_bytes and len(self._traces) > 1
        ):
            gone, oldest = self._traces.popitem(last=False)
            self._unread.pop(gone, None)
            self._bytes -= oldest.size
