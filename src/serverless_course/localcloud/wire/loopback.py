"""A listener on the loopback interface that a careless or hostile client cannot wear out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import Callable

from .connection import HttpProtocol
from .exhaustion import DESCRIPTORS, MEMORY, NO_DESCRIPTORS
from .http import Request, Response, is_local

# What waits to be accepted waits in the kernel, and costs the server nothing.
BACKLOG = 16
# More new connections than this within a second, and accepting pauses for a while.
MAX_NEW_PER_S = 100
PAUSE_S = 0.5
SWEEP_S = 2.0
NO_ROOM = DESCRIPTORS | MEMORY

MakeProtocol = Callable[[Callable[[HttpProtocol], None]], HttpProtocol]


class LoopbackListener:
    """Accepts at most ``most`` connections at once, and not too many new ones in a short time.

    ``make`` makes the protocol of a connection; it is given what to call at the connection's end.
    ``make_socket`` makes a TCP socket where it listens, such as in a network namespace; ``port`` 0
    takes a free one. A listener that is ``swept`` ends what has fallen silent, and, when there are
    too many connections, the one that has been idle for longest. Without file descriptors a caller
    is told so, and nothing is tried again until a while has passed.
    """

    def __init__(
        self,
        make: MakeProtocol,
        most: int,
        make_socket: Callable[[], socket.socket] = socket.socket,
        port: int = 0,
        *,
        swept: bool = False,
        new_per_s: float = MAX_NEW_PER_S,
        backlog: int = BACKLOG,
    ) -> None:
        self._make = make
        self._most = most
        self._new_per_s = new_per_s
        self._swept = swept
        self._loop = asyncio.get_running_loop()
        self._open: set[HttpProtocol] = set()
        self._tasks: set[asyncio.Task[object]] = set()
        self._listening = False
        self._closed = False
        self._second = 0.0
        self._new = 0
        self._spare: int | None = os.open(os.devnull, os.O_RDONLY) if swept else None
        self._sweeping: asyncio.TimerHandle | None = None
        self._socket = make_socket()
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setblocking(False)
            self._socket.bind(("127.0.0.1", port))
            self._socket.listen(backlog)
        except (OSError, OverflowError):
            self._socket.close()
            self._drop_spare()
            raise
        self.port = int(self._socket.getsockname()[1])
        self._listen()

    def hang_up(self) -> None:
        """End every connection, also what waits to be accepted. Who connects later is served."""
        for protocol in list(self._open):
            protocol.abort()
        while not self._closed:
            try:
                waiting, _ = self._socket.accept()
            except OSError:
                return
            waiting.close()

    @property
    def is_busy(self) -> bool:
        """Whether a request is being read or answered on one of its connections."""
        return any(each.idle_since is None for each in self._open)

    def stop_accepting(self) -> None:
        """Take no more connections; those that are open go on."""
        if not self._closed:
            self._closed = True
            self._pause()
            self._socket.close()

    def close(self) -> None:
        """Stop listening and end every connection."""
        self.stop_accepting()
        self._drop_spare()
        if self._sweeping is not None:
            self._sweeping.cancel()
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

    def _pause_a_while(self) -> None:
        self._pause()
        self._loop.call_later(PAUSE_S, self._listen)

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError as error:
            if error.errno in NO_ROOM:
                self._without_descriptors()
            return
        self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        now = time.monotonic()
        if now - self._second > 1.0:
            self._second, self._new = now, 0
        self._new += 1
        protocol = self._make(self._lost)
        self._open.add(protocol)
        if len(self._open) >= self._most and not (self._swept and self._end_the_idlest()):
            self._pause()
        elif self._new > self._new_per_s:
            self._pause_a_while()
        if self._swept and self._sweeping is None:
            self._sweeping = self._loop.call_later(SWEEP_S, self._sweep)
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
        if self._new <= self._new_per_s:
            self._listen()

    def _end_the_idlest(self) -> bool:
        """End the connection that has been idle for longest; False when each is at work."""
        idle = [(since, each) for each in self._open if (since := each.idle_since)]
        if not idle:
            return False
        min(idle, key=lambda found: found[0])[1].abort()
        return True

    def _without_descriptors(self) -> None:
        """Tell who waits that there are none, and make room for the next."""
        self._drop_spare()
        with contextlib.suppress(OSError):
            connection, _ = self._socket.accept()
            with connection:
                connection.settimeout(0)
                headers = {"Content-Type": "text/plain", "Retry-After": "1"}
                answer = Response(503, headers, f"{NO_DESCRIPTORS}\n".encode())
                connection.send(answer.encode(keep_alive=False))
        self._end_the_idlest()
        self._pause_a_while()
        self._loop.call_later(PAUSE_S, self._take_spare)

    def _take_spare(self) -> None:
        if self._spare is None and self._swept and not self._closed:
            with contextlib.suppress(OSError):
                self._spare = os.open(os.devnull, os.O_RDONLY)

    def _drop_spare(self) -> None:
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    def _sweep(self) -> None:
        now = time.monotonic()
        for protocol in list(self._open):
            protocol.check(now)
        self._sweeping = (
            self._loop.call_later(SWEEP_S, self._sweep) if self._open and not self._closed else None
        )


def refused_name(
    head: Request, port: int, is_known: Callable[[str], bool] = lambda host: False
) -> Response | None:
    """Refuse what was meant for another: a name of the web that leads here, a whole address.

    ``is_known`` says whether another name, as the Host header has it, is this listener's too.
    """
    host = head.header("host")
    is_own = is_local(host, f"127.0.0.1:{port}") or is_known(host)
    if is_own and head.target.startswith("/"):
        return None
    text = f"This address answers only as 127.0.0.1:{port}."
    body = json.dumps({"message": text}).encode()
    return Response(403, {"Content-Type": "application/json"}, body)
