"""Asking again and again until something comes, or time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.2


def until(
    look: Callable[[], T],
    limit_s: float,
    *,
    ends: Callable[[T], object] = bool,
    every_s: float = LOOK_EVERY_S,
    tell: Callable[[float], None] = lambda passed_s: None,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Look until what is seen ends the waiting; returns what was seen last.

    Whether it came in time is for the caller to see and to say. It looks once at least. What
    interrupts ``look`` or ``sleep`` ends it: the key of an interrupt, the time limit of a check.

    Args:
        look: asked again and again.
        limit_s: real seconds, after which nobody looks again.
        ends: whether what was seen is what is waited for; anything true, unless said otherwise.
        every_s: seconds between two looks.
        tell: told before each pause how many seconds have passed.
        sleep: how to wait.
    """
    started = time.monotonic()
    while True:
        seen = look()
        passed_s = time.monotonic() - started
        if ends(seen) or passed_s >= limit_s:
            return seen
        tell(passed_s)
        sleep(every_s)
