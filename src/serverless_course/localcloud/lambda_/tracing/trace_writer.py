"""Writes segment documents into X-Ray on a thread of its own, off the Invoke path.

What is sent for a function needs its role's leave (xray:PutTraceSegments): Lambda Developer Guide,
"Visualize Lambda function invocations using AWS X-Ray" (read 2026-11). Without it nothing arrives,
and nobody is told.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..function_version import FunctionVersion

log = logging.getLogger(__name__)

ACTION = "xray:PutTraceSegments"
# What waits to be written, over all functions; more is dropped, as a daemon without room does.
MAX_WAITING_CHARACTERS = 16 * 1024 * 1024

# Whether a role's policies allow an action on a resource: role, action, resource.
RoleAllows = Callable[[str, str, str], bool]


class Put(Protocol):
    """Where documents go: X-Ray's store. Called on the writer's thread."""

    def __call__(self, region: str, documents: Sequence[str]) -> object: ...


class TraceWriter:
    """Queues documents and writes those of each role and region together."""

    def __init__(self, put: Put, role_allows: RoleAllows) -> None:
        self._put = put
        self._role_allows = role_allows
        self._waiting: dict[tuple[str, str], list[str]] = {}
        self._characters = 0
        self._writing = False
        self._changed = threading.Condition()
        self.dropped = 0
        threading.Thread(target=self._run, name="trace-writer", daemon=True).start()

    def send(self, version: FunctionVersion, documents: Sequence[dict[str, Any]]) -> None:
        """Queue documents of Lambda's own."""
        texts = [json.dumps(each, separators=(",", ":")) for each in documents]
        self.take(version.region, version.role, texts)

    def take(self, region: str, role: str, documents: Sequence[str]) -> None:
        """Queue documents as they stand, such as those that an SDK sent. Never waits.

        ``role`` is the ARN of the role that has to allow it.
        """
        size = sum(map(len, documents))
        with self._changed:
            if self._characters + size > MAX_WAITING_CHARACTERS:
                self.dropped += len(documents)
                return
            self._waiting.setdefault((region, role), []).extend(documents)
            self._characters += size
            self._changed.notify_all()

    def flush(self, limit_s: float = 1.0) -> None:
        """Wait until everything that was queued is written."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._writing, limit_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                batch, self._waiting, self._characters = self._waiting, {}, 0
                self._writing = True
            for (region, role), documents in batch.items():
                try:
                    if self._role_allows(role, ACTION, "*"):
                        self._put(region, documents)
                except Exception:
                    log.exception("segment documents could not be written")
            with self._changed:
                self._writing = False
                self._changed.notify_all()
