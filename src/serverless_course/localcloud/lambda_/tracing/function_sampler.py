"""Whether Lambda samples a request of which nobody has decided yet.

"The sampling rate is 1 request per second and 5 percent of additional requests"; it cannot be
configured for functions (Lambda Developer Guide, "Visualize Lambda function invocations using AWS
X-Ray", read 2026-11), and X-Ray's sampling rules do not count for them (aws/aws-xray-sdk-node,
issue 440, an answer of AWS's of 2021). That the rate is each function's own is ours: the guide
does not say whose it is.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

RATE = 0.05


class FunctionSampler:
    """Remembers the second in which a function was last sampled first. Lives on the event loop.

    ``now`` gives seconds, ``chance`` a number from 0 to 1.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._now = now
        self._chance = chance
        self._seconds: dict[tuple[str, str], int] = {}

    def __call__(self, region: str, function: str) -> bool:
        """Whether this request of a function is sampled."""
        second = int(self._now())
        key = (region, function)
        if self._seconds.get(key) != second:
            self._seconds[key] = second
            return True
        return self._chance() < RATE
