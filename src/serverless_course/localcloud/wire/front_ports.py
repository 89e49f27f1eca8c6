"""Loopback ports of their own, for what has an address on AWS: an API, a load balancer's port."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Generic, TypeVar

from .connection import HttpProtocol
from .loopback import LoopbackListener

# How many connections one port has open at once.
MAX_CONNECTIONS = 256
BACKLOG = 128
Key = TypeVar("Key")
Make = Callable[[Callable[[HttpProtocol], None], int], HttpProtocol]


class FrontPorts(Generic[Key]):
    """The ports that are open, each for its key. Belongs to the event loop."""

    def __init__(self) -> None:
        self._listeners: dict[Key, LoopbackListener] = {}

    def open(self, key: Key, make: Make) -> int:
        """Open a port, or find the one that is open; its number.

        ``make`` makes the protocol of each connection, from what is to be called at its end and
        the port's number.
        """
        if key not in self._listeners:
            listener: LoopbackListener
            listener = self._listeners[key] = LoopbackListener(
                lambda on_lost: make(on_lost, listener.port),
                MAX_CONNECTIONS,
                swept=True,
                new_per_s=math.inf,
                backlog=BACKLOG,
            )
        return self._listeners[key].port

    def close(self, chosen: Callable[[Key], bool]) -> None:
        """Close the ports of the chosen keys: their numbers are free again."""
        for key in [key for key in self._listeners if chosen(key)]:
            self._listeners.pop(key).close()

    def is_busy(self) -> bool:
        """Whether a request is being answered on one of the ports."""
        return any(each.is_busy for each in self._listeners.values())

    def close_all(self) -> None:
        """Close every port: the server ends."""
        self.close(lambda _: True)
