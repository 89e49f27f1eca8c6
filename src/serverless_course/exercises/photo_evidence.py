"""What became of a day's photos, as buckets, queues and the log tell."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from serverless_course.functions.report import NoReport, Report
from serverless_course.waiting import until

# Log events are there a moment after the pictures; on AWS some seconds after.
LOG_WITHIN_S = 60.0


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


@dataclass(frozen=True)
class Evidence:
    """What became of some photos.

    Attributes:
        photos: their keys.
        writes: how often the picture of each was written; 0 where there is none.
        dead: keys of those that are in the dead-letter queue.
        lines: what the log says of them.
        reports: the REPORT lines of the function's invocations in that time.
    """

    photos: tuple[str, ...]
    writes: Mapping[str, int]
    dead: frozenset[str]
    lines: tuple[PhotoLine, ...]
    reports: tuple[Report, ...]

    @property
    def pictures(self) -> int:
        """How many photos have a picture."""
        return sum(count > 0 for count in self.writes.values())

    @property
    def twice(self) -> int:
        """How many pictures were written more than once."""
        return sum(count > 1 for count in self.writes.values())

    @property
    def lost(self) -> int:
        """How many photos have neither a picture nor a dead letter."""
        return sum(not count and key not in self.dead for key, count in self.writes.items())

    @property
    def waits_ms(self) -> list[float]:
        """For each photo with a picture, how long it took until the first one was there."""
        first: dict[str, float] = {}
        for line in self.lines:
            if not line.failed:
                first[line.photo] = min(line.wait_ms, first.get(line.photo, line.wait_ms))
        return list(first.values())


def writes_of(s3: Any, bucket: str, keys: Iterable[str]) -> dict[str, int]:
    """How often each picture was written: the versions of its object. 0 where there is none."""
    found = dict.fromkeys(keys, 0)
    for folder in {key.partition("/")[0] for key in found}:
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=f"{folder}/"
        )
        for page in pages:
            for each in page.get("Versions", []):
                if each["Key"] in found:
                    found[each["Key"]] += 1
    return found


def keys_in(body: str) -> list[str]:
    """The keys of the photos that a message of S3's names; none in any other message."""
    try:
        records = json.loads(body).get("Records", [])
        return [unquote_plus(each["s3"]["object"]["key"]) for each in records]
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def dead_photos(sqs: Any, queue_url: str) -> set[str]:
    """Keys of the photos in a dead-letter queue. Its messages stay in it, and visible."""
    found: dict[str, dict[str, Any]] = {}
    while True:
        answer = sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=3
        )
        new = [each for each in answer.get("Messages", []) if each["MessageId"] not in found]
        if not new:
            break
        found |= {each["MessageId"]: each for each in new}
    for each in found.values():
        sqs.change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0
        )
    return {key for each in found.values() for key in keys_in(each["Body"])}


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


def evidence_of(
    clients: Mapping[str, Any],
    parts: Mapping[str, str],
    function: str,
    photos: Sequence[str],
    since_s: float,
    *,
    all_invocations: bool = False,
) -> Evidence:
    """Gather what became of photos; waits until the log has a line for each picture.

    Args:
        clients: boto3 clients of ``"s3"``, ``"sqs"`` and ``"logs"``.
        parts: the stack's resources, logical id to physical id; ``DeadPhotos`` may be missing.
        function: the function's name.
        photos: keys of the photos.
        since_s: when the first was uploaded, in seconds since 1970.
        all_invocations: whether REPORT lines of invocations that say nothing of these photos
            count, too: those that failed as a whole.
    """
    writes = writes_of(clients["s3"], parts["Pictures"], photos)
    dead = dead_photos(clients["sqs"], parts["DeadPhotos"]) if "DeadPhotos" in parts else set[str]()
    there = {key for key, count in writes.items() if count}
    wanted = set(writes)

    def lines() -> list[PhotoLine]:
        return [
            line for line in photo_lines(clients["logs"], function, since_s) if line.photo in wanted
        ]

    found = until(
        lines,
        LOG_WITHIN_S,
        ends=lambda some: there <= {line.photo for line in some if not line.failed},
        every_s=0.5,
    )
    requests = {line.request for line in found}
    reports = until(
        lambda: reports_of(clients["logs"], function, since_s),
        LOG_WITHIN_S,
        ends=lambda some: requests <= {each.request_id for each in some},
        every_s=0.5,
    )
    counted = [each for each in reports if all_invocations or each.request_id in requests]
    return Evidence(tuple(writes), writes, frozenset(dead & wanted), tuple(found), tuple(counted))


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
