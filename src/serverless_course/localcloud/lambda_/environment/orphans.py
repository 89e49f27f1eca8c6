"""Processes that left their environment's process tree and became this server's children.

On Linux the server is a subreaper: what a function starts and forgets (a double fork) comes to
it. Such a process ends with its environment, and a dead one is collected.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Collection

from .governor.group import ON_LINUX, descendants, send_signal

# Reading who was adopted costs too much for every invocation of a warm function.
FRESH_S = 0.02


class Orphans:
    """The processes that came to this server, by the environment they were started in."""

    def __init__(self) -> None:
        self._marks: dict[int, bytes] = {}
        self._read_at = 0.0
        self._adopted: list[int] = []

    def of(self, mark: str) -> list[int]:
        """Adopted processes that carry an environment's mark, as of `FRESH_S` ago at most."""
        now = time.monotonic()
        if now - self._read_at > FRESH_S:
            self._read_at, self._adopted = now, adopted()
        pids = self._adopted
        if not pids:
            return []
        for pid in [pid for pid in self._marks if pid not in pids]:
            self._marks.pop(pid, None)
        wanted = mark.encode()
        return [pid for pid in pids if wanted in self._variables(pid)]

    def _variables(self, pid: int) -> bytes:
        found = self._marks.get(pid, b"")
        if not found and (found := first_variables(pid)):
            self._marks[pid] = found
        return found


def end_orphans(mark: str) -> None:
    """Kill adopted processes that carry an environment's mark, with all they started."""
    for pid in children():
        if carries(pid, mark):
            for each in (pid, *descendants(pid)):
                send_signal(each, signal.SIGKILL)


def end_strays(known: Collection[int]) -> None:
    """Kill what else came to this server. ``known`` are those that somebody else ends."""
    for pid in adopted():
        if pid not in known:
            for each in (pid, *descendants(pid)):
                send_signal(each, signal.SIGKILL)


def collect_orphans(known: Collection[int]) -> None:
    """Collect dead children. ``known`` are those that somebody else waits for."""
    for pid in children():
        if pid not in known:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def children() -> list[int]:
    """This process's children, dead ones included; none where the system does not tell."""
    found: list[int] = []
    if not ON_LINUX:
        return found
    for task in os.listdir("/proc/self/task"):
        with contextlib.suppress(OSError), open(f"/proc/self/task/{task}/children") as file:
            found += [int(word) for word in file.read().split()]
    return found


def adopted() -> list[int]:
    """Children of this process's first thread: that is where the system puts adopted ones."""
    me = os.getpid()
    try:
        with open(f"/proc/self/task/{me}/children", "rb") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def carries(pid: int, mark: str) -> bool:
    """Whether a process was started with the mark in its variables."""
    return mark.encode() in first_variables(pid)


def first_variables(pid: int) -> bytes:
    """The variables that a process was started with; nothing when it is gone."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read()
    except OSError:
        return b""
