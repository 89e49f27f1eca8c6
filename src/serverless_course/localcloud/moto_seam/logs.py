"""CloudWatch Logs in moto, written to directly: the log path is hot."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..lambda_.environment.log_stream import LogEvent
from .application import ACCOUNT_ID
from .log_retention import Retention

# Whether the function's role allows an action on a resource.
Allows = Callable[[str, str], bool]


class Logs:
    """Writes events for a function: what Lambda does with the function's role.

    Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs": group and
    stream are made when first written to, and without the permissions there are no logs.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retention = Retention()

    def write(
        self, region: str, group: str, stream: str, events: list[LogEvent], allows: Allows
    ) -> bool:
        """Put events into a stream, in their order. False when the role does not allow it."""
        from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

        backend = logs_backends[ACCOUNT_ID][region]
        group_arn = f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:{group}:log-stream:"
        with self._lock:
            if group not in backend.groups:
                if not allows("logs:CreateLogGroup", group_arn):
                    return False
                backend.ensure_log_group(group)
            if stream not in backend.groups[group].streams:
                if not allows("logs:CreateLogStream", group_arn + stream):
                    return False
                backend.create_log_stream(group, stream)
            if not allows("logs:PutLogEvents", group_arn + stream):
                return False
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
        return True
