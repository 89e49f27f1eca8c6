"""Processes that became this server's children although it did not start them.

What a function starts and forgets comes to its environment's first process (`sandbox/`). Should
that be killed, it comes to the spawner, and after that to the server, which is a subreaper on
Linux.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection

from .governor.group import ON_LINUX, kill_tree


def end_strays(known: Collection[int]) -> None:
    """Kill what else came to this server. ``known`` are those that somebody else ends."""
    for pid in adopted():
        if pid not in known:
            kill_tree(pid)


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
