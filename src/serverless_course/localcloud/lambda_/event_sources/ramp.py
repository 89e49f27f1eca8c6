"""How many batches of a queue may be in flight at once, and how that grows.

Source: Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings": five
concurrent batches at first, up to 300 more a minute while messages are there, 1,250 at most.
"Handling errors for an SQS event source": failed and throttled invocations reduce the concurrency
gradually; AWS does not say by how much. Here each takes one away, down to two, and after a
throttle a minute passes on the scaled clock before it grows again.
"""

from __future__ import annotations

from ...clock import ScaledClock

AT_FIRST = 5
AT_LEAST = 2
AT_MOST = 1250
PER_MINUTE = 300
HOLD_S = 60.0


class Ramp:
    """The concurrency of one mapping. Times are seconds of a monotonic clock; growth follows the
    scaled clock. ``most`` is what this machine can run at once.
    """

    def __init__(self, clock: ScaledClock, most: int = AT_MOST) -> None:
        self._clock = clock
        self._most = min(most, AT_MOST)
        self._allowed = float(min(AT_FIRST, self._most))
        self._short_since: float | None = None
        self._held_until = 0.0

    @property
    def step_s(self) -> float:
        """Seconds in which one more becomes allowed."""
        return self._clock.real_s(60 / PER_MINUTE)

    def allowed(self, now: float, maximum: int | None, *, short: bool) -> int:
        """How many batches may be in flight. ``short``: more messages wait than may be taken.

        ``maximum`` is the mapping's MaximumConcurrency.
        """
        if short and self._short_since is not None:
            since = max(self._short_since, self._held_until)
            minutes = self._clock.aws_s(max(0.0, now - since)) / 60
            self._allowed = min(self._most, self._allowed + minutes * PER_MINUTE)
        self._short_since = now if short else None
        return min(int(self._allowed), self.ceiling(maximum))

    def ceiling(self, maximum: int | None) -> int:
        """What no growth goes beyond."""
        return self._most if maximum is None else min(self._most, maximum)

    def failed(self) -> None:
        """An invocation failed."""
        self._allowed = max(float(min(AT_LEAST, self._most)), self._allowed - 1)

    def throttled(self, now: float) -> None:
        """An invocation was throttled."""
        self.failed()
        self._held_until = now + self._clock.real_s(HOLD_S)

    def quiet(self) -> None:
        """Nothing is in flight and nothing waits: begin anew."""
        self._allowed = float(min(AT_FIRST, self._most))
        self._short_since = None
