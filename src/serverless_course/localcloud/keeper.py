"""The keeper: a small process that ends every environment when the server dies, and the server when
it should end and does not.

The server writes one line for each environment it starts or ends; when the pipe closes, for
whatever reason, the keeper kills what is still on its list. It covers what a parent-death
signal does not: stopped processes' children, and programs that left their process group.

A thread of the server that is busy in C code lets no other run, so the server may not see that it
was told to end. The keeper sees it: a signal's number waits unread in the server's own pipe, or
the server's parent is gone. A few seconds later it kills the server.

    python -S -E keeper.py SIGNALS PARENT INPUT
                                (standard input: "+ PGID MARK", "- PGID MARK",
                                "= CGROUP FOLDER", "~ FOLDER OF FILES", "!" the server ends;
                                SIGNALS: a descriptor with signals that the server has not read;
                                PARENT: whose end is the server's as well, or 0;
                                INPUT: a descriptor whose end is the server's as well, or -1)
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
# The server has five seconds to end; it is looked at twice a second.
LOOK_S = 0.5
PATIENCE_S = 4.0


def marked(mark: str) -> list[int]:
    """Processes whose first environment names this execution environment's log stream."""
    found: list[int] = []
    if not os.path.isdir("/proc/self"):
        return found
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if mark.encode() in file.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


def end(pgid: int, mark: str) -> None:
    """Kill a process group and everything else that carries its mark."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, signal.SIGKILL)
    for pid in marked(mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def end_members(folder: str) -> None:
    """Kill every process below a cgroup folder: nothing leaves a cgroup by itself."""
    for parent, _children, files in os.walk(folder):
        if "cgroup.procs" not in files:
            continue
        with contextlib.suppress(OSError), open(os.path.join(parent, "cgroup.procs")) as file:
            for word in file.read().split():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(int(word), signal.SIGKILL)


def remove_cgroups(folder: str) -> None:
    """Remove the server's cgroup folders, deepest first, and end what is still in them."""
    for _ in range(100):
        end_members(folder)
        for parent, children, _files in os.walk(folder, topdown=False):
            for child in children:
                with contextlib.suppress(OSError):
                    os.rmdir(os.path.join(parent, child))
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        if not os.path.isdir(folder):
            return
        time.sleep(0.01)


def remove_files(folder: str) -> None:
    """Remove the server's folder, with what a function's package has closed in it."""
    sys.path.insert(0, str(SOURCES))
    # This file is run alone: the package is looked for when everything has ended.
    from serverless_course.localcloud.lambda_.package_files import remove_tree  # noqa: PLC0415

    remove_tree(Path(folder))


def parent_of(pid: int) -> int:
    """The parent of a process; 0 when it cannot be told."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        pass
    if os.path.isdir("/proc/self"):
        return 0
    try:
        command = ["ps", "-o", "ppid=", "-p", str(pid)]
        found = subprocess.run(command, check=False, capture_output=True, timeout=5)
        return int(found.stdout or 0)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


class Deadline:
    """When the server has to be gone: some seconds after it was told to end."""

    def __init__(self, signals: int, parent: int, standard_input: int) -> None:
        self._signals = signals
        self._parent = parent
        self._input = select.poll()
        if standard_input >= 0:
            self._input.register(standard_input, 0)
        self._server = os.getppid()
        self._since: dict[str, float] = {}
        self.ending = False

    def look(self) -> None:
        """Kill the server when it was told to end long enough ago. Call it twice a second."""
        now = time.monotonic()
        for name, told in (
            ("signal", bool(select.select([self._signals], [], [], 0)[0])),
            ("parent", self._parent > 1 and parent_of(self._server) not in (0, self._parent)),
            ("input", bool(self._input.poll(0))),
            ("ending", self.ending),
        ):
            if not told:
                self._since.pop(name, None)
            elif now - self._since.setdefault(name, now) > PATIENCE_S:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(self._server, signal.SIGKILL)


def lines(deadline: Deadline) -> Iterator[str]:
    """The server's lines, as they come; between them it is looked at."""
    rest = b""
    while True:
        if not select.select([0], [], [], LOOK_S)[0]:
            deadline.look()
            continue
        data = os.read(0, 65536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield from (line.decode().strip() for line in whole)
        deadline.look()


def main() -> None:
    """Follow the server's list until its end, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    alive: dict[int, str] = {}
    folders: list[str] = []
    files: list[str] = []
    deadline = Deadline(*map(int, sys.argv[1:4]))
    for line in lines(deadline):
        sign, _, rest = line.partition(" ")
        if sign == "!":
            deadline.ending = True
            continue
        if sign == "=":
            folders.append(rest)
            continue
        if sign == "~":
            files.append(rest)
            continue
        pgid, _, mark = rest.partition(" ")
        if sign == "+":
            alive[int(pgid)] = mark
        elif sign == "-":
            alive.pop(int(pgid), None)
    for group, mark in alive.items():
        end(group, mark)
    for folder in folders:
        remove_cgroups(folder)
    for folder in files:
        remove_files(folder)


if __name__ == "__main__":
    main()
