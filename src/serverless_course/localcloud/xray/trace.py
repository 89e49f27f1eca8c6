"""One trace: the documents that arrived for it, in whatever order.

The order of arrival never changes what a trace shows: a finished document replaces one in
progress, a subsegment sent alone waits for its parent, and brothers stand in the order of their
start. Source: X-Ray Developer Guide, "X-Ray segment documents" (read 2026-11).
"""

from __future__ import annotations

import threading
from typing import Any

from .documents import Document
from .joining import is_open
from .view import View, build

# X-Ray's quota of a trace's documents is "100 kB to 500 kB" (AWS General Reference, X-Ray).
MAX_TRACE_BYTES = 500_000


class Trace:
    """Documents by their ids. ``size`` counts bytes, ``revision`` the documents taken; ``memo`` is
    where readers keep what they made of the view, until the next document. Thread-safe."""

    __slots__ = (
        *("_documents", "_lock", "_sizes", "_view"),
        *("id", "limit_exceeded", "memo", "revision", "size"),
    )

    def __init__(self, trace_id: str) -> None:
        self.id = trace_id
        self.revision = 0
        self.size = 0
        self.limit_exceeded = False
        self.memo: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._documents: dict[str, Document] = {}
        self._sizes: dict[str, int] = {}
        self._view: View | None = None

    def add(self, document: Document, size: int) -> None:
        """Take a document of ``size`` bytes, unless a finished one of its id is there already.

        Beyond the trace's size nothing more is taken, and ``limit_exceeded`` says so.
        """
        with self._lock:
            self._add(document, size)

    def _add(self, document: Document, size: int) -> None:
        key = document["id"]
        known = self._documents.get(key)
        if known is not None and is_open(document) and not is_open(known):
            return
        grown = self.size - self._sizes.get(key, 0) + size
        if grown > MAX_TRACE_BYTES:
            self.limit_exceeded = True
            return
        self._documents[key] = document
        self._sizes[key] = size
        self.size = grown
        self.revision += 1
        self._view = None
        self.memo = {}

    @property
    def view(self) -> View:
        """What the documents mean together. Built when it is first asked for."""
        with self._lock:
            if self._view is None:
                self._view = build(self.id, self._documents)
            return self._view

    def read(self) -> None:
        """Make the view, so that it is there when it is asked for."""
        _ = self.view
