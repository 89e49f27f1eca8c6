"""The X-Ray daemon: takes what SDKs send over UDP, and hands it on to X-Ray.

Lambda runs one in every environment of a traced function, at AWS_XRAY_DAEMON_ADDRESS. So does the
embedded cloud: a port of its own tells which function sent, and with which role. A datagram is a
header line, ``{"format": "json", "version": 1}``, and one segment document (AWS X-Ray Developer
Guide, "Sending trace data to X-Ray", read 2026-11). Anything else is dropped, as the daemon does.

A flood costs the server little: beyond `MAX_PER_S` datagrams a second the port is not read, and
the kernel drops what its small buffer does not hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable

# The largest datagram that UDP carries over IPv4.
MAX_DATAGRAM_BYTES = 65_507
# So many are read at a time, then others have their turn.
AT_ONCE = 32
MAX_PER_S = 4000
PAUSE_S = 0.1

MakeSocket = Callable[[], socket.socket]


def loopback_socket(make: Callable[..., socket.socket] = socket.socket) -> socket.socket:
    """A UDP socket on a free port of the loopback interface, that of ``make``'s network."""
    made = make(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


class NoDaemon:
    """An address for SDKs in functions that are not traced: what is sent there is dropped.

    Without it an SDK would send to port 2000, where this machine may have a daemon of its own.
    """

    def __init__(self) -> None:
        self._socket = loopback_socket()
        # The least the kernel allows: nobody reads.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        self.address = "{}:{}".format(*self._socket.getsockname())

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


class Daemon:
    """One environment's daemon. ``take`` gets each segment document as text.

    ``make_socket`` makes the UDP socket, bound: an environment with a network of its own makes it
    there. Lives on the event loop.
    """

    def __init__(
        self, take: Callable[[str], None], make_socket: MakeSocket = loopback_socket
    ) -> None:
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._socket = make_socket()
        self._socket.setblocking(False)
        self._second = 0.0
        self._read_since = 0
        self._resume: asyncio.TimerHandle | None = None
        self._closed = False
        self._listen()

    @property
    def address(self) -> str:
        """Host and port, as AWS_XRAY_DAEMON_ADDRESS says them."""
        host, port = self._socket.getsockname()[:2]
        return f"{host}:{port}"

    def drain(self) -> None:
        """Read what has arrived already: the environment was frozen, and sends no more."""
        if not self._closed:
            self._read()

    def close(self) -> None:
        """Read the rest, and stop."""
        if self._closed:
            return
        self.drain()
        self._closed = True
        if self._resume is not None:
            self._resume.cancel()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _listen(self) -> None:
        self._resume = None
        if not self._closed:
            self._loop.add_reader(self._socket.fileno(), self._read)

    def _read(self) -> None:
        now = time.monotonic()
        if now - self._second > 1.0:
            self._second, self._read_since = now, 0
        for _ in range(AT_ONCE):
            try:
                data = self._socket.recv(MAX_DATAGRAM_BYTES)
            except OSError:
                return
            self._read_since += 1
            document = document_of(data)
            if document is not None:
                with contextlib.suppress(ValueError):
                    self._take(document)
        if self._read_since > MAX_PER_S and self._resume is None:
            self._loop.remove_reader(self._socket.fileno())
            self._resume = self._loop.call_later(PAUSE_S, self._listen)


def document_of(datagram: bytes) -> str | None:
    """The segment document in a datagram; None when it is none."""
    line, separator, rest = datagram.partition(b"\n")
    try:
        header = json.loads(line)
        document = rest.decode()
    except ValueError:
        return None
    known = isinstance(header, dict) and header.get("format") == "json"
    return document if separator and known and header.get("version") == 1 and document else None


def variables(address: str) -> dict[str, str]:
    """The environment variables that tell SDKs where their daemon is.

    AWS_XRAY_CONTEXT_MISSING and AWS_XRAY_DAEMON_ADDRESS: Lambda Developer Guide, "Defined runtime
    environment variables" (read 2026-11). The two that begin with an underscore are there for old
    SDKs, as in lists of variables that functions have printed.
    """
    host, _, port = address.rpartition(":")
    return {
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": address,
        "_AWS_XRAY_DAEMON_ADDRESS": host,
        "_AWS_XRAY_DAEMON_PORT": port,
    }
