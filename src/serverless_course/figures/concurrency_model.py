"""What a sudden, steady load needs, and what Lambda gives it: a model of the documented limits."""

from __future__ import annotations

from dataclasses import dataclass

# Lambda Developer Guide, "Lambda function scaling" and "Lambda quotas", read 2026: each function
# may add 1,000 environments every 10 seconds, refilled continuously, never more than 1,000 at
# once; an environment counts for 10 requests a second at most.
BURST = 1000
REFILL_PER_S = 100.0
REQUESTS_PER_S_EACH = 10


@dataclass(frozen=True)
class Load:
    """A load that begins all at once, and the limits that it meets.

    Attributes:
        per_second: requests a second.
        duration_ms: how long each takes.
        account: the account's concurrency limit in the Region.
        reserved: the function's reserved concurrency; None when it has none.
        provisioned: environments that are ready before the load begins.
    """

    per_second: float
    duration_ms: float
    account: int = 1000
    reserved: int | None = None
    provisioned: int = 0

    @property
    def needed(self) -> float:
        """Environments that the load needs: rate times duration, or a tenth of the rate."""
        return max(self.per_second * self.duration_ms / 1000, self.per_second / REQUESTS_PER_S_EACH)

    @property
    def ready(self) -> int:
        """Provisioned environments that there may be: reserved concurrency bounds them, too."""
        return min(self.provisioned, self.cap)

    @property
    def cap(self) -> int:
        """Environments that may be busy at once."""
        return self.account if self.reserved is None else min(self.reserved, self.account)

    def given(self, at_s: float) -> float:
        """Environments that may work at this time, in seconds from the load's start."""
        return min(self.needed, self.cap, self.ready + BURST + REFILL_PER_S * at_s)

    def throttled(self, at_s: float) -> float:
        """The part of the requests that is refused at this time, from 0 to 1."""
        return 1 - self.given(at_s) / self.needed if self.needed else 0.0

    @property
    def steady_at_s(self) -> float:
        """From when on nothing grows any more, in seconds."""
        goal = min(self.needed, self.cap)
        return max(0.0, (goal - self.ready - BURST) / REFILL_PER_S)


def sentence(load: Load) -> str:
    """The model in words."""
    goal = min(load.needed, load.cap)
    text = (
        f"{load.per_second:,.0f} requests a second of {load.duration_ms:,.0f} ms need "
        f"{load.needed:,.0f} environments. "
    )
    if load.cap == 0:
        return text + "Reserved concurrency 0: every request is throttled."
    cold = max(0.0, goal - load.ready)
    text += f"{min(load.ready, goal):,.0f} are ready before; {cold:,.0f} begin with a cold start. "
    if load.steady_at_s:
        text += (
            f"At first {load.throttled(0):.0%} of the requests are throttled; new environments "
            f"come for {load.steady_at_s:,.0f} s. "
        )
    end = load.throttled(load.steady_at_s)
    if end:
        which = "reserved concurrency" if load.reserved == load.cap else "the account's limit"
        return text + f"Then {which} of {load.cap:,} holds: {end:.0%} stay throttled."
    return text + ("Then nothing is throttled." if load.steady_at_s else "Nothing is throttled.")
