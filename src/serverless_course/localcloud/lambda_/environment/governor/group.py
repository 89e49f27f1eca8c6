"""The processes of one execution environment, and what a governor can do with them."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from ..sandbox import linux
from .process_files import PAGE_BYTES, ProcessFiles

ON_LINUX = sys.platform == "linux"
# A process that forks as fast as it can is stopped after a few rounds: each stops what it found.
STOP_ROUNDS = 50


@dataclass(frozen=True)
class CpuUsage:
    """Counters since the group was made, in milliseconds.

    ``cpu_ms``: CPU time used. ``held_ms``: wall time in which the governor kept the group off
    the CPU. ``waited_ms``: wall time in which it was ready to run and another program had the
    CPU (0 where the system does not tell).
    """

    cpu_ms: float
    held_ms: float
    waited_ms: float

    def since(self, before: CpuUsage) -> CpuUsage:
        """What was used from ``before`` to now."""
        return CpuUsage(
            self.cpu_ms - before.cpu_ms,
            self.held_ms - before.held_ms,
            max(0.0, self.waited_ms - before.waited_ms),
        )


class CpuGroup(ABC):
    """One environment's processes. The leader is the head of a process group of its own.

    ``orphans`` tells which of its processes have left its process tree (a double fork).
    """

    def __init__(self) -> None:
        self.pid = 0
        self.orphans: Callable[[], list[int]] = list
        self._stopped: list[int] = []
        self._files: ProcessFiles | None = None

    def attach(self, pid: int) -> None:
        """Take charge of a process that leads its own process group."""
        self._let_go()
        self.pid = pid
        self._files = ProcessFiles(pid) if ON_LINUX else None
        self._stopped = []

    def join(self, pid: int) -> None:  # noqa: B027 - where `orphans` tells of it, that is enough
        """Take charge of a further process, which `orphans` tells of."""

    @abstractmethod
    def run(self, share: float) -> None:
        """Let the group run with ``share`` of one vCPU, from now on."""

    @abstractmethod
    def rest(self) -> None:
        """The group has nothing to do: stop accounting. It is still able to run."""

    @abstractmethod
    def usage(self) -> CpuUsage:
        """The counters now."""

    def close(self) -> None:
        """Give back whatever was made for this group; the processes are gone."""
        self._let_go()

    @property
    def leader_has_ended(self) -> bool:
        """Whether the leader is dead; False where the system does not tell."""
        return self._files is not None and self._files.has_ended

    def memory_bytes(self, pids: list[int]) -> int:
        """Resident memory of the group: of the leader the highest so far, of the others now."""
        if not pids:
            return 0
        leader = self._files.peak_bytes if self._files is not None else 0
        leader = leader or resident_bytes(pids[0])
        return leader + sum(resident_bytes(pid) for pid in pids[1:])

    def pids(self) -> list[int]:
        """Every process of the group that is known, the leader first."""
        if not self.pid:
            return []
        children = self._files.children if self._files is not None else None
        if children is None:
            found = [self.pid, *descendants(self.pid)]
        else:
            found = [self.pid, *children]
            for child in children:
                found += descendants(child)
        for pid in self.orphans():
            if pid not in found:
                found += [pid, *descendants(pid)]
        return found

    def freeze(self) -> list[int]:
        """Stop every process of the group until `thaw`; tells which they are, the leader first."""
        self.rest()
        self._stopped = self._stop()
        return [self.pid, *self._stopped] if self.pid else []

    def thaw(self, share: float) -> None:
        """Continue a frozen group, governed at ``share``."""
        self._continue()
        self.run(share)

    def kill(self) -> None:
        """End every process of the group, whatever state it is in: first stopped, so that none
        starts another meanwhile."""
        self.rest()
        others = self._stop()
        self._signal(signal.SIGKILL, others)

    def _leader_waited_ms(self) -> float:
        """Milliseconds that the leader's main thread waited on a run queue."""
        return self._files.waited_ns / 1e6 if self._files is not None else 0.0

    def _let_go(self) -> None:
        files, self._files = self._files, None
        if files is not None:
            files.close()

    def _stop(self) -> list[int]:
        """Stop the leader's process group, then all others, until no further one appears."""
        self._signal(signal.SIGSTOP, [])
        others: list[int] = []
        for _ in range(STOP_ROUNDS):
            further = [pid for pid in self.pids()[1:] if pid not in others]
            if not further:
                break
            for pid in further:
                send_signal(pid, signal.SIGSTOP)
            others += further
        return others

    def _continue(self) -> None:
        self._signal(signal.SIGCONT, self._stopped)
        self._stopped = []

    def _signal(self, number: int, others: list[int]) -> None:
        """Signal the leader's process group, and others that may have left it."""
        if self.pid:
            send_to_group(self.pid, number)
        for pid in others:
            send_signal(pid, number)


def send_to_group(pgid: int, number: int) -> None:
    """Signal a process group; one that has gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, number)


def send_signal(pid: int, number: int) -> None:
    """Signal one process; one that has gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def descendants(pid: int) -> list[int]:
    """Children, grandchildren and so on of a process, in no order."""
    if ON_LINUX:
        return linux.descendants(pid)
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def kill_tree(pid: int) -> None:
    """Kill a process and all that is below it."""
    for each in (pid, *descendants(pid)):
        send_signal(each, signal.SIGKILL)


def cpu_seconds(pid: int) -> float | None:
    """CPU time of one process with all its threads, or None when it is gone.

    On Linux from the process's own CPU clock (nanoseconds; clock id as in ``clock_getcpuclockid``).
    """
    try:
        if ON_LINUX:
            return time.clock_gettime((~pid << 3) | 2)
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    except (OSError, psutil.Error):
        return None


def resident_bytes(pid: int) -> int:
    """Resident memory of one process now, in bytes; 0 when it is gone."""
    try:
        if ON_LINUX:
            with open(f"/proc/{pid}/statm", "rb") as file:
                return int(file.read().split()[1]) * PAGE_BYTES
        return int(psutil.Process(pid).memory_info().rss)
    except (OSError, psutil.Error, IndexError):
        return 0


def waited_ms(pid: int) -> float:
    """Milliseconds that a process's main thread waited on a run queue; 0 when it is gone.

    Source: the second number of ``/proc/PID/schedstat`` (Linux, Documentation/scheduler).
    """
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e6
    except (OSError, IndexError):
        return 0.0
