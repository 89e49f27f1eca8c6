"""The governor that needs no rights: SIGSTOP and SIGCONT on measured CPU time.

A single thread wakes every 4 ms while anything runs, reads each group's CPU clocks, books
them in its `Bandwidth`, and stops or continues the process group as the account says. Debt
makes late ticks right again in the long run.
"""

from __future__ import annotations

import ctypes
import itertools
import logging
import signal
import sys
import threading
import time
from weakref import WeakSet

from .bandwidth import PERIOD_MS, TICK_MS, Bandwidth
from .group import CpuGroup, CpuUsage, cpu_seconds, waited_ms

log = logging.getLogger(__name__)

TICKS_PER_PERIOD = round(PERIOD_MS / TICK_MS)
PR_SET_TIMERSLACK = 29
# So many ticks the thread goes on when no group runs: waking it in each invocation costs more.
LINGER_TICKS = 250


class SignalGroup(CpuGroup):
    """One environment under the signal governor."""

    def __init__(self, ticker: Ticker) -> None:
        super().__init__()
        self._ticker = ticker
        self._phase = ticker.next_phase()
        self._lock = threading.Lock()
        self._bandwidth = Bandwidth(1.0)
        self._active = False
        self._seen: dict[int, float] = {}
        self._used_ms = 0.0
        self._held_ms = 0.0
        self._held_since: float | None = None
        self._children: list[int] = []
        # What each child has waited so far, and what those had that have ended.
        self._waits: dict[int, float] = {}
        self._ended_waits_ms = 0.0
        self._rested_in = -1

    def attach(self, pid: int) -> None:
        with self._lock:
            super().attach(pid)
            self._seen = {}
            self._children = []
            self._waits = {}
            self._ended_waits_ms = 0.0

    def run(self, share: float) -> None:
        with self._lock:
            self._bandwidth.change_share(share)
            self._bandwidth.charge(self._measure())
            if self._period() != self._rested_in:
                self._bandwidth.wake()
            self._active = True
            if self._bandwidth.throttled:
                self._hold()
        self._ticker.add(self)

    def rest(self) -> None:
        self._ticker.remove(self)
        with self._lock:
            if self._active:
                self._active = False
                self._bandwidth.charge(self._measure())
                self._bandwidth.rest()
                self._rested_in = self._period()
                self._release(resume=False)

    def usage(self) -> CpuUsage:
        with self._lock:
            used = self._measure()
            if self._active:
                self._bandwidth.charge(used)
            held = self._held_ms
            if self._held_since is not None:
                held += (time.monotonic() - self._held_since) * 1e3
            self._note_waits()
            return CpuUsage(self._used_ms, held, self._waited_ms())

    def close(self) -> None:
        self._ticker.remove(self)
        super().close()

    def tick(self, number: int) -> None:
        """Called every 4 ms by the ticker; every fifth call begins a period of this group."""
        period = number % TICKS_PER_PERIOD == self._phase
        with self._lock:
            if not self._active:
                return
            was_throttled = self._bandwidth.throttled
            used = self._measure()
            if was_throttled:
                self._bandwidth.charge(used)
            if period:
                self._children = self.pids()[1:]
                self._note_waits()
                self._bandwidth.refill()
            if not was_throttled:
                # After the refill: on AWS, too, a period seems to begin shortly before a tick.
                self._bandwidth.charge(used)
            if self._bandwidth.throttled and not was_throttled:
                self._hold()
            elif was_throttled and not self._bandwidth.throttled:
                self._release(resume=True)
            elif was_throttled and period:
                # What was started, or adopted, since the hold began still runs.
                self._signal(signal.SIGSTOP, self._children)

    def _period(self) -> int:
        """Which of its periods this group is in; periods begin where ticks do."""
        return (tick_number(time.monotonic()) - self._phase) // TICKS_PER_PERIOD

    def _measure(self) -> float:
        """CPU milliseconds since the last call, over all known processes."""
        used = 0.0
        for pid in (self.pid, *self._children):
            seconds = cpu_seconds(pid)
            if seconds is None:
                continue
            used += (seconds - self._seen.get(pid, 0.0)) * 1e3
            self._seen[pid] = seconds
        self._used_ms += used
        return used

    def _note_waits(self) -> None:
        """Read what each child has waited: once it has ended, the system tells no more.

        So of a child that ends between two periods, the last 20 ms at most are missing.
        """
        for pid in self._waits.keys() - set(self._children):
            self._ended_waits_ms += self._waits.pop(pid)
        for pid in self._children:
            self._waits[pid] = max(waited_ms(pid), self._waits.get(pid, 0.0))

    def _waited_ms(self) -> float:
        return self._leader_waited_ms() + self._ended_waits_ms + sum(self._waits.values())

    def _hold(self) -> None:
        self._signal(signal.SIGSTOP, self._children)
        self._held_since = time.monotonic()

    def _release(self, *, resume: bool) -> None:
        if self._held_since is not None:
            self._held_ms += (time.monotonic() - self._held_since) * 1e3
            self._held_since = None
        if resume:
            self._signal(signal.SIGCONT, self._children)


def tick_number(now: float) -> int:
    """How many ticks of 4 ms have passed on a clock in seconds."""
    return int(now / (TICK_MS / 1e3))


class Ticker:
    """The thread that calls every running group each 4 ms, and sleeps when none runs."""

    def __init__(self) -> None:
        self._groups: set[SignalGroup] = set()
        self._changed = threading.Condition()
        self._asleep = False
        self._thread: threading.Thread | None = None
        self._failing: WeakSet[SignalGroup] = WeakSet()
        self._phases = itertools.cycle(range(TICKS_PER_PERIOD))

    def next_phase(self) -> int:
        """The tick of a period at which a new group's periods begin.

        Groups take turns: were all periods to begin at once, environments that run side by side
        would wait for each other's bursts, which on AWS they do not share a CPU with.
        """
        return next(self._phases)

    def add(self, group: SignalGroup) -> None:
        with self._changed:
            self._groups.add(group)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="governor", daemon=True)
                self._thread.start()
            elif self._asleep:
                self._changed.notify()

    def remove(self, group: SignalGroup) -> None:
        with self._changed:
            self._groups.discard(group)

    def _run(self) -> None:
        sharpen_timer()
        tick_s = TICK_MS / 1e3
        idle = 0
        while True:
            with self._changed:
                idle = 0 if self._groups else idle + 1
                while idle > LINGER_TICKS and not self._groups:
                    self._asleep = True
                    self._changed.wait()
                self._asleep = False
            now = time.monotonic()
            number = tick_number(now) + 1
            time.sleep(max(0.0, number * tick_s - now))
            with self._changed:
                groups = list(self._groups)
            for group in groups:
                try:
                    group.tick(number)
                except Exception:
                    # Once for each group, not at each tick.
                    if group not in self._failing:
                        self._failing.add(group)
                        log.exception("the CPU of an environment was not governed")


def sharpen_timer() -> None:
    """Ask Linux to wake this thread within a microsecond or so instead of 50."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_TIMERSLACK, 1)
