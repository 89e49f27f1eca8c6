"""Evaluates CloudWatch's alarms once a second.

AWS evaluates an alarm every minute, or every 10 seconds when its period is under a minute
(CloudWatch User Guide, "Alarm evaluation", read 2026-11). A learner who has made an error should
not wait so long to see its alarm: here each look comes a second after the one before. Periods are
real time, since metrics carry real times; the scaled clock has no part in this.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)
LOOK_S = 1.0


class AlarmWatch:
    """Publishes what Lambda noted, then lets the alarms be evaluated, off the event loop.

    ``wait`` returns when there can be alarms; ``evaluate`` takes the time, in seconds since the
    epoch.
    """

    def __init__(
        self,
        wait: Callable[[], None],
        publish: Callable[[], None],
        evaluate: Callable[[float], None],
    ) -> None:
        self._wait = wait
        self._publish = publish
        self._evaluate = evaluate

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.to_thread(self._wait)
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await asyncio.to_thread(self._look)
            except Exception:
                log.exception("alarms were not looked at")

    def _look(self) -> None:
        self._publish()
        self._evaluate(time.time())
