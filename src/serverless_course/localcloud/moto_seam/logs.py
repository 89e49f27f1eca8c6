"""CloudWatch Logs in moto, written to directly: the log path is hot."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..iam.account import ACCOUNT_ID
from ..logs.log_event import DELIVERY, LogEvent
from .log_retention import Retention

# Whether a role allows an action on a resource: their ARNs around the action's name.
RoleAllows = Callable[[str, str, str], bool]


class Logs:
    """Writes events for a function: what Lambda does with the function's role.

    Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs": group and
    stream are made when first written to, and without the permissions there are no logs.
    """

    def __init__(self, wait: Callable[[], None], role_allows: RoleAllows) -> None:
        self._wait = wait
        self._role_allows = role_allows
        self._lock = threading.Lock()
        self._retention = Retention()

    def write(
        self, region: str, group: str, stream: str, events: list[LogEvent], role_arn: str
    ) -> bool:
        """Put events into a stream, in their order. False when the role does not allow it.

        `DELIVERY` stands for a service that delivers logs and needs no role.
        """
        self._wait()
        from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

        backend = logs_backends[ACCOUNT_ID][region]
        group_arn = f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:{group}:log-stream:"
        with self._lock:
            if group not in backend.groups:
                if not self._may(role_arn, "logs:CreateLogGroup", group_arn):
                    return False
                backend.ensure_log_group(group)
            if stream not in backend.groups[group].streams:
                if not self._may(role_arn, "logs:CreateLogStream", group_arn + stream):
                    return False
                backend.create_log_stream(group, stream)
            if not self._may(role_arn, "logs:PutLogEvents", group_arn + stream):
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

    def _may(self, role_arn: str, action: str, resource: str) -> bool:
        return role_arn == DELIVERY or self._role_allows(role_arn, action, resource)
