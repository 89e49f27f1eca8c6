"""Processes that left their environment's process tree and became this server's children.

On Linux the server is a subreaper: what a function starts and forgets (a double fork) comes to
it. Such a process ends with its environment, and a dead one is collected.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Collection

from .governor.group import ON_LINUX, descendants


def end_orphans(mark: str) -> None:
    """Kill adopted processes that carry an environment's mark, with all they started."""
    for pid in children():
        if carries(pid, mark):
            for each in (pid, *descendants(pid)):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(each, signal.SIGKILL)


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


def carries(pid: int, mark: str) -> bool:
    """Whether a process was started with the mark in its variables."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return mark.encode() in file.read()
    except OSError:
        return False
