"""Records of a shard that go to a function together, and what was tried with them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from .consumer import Outcome
from .stream_reader import StreamRecord

# Pauses between attempts, in seconds. AWS does not publish its own.
RETRY_PAUSE_S = (0.1, 5.0)


@dataclass
class Part:
    """Records that are handed over together. ``retries`` counts those that the quota limits."""

    records: list[StreamRecord]
    retries: int = 0
    invocations: int = 0
    pause_s: float = field(default_factory=lambda: RETRY_PAUSE_S[0])
    result: Outcome | None = None

    def rest(self, *, retried: bool) -> Part:
        """The part as it is to be tried again."""
        return Part(
            self.records,
            self.retries + retried,
            self.invocations,
            min(2 * self.pause_s, RETRY_PAUSE_S[1]),
            self.result,
        )

    def halves(self) -> tuple[Part, Part]:
        """The part split in two."""
        middle = (len(self.records) + 1) // 2
        return (
            Part(self.records[:middle], self.retries, self.invocations, result=self.result),
            Part(self.records[middle:], self.retries, self.invocations, result=self.result),
        )
