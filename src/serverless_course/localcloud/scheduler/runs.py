"""Lets schedules have their turn when they are due, each on its own scaled time line.

A schedule's time is the real time when it is put, and runs ``--clock-factor`` times faster from
there: so ``at()`` a minute from now is a second away at factor 60, however long the server has
run. Times that were missed while this machine was busy are left out, but for the last.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ..cloudwatch.metrics.store import MetricStores
from ..iam.role_client import RoleClients
from ..timetable import Timetable
from .delivery import Delivery
from .schedule import Schedule

THREADS = 4
Call = Callable[[], None]


class Runs:
    """``is_current`` says whether a schedule still is as it was put; ``completed`` is told of one
    that has invoked its target for the last time. Runs on the event loop."""

    def __init__(
        self,
        clients: RoleClients,
        trusts: Callable[[str, str, str], bool],
        stores: MetricStores,
        is_current: Callable[[Schedule], bool],
        completed: Callable[[Schedule], None],
    ) -> None:
        self._is_current = is_current
        self._completed = completed
        self._threads = ThreadPoolExecutor(THREADS, "schedules")
        self._timetable: Timetable[Call] = Timetable(lambda turn: turn(), lambda: False)
        self._delivery = Delivery(clients, trusts, stores, self._threads, self._at)

    def put(self, schedule: Schedule, now: float) -> None:
        """Let a schedule that is put at the scaled time ``now`` wait for its first time."""
        if schedule.settings["State"] == "ENABLED":
            self._wait(schedule, schedule.times.first(now))

    def close(self) -> None:
        """Nothing is invoked any more."""
        self._timetable.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _at(self, schedule: Schedule, moment: float, turn: Call) -> None:
        loop = asyncio.get_running_loop()
        self._timetable.put(turn, loop.time() + schedule.line.wait_s(moment))

    def _wait(self, schedule: Schedule, due: float | None) -> None:
        if due is not None:
            self._at(schedule, due, lambda: self._turn(schedule, due))

    def _turn(self, schedule: Schedule, due: float) -> None:
        if not self._is_current(schedule):
            return
        following = schedule.times.after(due)
        now = schedule.line.now()
        while following is not None and following <= now:
            due, following = following, schedule.times.after(max(following, now - 1))
        minutes = schedule.settings["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0)

        def done() -> None:
            if following is None and self._is_current(schedule):
                self._completed(schedule)

        def begin() -> None:
            if self._is_current(schedule):
                self._delivery.begin(schedule, due, done)

        if minutes:
            self._at(schedule, due + random.uniform(0, 60.0 * minutes), begin)  # noqa: S311
        else:
            begin()
        self._wait(schedule, following)
