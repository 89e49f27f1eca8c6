"""What the processes of one environment can talk to: its Runtime API, X-Ray daemon and ENI.

A function in a VPC has them in its own network namespace, where this machine makes one.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

from ...vpc.eni import Eni
from ...vpc.namespace import Namespace
from .daemon import Daemon, loopback_socket, variables
from .runtime_api import RuntimeApi


class Listeners:
    """Open from the environment's Init to its end.

    ``take_segments`` gets what SDKs send to the daemon of a traced function, and is None for
    others: these are told the address ``no_daemon``. ``eni`` is None outside of a VPC: then AWS
    calls go to ``endpoint``.
    """

    def __init__(
        self,
        api: RuntimeApi,
        take_segments: Callable[[str], None] | None,
        eni: Eni | None,
        endpoint: str,
        no_daemon: str,
    ) -> None:
        self._api = api
        self._take_segments = take_segments
        self._daemon: Daemon | None = None
        self._eni = eni
        self._endpoint = endpoint
        self._no_daemon = no_daemon

    @property
    def namespace(self) -> Namespace | None:
        """Where the environment's processes live; None is this machine's own network."""
        return self._eni.namespace if self._eni else None

    @property
    def avoided(self) -> bool:
        """Whether no more events should go here: the zone has failed."""
        return self._eni is not None and self._eni.avoided

    async def open(self) -> None:
        """Listen. Raises OSError when this machine has no room for it."""
        if self._eni is not None:
            await self._eni.open()
        self._api.open(self.namespace)
        if self._take_segments is not None:
            make = self.namespace.make_socket if self.namespace else socket.socket
            self._daemon = Daemon(self._take_segments, partial(loopback_socket, make))

    def drain(self) -> None:
        """Take what SDKs have sent: the environment was frozen."""
        if self._daemon is not None:
            self._daemon.drain()

    def timed_out(self) -> None:
        """An invocation has timed out: that is how a failed zone is noticed."""
        if self._eni is not None:
            self._eni.timed_out()

    def close(self) -> None:
        """End every connection, and let go of ports and namespace."""
        self._api.close()
        if self._daemon is not None:
            self._daemon.close()
        if self._eni is not None:
            self._eni.close()

    def variables(self) -> dict[str, str]:
        """The environment variables that lead a runtime and SDKs here."""
        return {
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_ENDPOINT_URL": self._endpoint,
            **(self._eni.variables() if self._eni else {}),
            **variables(self._daemon.address if self._daemon else self._no_daemon),
        }
