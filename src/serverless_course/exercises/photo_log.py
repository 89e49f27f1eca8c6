"""What log, metrics and alarms say of photos: lines, REPORT lines, counts, and when it rang."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from serverless_course.functions.report import NoReport, Report


@dataclass(frozen=True)
class PhotoLine:
    """A line of the log about one photo.

    Attributes:
        photo: its key.
        request: the request id of the invocation.
        trace: the id of its trace; "" without one.
        version: the function's version.
        wait_ms: from the upload to the picture, by the clocks of S3 and of the function.
        failed: whether it could not be converted.
        time_ms: when the line was written, in milliseconds since 1970.
    """

    photo: str
    request: str
    trace: str
    version: str
    wait_ms: float
    failed: bool
    time_ms: int


def keys_in(body: str) -> list[str]:
    """The keys of the photos that a message of S3's names; none in any other message."""
    try:
        records = json.loads(body).get("Records", [])
        return [unquote_plus(each["s3"]["object"]["key"]) for each in records]
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def photo_lines(logs: Any, function: str, since_s: float) -> list[PhotoLine]:
    """The lines of the function's log about photos, since a time in seconds since 1970."""
    found = []
    for event in _events(logs, function, since_s, '"CloudWatchMetrics"'):
        try:
            line = json.loads(event["message"])
            found.append(
                PhotoLine(
                    photo=unquote_plus(line["photo"]),
                    request=str(line["request"]),
                    trace=str(line["trace"]),
                    version=str(line["Version"]),
                    wait_ms=float(line["Wait"]),
                    failed=bool(line["Failed"]),
                    time_ms=int(line["_aws"]["Timestamp"]),
                )
            )
        except (KeyError, TypeError, ValueError):
            continue
    return found


def reports_of(logs: Any, function: str, since_s: float) -> list[Report]:
    """The REPORT lines of a function's log, since a time in seconds since 1970."""
    found = {}
    for event in _events(logs, function, since_s, '"REPORT RequestId"'):
        try:
            report = Report.parse(event["message"])
        except NoReport:
            continue
        found[report.request_id] = report
    return list(found.values())


def _events(logs: Any, function: str, since_s: float, pattern: str) -> list[dict[str, Any]]:
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{function}",
        startTime=int(1000 * since_s),
        filterPattern=pattern,
    )
    return [event for page in pages for event in page["events"]]


def metric_rows(cloudwatch: Any, versions: Iterable[str], since_s: float) -> list[dict[str, Any]]:
    """What CloudWatch counts by version and minute: converted and failed photos.

    Args:
        cloudwatch: a boto3 client of CloudWatch.
        versions: the function's versions.
        since_s: from when on, in seconds since 1970.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for version in versions:
        for metric in ("Converted", "Failed"):
            found = cloudwatch.get_metric_statistics(
                Namespace="Sepia",
                MetricName=metric,
                Dimensions=[{"Name": "Version", "Value": version}],
                StartTime=since_s - since_s % 60,
                EndTime=time.time() + 60,
                Period=60,
                Statistics=["Sum"],
            )
            for point in found["Datapoints"]:
                minute = point["Timestamp"].strftime("%Y-%m-%dT%H:%MZ")
                row = rows.setdefault((minute, version), {"minute": minute, "version": version})
                row[metric] = int(point["Sum"])
    return [rows[key] for key in sorted(rows)]


def detected_after_s(
    cloudwatch: Any, alarms: Sequence[str], lines: Iterable[PhotoLine], version: str
) -> float | None:
    """Seconds from the first failed photo of a version to the first alarm after it.

    None when no photo failed in it, or no alarm went off after that.

    Args:
        cloudwatch: a boto3 client of CloudWatch.
        alarms: the names of the alarms that watched it.
        lines: the log's lines about photos.
        version: the version.
    """
    failed = [line.time_ms for line in lines if line.failed and line.version == version]
    if not failed:
        return None
    first = min(failed) / 1000
    rung = [when for name in alarms for when in _rung(cloudwatch, name) if when >= first]
    return min(rung) - first if rung else None


def _rung(cloudwatch: Any, alarm: str) -> list[float]:
    """When an alarm went off, in seconds since 1970."""
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(
        AlarmName=alarm, HistoryItemType="StateUpdate"
    )
    return [
        item["Timestamp"].timestamp()
        for page in pages
        for item in page["AlarmHistoryItems"]
        if _new_state(item) == "ALARM"
    ]


def _new_state(item: Mapping[str, Any]) -> str:
    try:
        return str(json.loads(item["HistoryData"])["newState"]["stateValue"])
    except (KeyError, TypeError, ValueError):
        return ""
