"""What became of a day's photos, as buckets, queues and the log tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.photo_log import PhotoLine, keys_in, photo_lines, reports_of
from serverless_course.functions.report import Report
from serverless_course.waiting import until

# Log events are there a moment after the pictures; on AWS some seconds after.
LOG_WITHIN_S = 60.0
# An invocation that is stopped between picture and line leaves a picture without a line.
QUIET_S = 10.0


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


def write_times_of(s3: Any, bucket: str, keys: Iterable[str]) -> dict[str, list[float]]:
    """When each picture was written, in seconds since 1970, whole seconds as S3 tells them.

    One time for each version of its object; none where there is no picture.
    """
    found: dict[str, list[float]] = {key: [] for key in keys}
    for folder in {key.partition("/")[0] for key in found}:
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=f"{folder}/"
        )
        for page in pages:
            for each in page.get("Versions", []):
                if each["Key"] in found:
                    found[each["Key"]].append(each["LastModified"].timestamp())
    return found


def writes_of(s3: Any, bucket: str, keys: Iterable[str]) -> dict[str, int]:
    """How often each picture was written: the versions of its object. 0 where there is none."""
    return {key: len(times) for key, times in write_times_of(s3, bucket, keys).items()}


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


def evidence_of(
    clients: Mapping[str, Any],
    parts: Mapping[str, str],
    function: str,
    photos: Sequence[str],
    since_s: float,
    *,
    all_invocations: bool = False,
) -> Evidence:
    """Gather what became of photos.

    Waits until the log has a line for each picture, or has told of no other one for ten seconds.

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

    found = until(lines, LOG_WITHIN_S, ends=all_told(there), every_s=0.5)
    requests = {line.request for line in found}
    reports = until(
        lambda: reports_of(clients["logs"], function, since_s),
        LOG_WITHIN_S,
        ends=lambda some: requests <= {each.request_id for each in some},
        every_s=0.5,
    )
    counted = [each for each in reports if all_invocations or each.request_id in requests]
    return Evidence(tuple(writes), writes, frozenset(dead & wanted), tuple(found), tuple(counted))


def all_told(there: set[str], quiet_s: float = QUIET_S) -> Callable[[Sequence[PhotoLine]], bool]:
    """Whether lines tell of all these pictures, or have told of no other one for some seconds."""
    known: set[str] = set()
    newest = time.monotonic()

    def told(lines: Sequence[PhotoLine]) -> bool:
        nonlocal newest
        converted = {line.photo for line in lines if not line.failed}
        if converted - known:
            known.update(converted)
            newest = time.monotonic()
        return there <= known or time.monotonic() - newest > quiet_s

    return told
