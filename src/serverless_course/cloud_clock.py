"""Waiting on the cloud's clock, with a progress bar: AWS's minutes may pass faster here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.figures.progress import progress
from serverless_course.waiting import until

# What a log line or a message may take to arrive, in real seconds, whatever the clock's factor.
DELAYS_S = {"aws": 30.0, "endpoint": 15.0, "embedded": 5.0}


def longest_s(cloud: Cloud, minutes: float) -> float:
    """Real seconds to wait for something that takes ``minutes`` on AWS's clock."""
    return minutes * 60 / cloud.clock_factor + DELAYS_S[cloud.kind]


def let_pass(cloud: Cloud, minutes: float) -> None:
    """Wait for this many minutes of AWS's clock."""
    seconds = minutes * 60 / cloud.clock_factor
    steps = max(1, round(seconds * 2))
    with progress(steps, f"{minutes:g} minutes of AWS's clock") as tell:
        for step in range(1, steps + 1):
            time.sleep(seconds / steps)
            tell(step, steps, "")


def wait_until(cloud: Cloud, what: str, is_true: Callable[[], Any], minutes: float) -> Any:
    """Wait until ``is_true()`` gives something true; returns what it gave.

    Args:
        cloud: whose clock counts.
        what: what is waited for, in words.
        is_true: asked again and again.
        minutes: minutes of AWS's clock to wait at most.

    Raises:
        TimeoutError: it did not come.
    """
    limit_s = longest_s(cloud, minutes)
    steps = round(limit_s)
    with progress(steps, f"waiting until {what}") as tell:
        given = until(is_true, limit_s, tell=lambda passed_s: tell(int(passed_s), steps, ""))
        if given:
            # A bar that is not full stays on the page, in red.
            tell(steps, steps, "")
    if not given:
        raise TimeoutError(
            f"It did not happen within {minutes:g} minutes of AWS's clock that {what}."
        )
    return given
