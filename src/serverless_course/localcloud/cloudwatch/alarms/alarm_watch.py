"""Who looks at CloudWatch's alarms, every second.

AWS evaluates an alarm every minute, or every 10 seconds when its period is under a minute
(CloudWatch User Guide, "Alarm evaluation", read 2026-11). A learner who has made an error should
not wait so long to see its alarm: here each look comes a second after the one before. Periods are
real time, since metrics carry real times; the scaled clock has no part in this.
"""

from __future__ import annotations

import asyncio
import logging
import time

from ...moto_seam import Services

log = logging.getLogger(__name__)
LOOK_S = 1.0


class AlarmWatch:
    """Publishes what Lambda noted, then lets the alarms be evaluated, off the event loop."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.to_thread(self._services.wait)
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await asyncio.to_thread(self._look)
            except Exception:
                log.exception("alarms were not looked at")

    def _look(self) -> None:
        self._services.metrics.settle()
        self._services.evaluate_alarms(time.time())
