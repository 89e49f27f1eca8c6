"""Which executions are invoked now, and how long one waits after an invocation that failed.

Lambda invokes again with exponential backoff, "until the function succeeds or the execution timeout
is reached"; throttles, crashes, time-outs and environments that cannot be started are all tried
again (Developer Guide, "Retries for Lambda durable functions", "Backend retries", read 2026-11; an
engineer of the SDKs says the same in aws/aws-durable-execution-docs, issue 281, 2026-09). AWS gives
no lengths. Here: 5 s after a failure, which is the testing SDK's pause, and 1 s after a throttle,
as in the asynchronous queue; each doubles up to 5 minutes.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

from .execution import Execution

FAILURE_S, THROTTLE_S, LONGEST_S = 5.0, 1.0, 300.0
# Each pause is up to this much longer, so that executions that failed together part.
JITTER = 0.15


def pause_s(first_s: float, before: int) -> float:
    """AWS's seconds until the next try, when ``before`` tries in a row have failed already."""
    pause = min(first_s * 2.0 ** min(before, 30), LONGEST_S)
    return pause * random.uniform(1.0, 1.0 + JITTER)  # noqa: S311 - a pause is no secret


class Turns:
    """Lets at most ``most`` executions run an invocation at once, in the order they asked.

    More than this host has environments would be refused, and tried again later and later.
    ``begin`` is called with each execution whose turn it is; it calls `done` in the end.
    """

    def __init__(self, begin: Callable[[Execution], None], most: int) -> None:
        self._begin = begin
        self._most = most
        self._waiting: deque[Execution] = deque()
        self._running = 0

    def ask(self, execution: Execution) -> None:
        """An execution is to be invoked; once is enough until its turn has begun."""
        if not execution.queued:
            execution.queued = True
            self._waiting.append(execution)
            self._next()

    def done(self) -> None:
        """A turn is over."""
        self._running -= 1
        self._next()

    def close(self) -> None:
        """Nobody has a turn any more."""
        self._waiting.clear()

    def _next(self) -> None:
        while self._waiting and self._running < self._most:
            execution = self._waiting.popleft()
            execution.queued = False
            if execution.is_running:
                self._running += 1
                self._begin(execution)
