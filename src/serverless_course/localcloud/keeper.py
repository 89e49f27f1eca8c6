"""The keeper: a small process that ends every environment when the server dies.

The server writes one line for each environment it starts or ends; when the pipe closes, for
whatever reason, the keeper kills what is still on its list. It covers what a parent-death
signal does not: stopped processes' children, and programs that left their process group.

    python -S -E keeper.py      (standard input: "+ PGID MARK", "- PGID MARK",
                                "= CGROUP FOLDER", "~ FOLDER OF FILES")
"""

import contextlib
import os
import shutil
import signal
import sys
import time


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


def main() -> None:
    """Follow the server's list until its end, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    alive: dict[int, str] = {}
    folders: list[str] = []
    files: list[str] = []
    for line in sys.stdin:
        sign, _, rest = line.strip().partition(" ")
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
    for pgid, mark in alive.items():
        end(pgid, mark)
    for folder in folders:
        remove_cgroups(folder)
    for folder in files:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
