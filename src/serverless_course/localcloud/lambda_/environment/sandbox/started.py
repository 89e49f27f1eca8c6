"""A process that the spawner has started, as the server sees it."""

from __future__ import annotations

import array
import contextlib
import os
import select
import signal
import socket
import struct

from .order import ENDED, MOST_DESCRIPTORS, number_in

CREDENTIALS = struct.Struct("=iII")
MESSAGE_BYTES = 4096
# One read tells of a page at most, and ends before a number that does not fit.
BLOCK_BYTES = 8192
SHORT_BYTES = 4096 - 16


class Started:
    """The runtime's process, below its environment's first process.

    ``pid`` and ``first`` are their numbers here; ``tree`` is a descriptor of its file tree, for
    the next process of the same environment. All other processes of the environment are children
    of the first one, or below the runtime.
    """

    def __init__(self, report: socket.socket, first: int, tree: int | None) -> None:
        self.first = first
        self.tree = tree
        self._report = report
        self._code: int | None = None
        self._children = -1
        self._first_ended = -1
        with contextlib.suppress(OSError):
            self._first_ended = os.pidfd_open(first)
            self._children = os.open(f"/proc/{first}/task/{first}/children", os.O_RDONLY)
        children = self._read_children()
        # None is there when it has ended already, and is collected.
        self.pid = children[0] if children else first
        with contextlib.suppress(OSError):
            report.send(b"!")

    @staticmethod
    def read(report: socket.socket) -> tuple[bytes, list[int], int]:
        """One message: what it says, its descriptors, and who sent it. Empty when nobody can."""
        space = socket.CMSG_SPACE(CREDENTIALS.size) + socket.CMSG_SPACE(4 * MOST_DESCRIPTORS)
        try:
            data, ancillary, _, _ = report.recvmsg(MESSAGE_BYTES, space, socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            raise
        except OSError:
            return b"", [], 0
        descriptors, pid = array.array("i"), 0
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(content[: len(content) - len(content) % 4])
            elif (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                pid = CREDENTIALS.unpack(content[: CREDENTIALS.size])[0]
        return data, list(descriptors), pid

    def fileno(self) -> int:
        """Readable when the runtime has ended."""
        return self._report.fileno()

    def strays(self) -> list[int]:
        """The first process's other children: what has left the runtime's tree."""
        return [pid for pid in self._read_children() if pid != self.pid]

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self._code is None:
            try:
                message, _, _ = self.read(self._report)
            except BlockingIOError:
                return None
            ended = message[:1] == ENDED
            self._code = os.waitstatus_to_exitcode(number_in(message)) if ended else -signal.SIGKILL
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait until every process of the environment is gone; the exit code."""
        if self._first_ended >= 0:
            poll = select.poll()
            poll.register(self._first_ended, select.POLLIN)
            poll.poll(None if timeout is None else timeout * 1000)
        code = self.poll()
        return -signal.SIGKILL if code is None else code

    def kill(self) -> None:
        """Kill the first process: in namespaces, every process of the environment."""
        with contextlib.suppress(OSError):
            if self._first_ended >= 0:
                signal.pidfd_send_signal(self._first_ended, signal.SIGKILL)
            else:
                os.kill(self.first, signal.SIGKILL)

    def close(self) -> None:
        """Let go of what watches it. The file tree is its owner's."""
        self._report.close()
        for descriptor in (self._children, self._first_ended):
            if descriptor >= 0:
                os.close(descriptor)
        self._children = self._first_ended = -1

    def _read_children(self) -> list[int]:
        text = block = b""
        with contextlib.suppress(OSError):
            while self._children >= 0 and (not text or len(block) >= SHORT_BYTES):
                block = os.pread(self._children, BLOCK_BYTES, len(text))
                if not block:
                    break
                text += block
        return [int(word) for word in text.split()]
