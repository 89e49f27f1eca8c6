"""The elastic network interface of one execution environment: all its traffic passes here.

AWS calls come to the address in AWS_ENDPOINT_URL, calls of the web by the proxy variables. Each is
asked of `network`: delivered, it goes on; dropped, its bytes go nowhere, and whoever waits for
an answer waits until its own time-out. Logs, the Runtime API and tracing do not pass here, as
they do not pass a VPC on AWS (Lambda Developer Guide 2022; fact sheet, section 8).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from ipaddress import ip_address

import httptools

from serverless_course.network import (
    Address,
    Behaviour,
    Destination,
    Internet,
    Path,
    Service,
    Source,
    Verdict,
)

from ..errors import ServiceError, error_response
from ..http import HttpProtocol, Request, Response
from ..loopback import LoopbackListener
from ..origin import Origin
from ..services import Interface
from ..signature import claimed_scope
from . import web
from .namespace import Namespace, Namespaces
from .placement import Placement
from .view import View

# A client's pool has ten connections for each AWS service (botocore's max_pool_connections).
MAX_CONNECTIONS = 256
# Hosts that a function may always reach without a proxy: itself.
NO_PROXY = "127.0.0.1,localhost,.localhost,::1"


@dataclass(frozen=True)
class Surroundings:
    """What every ENI shares. ``answer`` is the public endpoint, ``port`` the one it listens on."""

    view: View
    placement: Placement
    namespaces: Namespaces
    answer: Callable[[Request], Awaitable[Response]]
    action: Callable[[Request], str | None]
    port: int


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
            lambda on_lost: _EniProtocol(self, on_lost), MAX_CONNECTIONS, self.namespace, port
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

    def origin(self, verdict: Verdict) -> Origin:
        """How a delivered call looks to an AWS service."""
        through = verdict.through or ""
        endpoint_id = through if through.startswith("vpce-") else ""
        address = verdict.outside_address or self.interface.address
        return Origin(address, self.interface.vpc_id, endpoint_id)

    def _let_go(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self.namespace is not None:
            self.namespace.close()


class _EniProtocol(HttpProtocol):
    """One connection of a function to its ENI."""

    def __init__(self, eni: Eni, on_lost: Callable[[HttpProtocol], None]) -> None:
        super().__init__(self._carry, on_lost=on_lost)
        self._eni = eni
        self._hanging = False

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # CONNECT: answered as a request; there is never a tunnel.
            return
        except httptools.HttpParserError:
            self._refuse(400)

    def connection_lost(self, exc: Exception | None) -> None:
        # What hangs has reached nobody and ends with its caller; what was delivered goes on.
        if self._hanging and self._task is not None:
            self._task.cancel()
        super().connection_lost(exc)

    async def _carry(self, request: Request) -> Response:
        if request.method == "CONNECT" or request.target.startswith(("http://", "https://")):
            return await self._to_the_web(request)
        own = self._eni.endpoint.removeprefix("http://")
        _, _, port = own.partition(":")
        host = request.header("host")
        if host != own and not host.endswith(f"localhost:{port}"):
            return Response(403, {"Content-Type": "text/plain"}, b"This is another's ENI.\n")
        return await self._to_aws(request)

    async def _to_aws(self, request: Request) -> Response:
        try:
            scope = claimed_scope(request)
        except ServiceError:
            # What is not signed is a function URL, or the link of a package.
            service, region = "lambda", self._eni.region
        else:
            service, region = scope.service.lower(), scope.region
        action = self._eni.around.action(request)
        path = await self._travel(Service(service, region, action=action))
        verdict = path.verdict
        if verdict.delivered:
            return await self._eni.around.answer(replace(request, origin=self._eni.origin(verdict)))
        error = ServiceError(
            "AccessDenied" if service in ("s3", "sns", "sqs", "sts") else "AccessDeniedException",
            f"Access is denied: no VPC endpoint policy allows the {action} action. {verdict.words}",
            403,
        )
        return error_response(error, request, service, self._eni.interface.id)

    async def _to_the_web(self, request: Request) -> Response:
        try:
            host, port = web.host_and_port(request)
            verdict = (await self._travel(destination_of(host, port))).verdict
        except ValueError as problem:
            # An address or a port that is none.
            return Response(400, {"Content-Type": "text/plain"}, f"{problem}\n".encode())
        if not verdict.delivered:
            return Response(403, {"Content-Type": "text/plain"}, verdict.words.encode())
        return web.answer(request, host, verdict.outside_address)

    async def _travel(self, destination: Destination) -> Path:
        """The way of a call that gets an answer; it does not return while the call is dropped."""
        eni, view = self._eni, self._eni.around.view
        self._hanging = True
        while (path := await eni.path(destination)).verdict.behaviour in (
            Behaviour.DROPPED,
            Behaviour.UNKNOWN,
        ):
            await view.next_change()
        latency_s = view.faults.latency_s(eni.region, path.verdict.through)
        if latency_s:
            await asyncio.sleep(latency_s)
        self._hanging = False
        return path


def destination_of(host: str, port: int) -> Destination:
    """What a host and a port are to the network: an address, an AWS service, the Internet."""
    try:
        return Address(str(ip_address(host)), port)
    except ValueError:
        pass
    service = re.fullmatch(
        r"(?:[\w.-]+\.)?([a-z0-9-]+)\.([a-z]{2}-[a-z]+-\d)\.amazonaws\.com", host
    )
    return Service(service[1], service[2], port) if service else Internet(host, port)
