"""Linux CFS bandwidth control as an account book: quota, pool, slice and debt.

Pure arithmetic, no process is touched here. Real Lambda behaves like this at a period of
20 ms with accounting at 4 ms ticks: a function overruns its quota until the next tick and
pays the debt back in the following periods (data of the EuroSys '26 paper "Demystifying
Serverless Costs on Public Platforms", measured 25 Apr 2025, doi 10.5281/zenodo.17162822).
The rules are those of the kernel's ``kernel/sched/fair.c``: a pool refilled each period, and
a local slice of up to 5 ms that each runqueue draws from it.
"""

from __future__ import annotations

from dataclasses import dataclass

PERIOD_MS = 20.0
TICK_MS = 4.0
SLICE_MS = 5.0
KEPT_WHEN_IDLE_MS = 1.0
# Fitted to the published staircase: waking an environment costs this part of a period's quota
# before its Duration begins. A part, so that every size keeps room for short work: AWS's mean of
# an almost empty handler is the same at 128 MB as at 1,024 MB (maxday/lambda-perf, 2026-08-21).
WAKE_COST = 0.2
MB_PER_VCPU = 1769


def share_of(memory_mb: int) -> float:
    """Promised share of one vCPU (1.0 is one vCPU). Source: Lambda Developer Guide, "Configure
    Lambda function memory": 1,769 MB is the equivalent of one vCPU (read 2026-11)."""
    return memory_mb / MB_PER_VCPU


@dataclass
class Bandwidth:
    """The account of one environment, in milliseconds of CPU time.

    ``share`` is the promised share of one vCPU. ``throttled`` is what the account says now.
    """

    share: float
    pool: float = 0.0
    local: float = 0.0
    throttled: bool = False

    def __post_init__(self) -> None:
        self.pool = self.quota

    @property
    def quota(self) -> float:
        """CPU milliseconds granted for each period of 20 ms."""
        return PERIOD_MS * self.share

    def change_share(self, share: float) -> None:
        """A new share starts with a full pool and no debt, as a new quota does in the kernel."""
        if share != self.share:
            self.share = share
            self.pool = self.quota
            self.local = 0.0
            self.throttled = False

    def refill(self) -> None:
        """A new period begins: fill the pool; a throttled environment pays its debt from it."""
        self.pool = self.quota
        if self.throttled:
            paid = min(self.pool, -self.local + 1e-6)
            self.pool -= paid
            self.local += paid
            self.throttled = self.local <= 0

    def charge(self, used_ms: float) -> None:
        """A tick: book what was used since the last one; with nothing left, throttle."""
        self.local -= used_ms
        if self.throttled or self.local > 0:
            return
        drawn = min(self.pool, SLICE_MS - self.local)
        self.pool -= drawn
        self.local += drawn
        self.throttled = self.local <= 0

    def rest(self) -> None:
        """The environment goes idle: what is left of its slice goes back, all but 1 ms."""
        self.local = min(self.local, KEPT_WHEN_IDLE_MS)

    def wake(self) -> None:
        """Work comes after at least one idle period: a full pool, less the cost of waking."""
        self.refill()
        self.pool = max(0.0, self.pool - WAKE_COST * self.quota)
