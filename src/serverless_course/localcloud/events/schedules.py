"""Scheduled rules of EventBridge: they fire, on the scaled clock.

The scaled clock's time is the real time when the server starts, and runs ``--clock-factor`` times
faster from there: at factor 60 a ``rate(1 minute)`` rule fires every second, and a ``cron`` rule
of every noon every 24 minutes. An event's ``time`` is the scaled one, so that two events of that
rate rule lie one minute apart. A rule whose time came several times since the last look fires
once.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from ..clock import ScaledClock, ScaledTime
from .schedule_expression import Schedule, parse

log = logging.getLogger(__name__)
LOOK_S = 0.25
SHORTEST_S = 0.01


class ScheduledRules(Protocol):
    """EventBridge's rules that have a schedule."""

    def wait(self) -> None:
        """Wait until they can be asked for."""

    def enabled(self) -> list[Any]:
        """Those that are enabled, with their ``arn`` and ``targets``."""

    def fire(self, rule: Any, at: float) -> None:
        """Send a rule's scheduled event to its targets. ``at``: seconds since the epoch."""


class Schedules:
    """Looks at the rules with a schedule now and then, and fires those that are due."""

    def __init__(self, rules: ScheduledRules, clock: ScaledClock) -> None:
        self._rules = rules
        self._time = ScaledTime(clock)
        self._next: dict[tuple[str, str], float | None] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.to_thread(self._rules.wait)
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("scheduled rules were not looked at")
            due = min((at for at in self._next.values() if at is not None), default=None)
            wait_s = LOOK_S if due is None else self._time.wait_s(due)
            await asyncio.sleep(min(LOOK_S, max(SHORTEST_S, wait_s)))

    def now(self) -> float:
        """The scaled clock's time, in seconds since the epoch."""
        return self._time.now()

    async def _look(self) -> None:
        rules = {(rule.arn, rule.scheduled_expression): rule for rule in self._rules.enabled()}
        for gone in self._next.keys() - rules.keys():
            del self._next[gone]
        for key, rule in rules.items():
            await self._fire_if_due(key, rule)

    async def _fire_if_due(self, key: tuple[str, str], rule: Any) -> None:
        schedule = _schedule(key[1])
        now = self.now()
        if key not in self._next:
            self._next[key] = schedule.after(now)
        due = self._next[key]
        if due is None or due > now:
            return
        following = schedule.after(due)
        self._next[key] = (
            schedule.after(now) if following is not None and following <= now else following
        )
        await asyncio.to_thread(self._rules.fire, rule, due)


def _schedule(expression: str) -> Schedule:
    try:
        return parse(expression)
    except ValueError:
        return Schedule(lambda moment: None)
