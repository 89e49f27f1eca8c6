"""The elastic network interface of one execution environment: all its traffic passes here.

AWS calls come to the address in AWS_ENDPOINT_URL, calls of the web by the proxy variables. Each is
asked of `network`: delivered, it goes on; dropped, its bytes go nowhere, and whoever waits for
an answer waits until its own time-out. Logs, the Runtime API and tracing do not pass here, as
they do not pass a VPC on AWS (Lambda Developer Guide 2022; fact sheet, section 8).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from socket import socket

from serverless_course.network import Destination, Path, Source, Verdict

from ..wire.budget import Budget
from ..wire.connection import Allow, HttpProtocol
from ..wire.http import Request, Response
from ..wire.loopback import LoopbackListener
from ..wire.vpc_source import VpcSource
from .ec2 import Interface
from .namespace import Namespace, Namespaces
from .placement import Placement
from .view import View

# A client's pool has ten connections for each AWS service (botocore's max_pool_connections).
MAX_CONNECTIONS = 256
# Of bodies to the web so much is held at once.
MAX_BODIES = 12 * 1024 * 1024
# Hosts that a function may always reach without a proxy: itself.
NO_PROXY = "127.0.0.1,localhost,.localhost,::1"

# Makes the protocol of a connection; it is given what to call at the connection's end.
MakeConnection = Callable[["Eni", Callable[[HttpProtocol], None]], HttpProtocol]


@dataclass(frozen=True)
class Surroundings:
    """What every ENI shares. ``answer`` is the public endpoint, ``allow`` what it lets a body be,
    ``port`` the one it listens on.

    ``connection`` makes the protocol of one connection to an ENI.
    """

    view: View
    placement: Placement
    namespaces: Namespaces
    answer: Callable[[Request], Awaitable[Response]]
    action: Callable[[Request], str | None]
    allow: Allow
    port: int
    connection: MakeConnection


class Eni:
    """One environment's end of a Hyperplane interface."""

    def __init__(
        self,
        interface: Interface,
        region: str,
        function: str,
        surroundings: Surroundings,
        *,
        dual_stack: bool = False,
    ) -> None:
        self.interface = interface
        self.namespace: Namespace | None = None
        self.endpoint = ""
        self.around = surroundings
        self.bodies = Budget(MAX_BODIES)
        self.region = region
        self._function = function
        self._source = Source(
            interface.subnet_id, interface.group_ids, interface.address, dual_stack
        )
        self._listener: LoopbackListener | None = None
        self._closed = False
        surroundings.placement.placed(region, function, interface.zone, 1)

    async def open(self) -> None:
        """Make the namespace, where this machine can, and listen."""
        self.namespace = await self.around.namespaces.make(self.interface.address)
        # In a namespace of its own every port is free: the endpoint's address stays what it is.
        port = self.around.port if self.namespace else 0
        self._listener = LoopbackListener(
            partial(self.around.connection, self),
            MAX_CONNECTIONS,
            self.namespace.make_socket if self.namespace else socket,
            port,
            swept=True,
        )
        self.endpoint = f"http://127.0.0.1:{self._listener.port}"
        if self._closed:
            self._let_go()

    def close(self) -> None:
        """End every connection, the hanging ones too, and let go of the namespace."""
        if not self._closed:
            self._closed = True
            self.around.placement.placed(self.region, self._function, self.interface.zone, -1)
            self._let_go()

    def variables(self) -> dict[str, str]:
        """The environment variables that lead a function's calls here."""
        proxies = {f"{scheme}_proxy": self.endpoint for scheme in ("http", "https")}
        found = {"no_proxy": NO_PROXY, **proxies}
        # Node.js looks at the proxy variables only when it is told to.
        node = {"NODE_USE_ENV_PROXY": "1"}
        upper = {name.upper(): value for name, value in found.items()}
        return {**found, **upper, **node, "AWS_ENDPOINT_URL": self.endpoint}

    @property
    def avoided(self) -> bool:
        """Whether no more events should go to an environment here: its zone has failed."""
        return self.around.placement.avoids(self.region, self.interface.zone)

    def timed_out(self) -> None:
        """An invocation in this environment has timed out."""
        self.around.placement.timed_out(self.region, self.interface.zone)

    async def path(self, destination: Destination) -> Path:
        """Where a call goes now."""
        return await self.around.view.path(self.region, self._source, destination)

    def vpc_source(self, verdict: Verdict) -> VpcSource:
        """How a call that gets an answer looks to an AWS service."""
        through = verdict.through or ""
        endpoint_id = through if through.startswith("vpce-") else ""
        address = verdict.outside_address or self.interface.address
        return VpcSource(
            address, self.interface.vpc_id, endpoint_id, endpoint_denies=not verdict.delivered
        )

    def _let_go(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self.namespace is not None:
            self.namespace.close()
