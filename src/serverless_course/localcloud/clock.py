"""The scaled clock: AWS's long waits run faster here, by a factor that everybody is told."""

from __future__ import annotations

import asyncio
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
