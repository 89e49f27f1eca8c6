"""The first process of an environment: it starts the runtime, and ends when the runtime ends.

In a namespace of processes it is number 1. Whatever the function starts and forgets (a double
fork, in a session and with variables of its own) becomes its child, and the kernel ends all of
them with it. It has no right of its own while the function runs, and cannot be traced.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket

from ..signal_filter import protect
from . import linux
from .order import NO_ROOM, NOT_RUN, STARTED, Order, ended, failure
from .tree import enter, mount_proc
from .user import GID, UID

MAX_FILES = 1024
# What a function may ask for beyond its memory without ever touching it, such as the stacks of
# 1,024 threads of 8 MB each. Only an allocation that no environment could hold fails at once;
# what is touched beyond the memory size is the memory watch's matter.
UNTOUCHED_BYTES = 10 * 1024**3
DEFAULT_SIGNALS = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    *(signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD),
)
# Nothing of ours has a lower number in the runtime: 3 is for its log records.
LOG_RECORDS = 3
TREE = "/proc/self/ns/mnt"


def live(order: Order, descriptors: list[int], root: str, *, isolated: bool) -> None:
    """Be an environment's first process, and never return. ``root`` is the base of its files."""
    status = 1
    try:
        report = socket.socket(fileno=descriptors[0])
        status = _live(order, report, descriptors[1], descriptors[2:], root, isolated)
    finally:
        os._exit(status)


def _live(
    order: Order, report: socket.socket, output: int, others: list[int], root: str, isolated: bool
) -> int:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        tree = _settle(order, others, root) if isolated else None
        _limit(order.memory_bytes)
        if isolated:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            linux.drop_capabilities()
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            linux.prctl(linux.PR_SET_DUMPABLE, 0)
        else:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
            protect([*order.protected, os.getpid()])
            if order.obeys_modes and os.geteuid() == 0:
                linux.obey_modes()
    except OSError as error:
        report.send(failure(NO_ROOM, error))
        return 1
    try:
        os.chdir(order.folder)
        leader = _run(order, output)
    except OSError as error:
        report.send(failure(NOT_RUN, error))
        return 1
    os.close(output)
    socket.send_fds(report, [STARTED], [tree] if tree is not None else [])
    if tree is not None:
        os.close(tree)
    if not report.recv(1):
        return 1
    return _wait(leader, report)


def _settle(order: Order, others: list[int], root: str) -> int | None:
    """Take the environment's place: its namespaces and its user. Returns its new file tree."""
    if order.has_network:
        linux.setns(others.pop(0), linux.CLONE_NEWNET)
    is_root = os.geteuid() == 0
    tree = None
    if order.has_tree:
        # A copy of it: an extension and the runtime share files, and each sees its own /proc.
        linux.setns(others.pop(0), linux.CLONE_NEWNS)
        linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWIPC)
        mount_proc("/proc")
    else:
        linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWIPC)
        enter(root, order.task, order.opt, order.tmp_bytes, (UID, GID))
        tree = os.open(TREE, os.O_RDONLY | os.O_CLOEXEC)
    if is_root:
        os.setgroups([])
        os.setresgid(GID, GID, GID)
        os.setresuid(UID, UID, UID)
        # A change of user has cleared it; without it /proc/self is somebody else's.
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
    # Where nobody may make user namespaces, the function cannot either.
    with contextlib.suppress(OSError):
        linux.unshare(linux.CLONE_NEWUSER)
        linux.map_user((UID, GID), (UID, GID))
        with open("/proc/sys/user/max_user_namespaces", "w") as file:
            file.write("0")
    return tree


def _limit(memory_bytes: int) -> None:
    """No core files, AWS's number of open files (Lambda quotas, read 2026-11), and a bound on
    what can be asked for."""
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_FILES),
        (resource.RLIMIT_DATA, memory_bytes + UNTOUCHED_BYTES),
    ):
        # A lower limit of the user's stays.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))


def _run(order: Order, output: int) -> int:
    """Start the runtime in a session of its own. Raises OSError when it cannot be run."""
    return os.posix_spawn(
        order.command[0],
        order.command,
        {**order.environ, "_LAMBDA_TELEMETRY_LOG_FD": str(LOG_RECORDS)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            *((os.POSIX_SPAWN_DUP2, output, number) for number in (1, 2, LOG_RECORDS)),
        ],
        setsid=True,
        setsigdef=DEFAULT_SIGNALS,
    )


def _wait(leader: int, report: socket.socket) -> int:
    """Collect what ends, until the runtime does."""
    while True:
        try:
            pid, status = os.wait()
        except InterruptedError:
            continue
        if pid == leader:
            with contextlib.suppress(OSError):
                report.send(ended(status))
            return 0
