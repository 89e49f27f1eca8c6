"""Throttling by token buckets: so many requests a second, and a burst of so many at once.

Source: API Gateway Developer Guide, "Throttle requests to your HTTP APIs" and "Throttle requests to
your REST APIs" (read 2026-11): an account has 10,000 requests a second and a burst of 5,000.
"""

from __future__ import annotations

import time
from collections.abc import Callable

ACCOUNT_RATE = 10_000.0
ACCOUNT_BURST = 5_000


class Bucket:
    """``rate`` tokens come each second, up to ``burst``; a request takes one."""

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = (rate, burst)
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def take(self) -> bool:
        """Take a token; False when there is none."""
        now = self._clock()
        rate, burst = self.limits
        self._left = min(burst, self._left + (now - self._at) * rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Throttles:
    """The buckets of a stage by what they count, such as a route key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def admits(self, key: str, rate: float | None, burst: float | None) -> bool:
        """Whether one more request is within its limits; None is the account's."""
        limits = (
            ACCOUNT_RATE if rate is None else rate,
            ACCOUNT_BURST if burst is None else burst,
        )
        bucket = self._buckets.get(key)
        if bucket is None or bucket.limits != limits:
            bucket = self._buckets[key] = Bucket(*limits, self._clock)
        return bucket.take()
