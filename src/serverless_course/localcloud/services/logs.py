"""CloudWatch Logs in moto, written to directly: the log path is hot."""

from __future__ import annotations

import threading

from ..log_stream import LogEvent
from .application import ACCOUNT_ID
from .log_retention import Retention


class Logs:
    """Writes events; group and stream are made when first written to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retention = Retention()

    def write(self, region: str, group: str, stream: str, events: list[LogEvent]) -> None:
        """Put events into a stream, in their order."""
        from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

        backend = logs_backends[ACCOUNT_ID][region]
        with self._lock:
            backend.ensure_log_group(group)
            if stream not in backend.groups[group].streams:
                backend.create_log_stream(group, stream)
            backend.put_log_events(
                group,
                stream,
                [{"timestamp": event.at_ms, "message": event.message} for event in events],
            )
            self._retention.added(
                f"{region}:{group}:{stream}",
                backend.groups[group].streams[stream],
                sum(len(event.message) for event in events),
            )
