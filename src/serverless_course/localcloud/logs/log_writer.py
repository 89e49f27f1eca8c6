"""Writes log events to CloudWatch Logs on a thread of its own, off the Invoke path."""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

from .log_event import LogEvent

log = logging.getLogger(__name__)

# Events wait this long for company: writing each alone would compete with the Invoke path.
GATHER_S = 0.1


class Writer(Protocol):
    """Who writes, and where: a function's version is one, API Gateway another."""

    @property
    def region(self) -> str:
        """The region of the log group."""

    @property
    def role(self) -> str:
        """The ARN of the role that has to allow it, or a service that delivers logs itself."""


class Logs(Protocol):
    """CloudWatch Logs, as a function's role writes there. Called on the writer's thread."""

    def write(
        self, region: str, group: str, stream: str, events: list[LogEvent], role_arn: str
    ) -> bool:
        """Put events into a stream, in their order. False when the role does not allow it."""


class LogWriter:
    """Gathers events for a moment, then writes each stream's in the order they were sent."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs
        self._waiting: dict[tuple[str, str, str], tuple[Writer, list[LogEvent]]] = {}
        self._writing = False
        self._hurry = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="log-writer", daemon=True).start()

    def send(self, writer: Writer, group: str, stream: str, events: list[LogEvent]) -> None:
        """Queue events of one stream."""
        with self._changed:
            _, waiting = self._waiting.setdefault((writer.region, group, stream), (writer, []))
            waiting += events
            if len(self._waiting) == 1:
                self._changed.notify_all()

    def flush(self, limit_s: float = 5.0) -> None:
        """Wait until everything queued so far is written."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting and not self._writing, limit_s)
            self._hurry = False

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                until = time.monotonic() + GATHER_S
                self._changed.wait_for(lambda: self._hurry, until - time.monotonic())
                batch, self._waiting = self._waiting, {}
                self._writing = True
            for (_, group, stream), (writer, events) in batch.items():
                try:
                    self._logs.write(writer.region, group, stream, events, writer.role)
                except Exception:
                    log.exception("log events could not be written")
            with self._changed:
                self._writing = False
                self._changed.notify_all()
