"""A network namespace for each execution environment in a VPC, where this machine allows it.

In it is one interface, the loopback, with the ENI's private address and a default route that
leads nowhere: packets for other machines are dropped without a word, as in a subnet without a
way out, so that ``connect`` hangs. What the environment may talk to are sockets that the server
made inside (`Namespace.make_socket`): its Runtime API and its ENI.

Linux only, with the right to make namespaces (CAP_SYS_ADMIN: root, as in most notebook
servers' containers). A namespace is gone when its last process and socket are, also after
``kill -9`` of the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from socket import AF_INET, SOCK_DGRAM, SOCK_STREAM, inet_aton, socket

CLONE_NEWNET = 0x40000000
SIOCADDRT = 0x890B
SIOCSIFFLAGS = 0x8914
SIOCSIFADDR = 0x8916
SIOCSIFNETMASK = 0x891C
IFF_UP, IFF_RUNNING = 0x1, 0x40
RTF_UP = 0x1
OWN = "/proc/thread-self/ns/net"
LOOPBACK = "lo"
# A second name of the loopback interface: it carries the ENI's address beside 127.0.0.1.
ENI = "lo:1"
PROBE_ADDRESS = "192.0.2.1"


class Namespace:
    """One environment's network namespace. ``descriptor`` is open until `close`."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def make_socket(self, family: int = AF_INET, kind: int = SOCK_STREAM) -> socket:
        """A new socket inside the namespace, for any thread's use. Raises OSError.

        The calling thread is in the namespace for as long as that takes: some microseconds.
        """
        with inside(self.descriptor):
            return socket(family, kind)

    def close(self) -> None:
        """Let go of it: it ends with its processes and sockets."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class Namespaces:
    """Makes namespaces, on a thread of its own. ``works`` is found out by trying."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "namespaces")
        self.works = sys.platform == "linux" and self._thread.submit(_probe).result()

    async def make(self, address: str) -> Namespace | None:
        """A namespace whose machine has that private address; None where there is none."""
        if not self.works:
            return None
        loop = asyncio.get_running_loop()
        return Namespace(await loop.run_in_executor(self._thread, _make, address))

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)


@contextlib.contextmanager
def inside(descriptor: int | None) -> Iterator[None]:
    """This thread is in that namespace, and so is what it starts; None changes nothing."""
    if descriptor is None:
        yield
        return
    home = os.open(OWN, os.O_RDONLY)
    try:
        _call("setns", descriptor, CLONE_NEWNET)
        try:
            yield
        finally:
            _call("setns", home, CLONE_NEWNET)
    finally:
        os.close(home)


def _make(address: str) -> int:
    home = os.open(OWN, os.O_RDONLY)
    try:
        _call("unshare", CLONE_NEWNET)
        try:
            _furnish(address)
            return os.open(OWN, os.O_RDONLY)
        finally:
            _call("setns", home, CLONE_NEWNET)
    finally:
        os.close(home)


def _probe() -> bool:
    try:
        os.close(_make(PROBE_ADDRESS))
    except OSError:
        return False
    return True


def _furnish(address: str) -> None:
    """Bring the loopback up, with one more address and the route that leads nowhere."""
    import fcntl  # noqa: PLC0415 - not on every system

    with socket(AF_INET, SOCK_DGRAM) as control:

        def ask(request: int, name: str, rest: bytes) -> None:
            fcntl.ioctl(control, request, struct.pack("16s24s", name.encode(), rest))

        ask(SIOCSIFFLAGS, LOOPBACK, struct.pack("=h", IFF_UP | IFF_RUNNING))
        ask(SIOCSIFADDR, ENI, _address(address))
        ask(SIOCSIFNETMASK, ENI, _address("255.255.255.255"))
        name = ctypes.create_string_buffer(LOOPBACK.encode())
        anywhere = _address("0.0.0.0")  # noqa: S104 - a destination, nothing listens there
        # struct rtentry: destination, gateway, mask, flags, … metric, device, …
        route = struct.pack(
            "@L16s16s16shhLPhPLLH",
            0,
            anywhere,
            anywhere,
            anywhere,
            RTF_UP,
            0,
            0,
            0,
            0,
            ctypes.addressof(name),
            0,
            0,
            0,
        )
        fcntl.ioctl(control, SIOCADDRT, route)


def _address(text: str) -> bytes:
    """``struct sockaddr_in``."""
    return struct.pack("=HH4s8x", AF_INET, 0, inet_aton(text))


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int) -> None:
    if getattr(_library(), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
