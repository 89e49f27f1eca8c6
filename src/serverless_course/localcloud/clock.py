"""The scaled clock: AWS's long waits run faster here, by a factor that everybody is told."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class ScaledClock:
    """``factor`` 60 lets a minute of AWS's waiting pass in a second. Durations are never scaled."""

    factor: float = 60.0

    def real_s(self, aws_s: float) -> float:
        """Seconds to wait here for a wait of ``aws_s`` seconds on AWS."""
        return aws_s / self.factor

    def aws_s(self, real_s: float) -> float:
        """Seconds that pass on the scaled clock in ``real_s`` seconds here."""
        return real_s * self.factor

    async def sleep(self, aws_s: float) -> None:
        """Wait as long as AWS would, on the scaled clock."""
        await asyncio.sleep(self.real_s(aws_s))


class ScaledTime:
    """A time line: the real time when it begins, and ``factor`` times faster from there."""

    def __init__(self, clock: ScaledClock) -> None:
        self._clock = clock
        self._began_at = time.time()
        self._began = time.monotonic()

    def now(self) -> float:
        """The scaled time, in seconds since the epoch."""
        return self._began_at + self._clock.aws_s(time.monotonic() - self._began)

    def of(self, real: float) -> float:
        """The scaled time of a real one, both in seconds since the epoch."""
        return self._began_at + self._clock.aws_s(real - self._began_at)

    def wait_s(self, at: float) -> float:
        """Seconds to wait here until the scaled time is ``at``; 0 when it has passed."""
        return max(0.0, self._clock.real_s(at - self.now()))
