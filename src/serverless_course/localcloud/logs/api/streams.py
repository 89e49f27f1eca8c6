"""DescribeLogStreams.

Source: Amazon CloudWatch Logs API Reference, "DescribeLogStreams" (botocore's model, read 2026-11):
the size of a stream is always reported as zero.
"""

from __future__ import annotations

from typing import Any

from ...moto_seam.log_groups import LogStreamRecord
from ...wire.errors import ServiceError
from .call import LogsCall
from .paging import page

BY_TIME = "LastEventTime"


def describe_log_streams(call: LogsCall) -> dict[str, Any]:
    """The streams of a group, by name or by the time of their last event."""
    given = call.parameters
    prefix = given.get("logStreamNamePrefix", "")
    by_time = given.get("orderBy") == BY_TIME
    if by_time and prefix:
        raise ServiceError(
            "InvalidParameterException",
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        )
    chosen = [each for each in call.group().streams() if each.name.startswith(prefix)]
    chosen.sort(key=_last_event if by_time else _name, reverse=given.get("descending", False))
    found, token = page(chosen, given)
    return {
        "logStreams": [_described(each) for each in found],
        "nextToken": token,
    }


def _name(stream: LogStreamRecord) -> tuple[int, str]:
    return 0, stream.name


def _last_event(stream: LogStreamRecord) -> tuple[int, str]:
    return stream.last_event_ms or 0, stream.name


def _described(stream: LogStreamRecord) -> dict[str, Any]:
    found = {
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        "firstEventTimestamp": stream.first_event_ms,
        "lastEventTimestamp": stream.last_event_ms,
        "lastIngestionTime": stream.last_ingestion_ms,
        # Absent for a stream that has no events (recorded from AWS, TestLogsStreams, 2026).
        "uploadSequenceToken": None if stream.last_event_ms is None else "0" * 56,
        "arn": stream.arn,
        "storedBytes": 0,
    }
    return {name: value for name, value in found.items() if value is not None}
