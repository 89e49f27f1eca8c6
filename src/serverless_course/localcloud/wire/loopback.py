"""A listener on the loopback interface that a careless or hostile client cannot wear out."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

from .http import HttpProtocol

# What waits to be accepted waits in the kernel, and costs the server nothing.
BACKLOG = 16
# More new connections than this within a second, and accepting pauses for a while.
MAX_NEW_PER_S = 100
PAUSE_S = 0.5

MakeProtocol = Callable[[Callable[[HttpProtocol], None]], HttpProtocol]


class LoopbackListener:
    """Accepts at most ``most`` connections at once, and not too many new ones in a short time.

    ``make`` makes the protocol of a connection; it is given what to call at the connection's end.
    ``make_socket`` makes a TCP socket where it listens, such as in a network namespace; ``port`` 0
    takes a free one.
    """

    def __init__(
        self,
        make: MakeProtocol,
        most: int,
        make_socket: Callable[[], socket.socket] = socket.socket,
        port: int = 0,
    ) -> None:
        self._make = make
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._open: set[HttpProtocol] = set()
        self._tasks: set[asyncio.Task[object]] = set()
        self._listening = False
        self._closed = False
        self._second = 0.0
        self._new = 0
        self._socket = make_socket()
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setblocking(False)
            self._socket.bind(("127.0.0.1", port))
            self._socket.listen(BACKLOG)
        except OSError:
            self._socket.close()
            raise
        self.port = int(self._socket.getsockname()[1])
        self._listen()

    def close(self) -> None:
        """Stop listening and end every connection."""
        if self._closed:
            return
        self._closed = True
        self._pause()
        self._socket.close()
        for protocol in list(self._open):
            protocol.abort()

    def _listen(self) -> None:
        if not (self._listening or self._closed) and len(self._open) < self._most:
            self._listening = True
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _pause(self) -> None:
        if self._listening:
            self._listening = False
            self._loop.remove_reader(self._socket.fileno())

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        now = time.monotonic()
        if now - self._second > 1.0:
            self._second, self._new = now, 0
        self._new += 1
        protocol = self._make(self._lost)
        self._open.add(protocol)
        if len(self._open) >= self._most:
            self._pause()
        elif self._new > MAX_NEW_PER_S:
            self._pause()
            self._loop.call_later(PAUSE_S, self._listen)
        task = self._loop.create_task(self._connect(protocol, connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, protocol: HttpProtocol, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: protocol, connection)
        except OSError:
            connection.close()
            self._lost(protocol)
        if self._closed:
            protocol.abort()

    def _lost(self, protocol: HttpProtocol) -> None:
        self._open.discard(protocol)
        if self._new <= MAX_NEW_PER_S:
            self._listen()
