"""The spawner: a small process that makes environments' first processes.

The server is large and has many threads: to do work between a fork and the runtime's start is
slow and unsafe there. This process has one thread and little memory. It ends with the server, and
with it every process that it has made: where there are namespaces it is the first process of one,
and elsewhere it ends them itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import signal
import socket

from . import linux
from .first_process import live
from .order import LARGEST, MOST_DESCRIPTORS, NO_ROOM, Order, failure
from .tree import Bases
from .user import GID, UID

# Received descriptors get numbers from here on: the runtime's own are lower.
FIRST_DESCRIPTOR = 16
END_ROUNDS = 200


def main(descriptor: int, folder: str, *, isolated: bool) -> None:
    """Take orders from the socket ``descriptor`` until its other end closes.

    Bases are mounted below ``folder``. Raises OSError when namespaces cannot be made.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    if isolated:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        _isolate()
        spawner = Spawner(control, Bases(folder))
    else:
        # It has to outlive the server for a moment, to end what was started.
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        spawner = Spawner(control, None)
    # The kernel collects what ends here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    gc.disable()
    while spawner.serve():
        pass
    _end_children()


class Spawner:
    """``bases`` are the file trees that environments begin with; None without namespaces."""

    def __init__(self, control: socket.socket, bases: Bases | None) -> None:
        self._control = control
        self._bases = bases
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if bases else -1

    def serve(self) -> bool:
        """Take one order; False when there will be none any more."""
        data, received, _, _ = socket.recv_fds(
            self._control, LARGEST, MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
        )
        if not data:
            return False
        descriptors: list[int] = []
        try:
            for each in received:
                descriptors.append(fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR))
                os.close(each)
            self._start(Order.decode(data), descriptors)
        except OSError as error:
            _refuse(descriptors, error)
        finally:
            for each in descriptors:
                os.close(each)
        return True

    def _start(self, order: Order, descriptors: list[int]) -> None:
        root = ""
        if self._bases is not None:
            if not order.has_tree:
                root = self._bases.get(order.binds, order.links, order.masks)
            linux.unshare(linux.CLONE_NEWPID)
        try:
            if os.fork() == 0:
                self._control.close()
                live(order, descriptors, root, isolated=self._bases is not None)
        finally:
            if self._bases is not None:
                linux.setns(self._own, linux.CLONE_NEWPID)


def _refuse(descriptors: list[int], error: OSError) -> None:
    if descriptors:
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptors[0])) as report:
            report.send(failure(NO_ROOM, error))


def _isolate() -> None:
    """Become the first process of new namespaces: the kernel ends with it all that it starts."""
    outside = os.geteuid(), os.getegid()
    if outside[0] == 0:
        linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWPID)
    else:
        linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWPID)
        linux.map_user((UID, GID), outside)
    linux.make_private()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


def _end_children() -> None:
    """Kill all that was started and is left. Whoever forgets a child leaves it to this process."""
    for _ in range(END_ROUNDS):
        left = linux.descendants(os.getpid())
        if not left:
            return
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
