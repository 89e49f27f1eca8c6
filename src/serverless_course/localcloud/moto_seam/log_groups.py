"""Log groups in moto, read: what CloudWatch Logs' own answers are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..iam.account import ACCOUNT_ID


class StoredEvent(NamedTuple):
    """An event in a log stream. Times in ms since the epoch; ``number`` grows with every event
    that any stream takes, so it puts events of one millisecond in their order."""

    timestamp: int
    number: int
    message: str
    ingestion_time: int
    stream: str


@dataclass(frozen=True)
class LogStreamRecord:
    """A log stream. ``created_ms`` and the times of its events are ms since the epoch."""

    name: str
    arn: str
    created_ms: int
    first_event_ms: int | None
    last_event_ms: int | None
    last_ingestion_ms: int | None


@dataclass(frozen=True)
class LogGroup:
    """A log group, as it is now."""

    name: str
    arn: str
    created_ms: int
    _group: Any = field(repr=False)

    def described(self) -> dict[str, Any]:
        """What DescribeLogGroups tells of it, but for its metric filters."""
        found: dict[str, Any] = self._group.to_describe_dict()
        return found

    def has_stream(self, name: str) -> bool:
        """Whether there is such a stream."""
        return name in self._group.streams

    def streams(self) -> list[LogStreamRecord]:
        """Its streams, in no order."""
        return [_record(stream) for stream in list(self._group.streams.values())]

    def events(
        self, since_ms: float, until_ms: float, wanted: Callable[[str], bool] = lambda name: True
    ) -> Iterator[StoredEvent]:
        """Events from ``since_ms`` on and before ``until_ms``, of the streams that are wanted.

        They come stream by stream, in the order in which a stream took them.
        """
        for stream in list(self._group.streams.values()):
            name = stream.log_stream_name
            if not wanted(name):
                continue
            for each in tuple(stream.events):
                if since_ms <= each.timestamp < until_ms:
                    yield StoredEvent(
                        each.timestamp, each.event_id, each.message, each.ingestion_time, name
                    )


class LogGroups:
    """The log groups of every region. ``wait`` returns when moto is loaded."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self._wait = wait

    def log_groups(self, region: str) -> list[LogGroup]:
        """All log groups of a region, in the order of their names."""
        groups = self._backend(region).groups
        return [_group(name, groups[name]) for name in sorted(groups)]

    def log_group(self, region: str, name: str) -> LogGroup | None:
        """A log group by its name or ARN; None when there is none here."""
        prefix = f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:"
        plain = name.removeprefix(prefix).removesuffix(":*")
        group = self._backend(region).groups.get(plain)
        return None if group is None else _group(plain, group)

    def metric_filters(self, region: str, group: str) -> int:
        """How many metric filters a log group has."""
        return len(self._backend(region).describe_metric_filters(log_group_name=group))

    def _backend(self, region: str) -> Any:
        self._wait()
        from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

        return logs_backends[ACCOUNT_ID][region]


def _group(name: str, group: Any) -> LogGroup:
    from moto.core.utils import unix_time_millis  # noqa: PLC0415 - moto loads late

    return LogGroup(name, group.arn, int(unix_time_millis(group.creation_time)), group)


def _record(stream: Any) -> LogStreamRecord:
    from moto.core.utils import unix_time_millis  # noqa: PLC0415 - moto loads late

    times = [event.timestamp for event in tuple(stream.events)]
    ingested = stream.last_ingestion_time if times else None
    return LogStreamRecord(
        stream.log_stream_name,
        stream.arn,
        int(unix_time_millis(stream.creation_time)),
        min(times, default=None),
        max(times, default=None),
        None if ingested is None else int(unix_time_millis(ingested)),
    )
