"""What waits in a connection behind the request that is being answered, and how much may."""

from __future__ import annotations

from collections import deque

from .budget import Backlog, Reservation
from .http import Request

# What Python adds to the text of a header: two strings, and their tuple.
HEADER_OBJECTS = 160
# So many requests, and bytes of them, wait in a connection; so many bytes wait in all connections.
MAX_WAITING, MAX_WAITING_BYTES = 16, 128 * 1024
BACKLOG = Backlog(64 * 1024 * 1024)

# A request, whether its connection is kept after it, and the room that its body takes.
Waiting = tuple[Request, bool, Reservation | None]


class Pipeline:
    """The pipelined requests of one connection (RFC 9112, section 9.3.2).

    ``unfed`` is what has come and is not parsed yet, because enough requests wait.
    """

    __slots__ = ("_counted", "_size", "requests", "unfed")

    def __init__(self) -> None:
        self.requests: deque[Waiting] = deque()
        self.unfed = b""
        self._size = 0
        self._counted = 0

    @property
    def size(self) -> int:
        """About how many bytes of memory wait."""
        return self._size + len(self.unfed)

    @property
    def is_counted(self) -> bool:
        """Whether the backlog of all connections knows of bytes that wait here."""
        return self._counted > 0

    def is_full(self) -> bool:
        """Whether so much waits that no more is to be read."""
        return len(self.requests) >= MAX_WAITING or self._size >= MAX_WAITING_BYTES

    def put(self, waiting: Waiting) -> None:
        """Let a request wait."""
        self.requests.append(waiting)
        self._size += _size_of(waiting[0])

    def take(self) -> Waiting:
        """The request whose turn it is."""
        waiting = self.requests.popleft()
        self._size -= _size_of(waiting[0])
        return waiting

    def clear(self) -> None:
        """The connection has ended: nothing waits any more, and no room is kept."""
        for _, _, room in self.requests:
            if room is not None:
                room.release()
        self.requests.clear()
        self._size, self.unfed = 0, b""
        self.count()

    def count(self) -> bool:
        """Tell all connections' backlog what waits here. Returns whether so much may."""
        size = self.size
        has_room = BACKLOG.change(size - self._counted)
        self._counted = size
        return has_room or not size


def _size_of(request: Request) -> int:
    lines = sum(len(name) + len(value) + HEADER_OBJECTS for name, value in request.headers)
    return len(request.target) + lines + len(request.body)
