"""The attempts at one asynchronous event, read from the function's log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.patience import code_of
from serverless_course.waiting import until

_START = re.compile(r"START RequestId: (?P<id>\S+) ")
_REPORT = re.compile(r"REPORT RequestId: (?P<id>\S+)\tDuration: (?P<ms>[\d.]+) ms")


@dataclass(frozen=True)
class Attempt:
    """One try of an event.

    Attributes:
        number: 1 for the first.
        at_s: when it began, in seconds since the epoch, by the log's own clock.
        after_s: seconds since the attempt before it began; None for the first.
        duration_ms: Duration of its REPORT line; None while there is none.
    """

    number: int
    at_s: float
    after_s: float | None
    duration_ms: float | None


def attempts(logs: Any, function: Function | str, request_id: str) -> tuple[Attempt, ...]:
    """The attempts at an event so far, in their order.

    Every attempt at an event has the same request id, so its START lines are its attempts
    (Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
    invocation", read 2026-11). For functions with the text log format.

    Args:
        logs: a boto3 client of CloudWatch Logs.
        function: the function, or its name.
        request_id: what the Invoke call answered.

    Raises:
        ClientError: the log could not be read. A log that is not there yet has no attempts.
    """
    group = f"/aws/lambda/{name_of(function)}"
    starts: list[float] = []
    durations: list[float] = []
    pages = logs.get_paginator("filter_log_events")
    try:
        for page in pages.paginate(logGroupName=group, filterPattern=f'"{request_id}"'):
            for event in page["events"]:
                if (start := _START.match(event["message"])) and start["id"] == request_id:
                    starts.append(event["timestamp"] / 1000)
                if (report := _REPORT.match(event["message"])) and report["id"] == request_id:
                    durations.append(float(report["ms"]))
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
    starts.sort()
    return tuple(
        Attempt(
            number,
            at,
            None if number == 1 else at - starts[number - 2],
            durations[number - 1] if number <= len(durations) else None,
        )
        for number, at in enumerate(starts, 1)
    )


@dataclass(frozen=True)
class EventLife:
    """One event's attempts, in their order.

    Attributes:
        attempts: the attempts.
        clock_factor: how many times faster this cloud's waits run; 1 on AWS.
    """

    attempts: tuple[Attempt, ...]
    clock_factor: float

    def __len__(self) -> int:
        return len(self.attempts)

    @property
    def gaps_s(self) -> list[float]:
        """Seconds on AWS's clock from each attempt to the next."""
        pauses = (each.after_s for each in self.attempts)
        return [pause * self.clock_factor for pause in pauses if pause is not None]

    def __repr__(self) -> str:
        gaps = ", ".join(f"{gap:.0f} s" for gap in self.gaps_s) or "none yet"
        return f"{len(self)} attempts; pauses between them on AWS's clock: {gaps}."


def wait_for_attempts(
    logs: Any,
    function: Function | str,
    request_id: str,
    number: int,
    *,
    limit_s: float,
    tell: Callable[[int], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Attempt, ...]:
    """Wait until an event has been tried ``number`` times, or ``limit_s`` real seconds are over.

    Returns what there is then; ``tell`` is called with how many there are.
    """

    def look() -> tuple[Attempt, ...]:
        found = attempts(logs, function, request_id)
        tell(len(found))
        return found

    def enough(found: tuple[Attempt, ...]) -> bool:
        return sum(each.duration_ms is not None for each in found) >= number

    return until(look, limit_s, ends=enough, sleep=sleep)
