"""Where load balancers answer: each port of one on a loopback port of its own.

On AWS a load balancer has a name, and its listeners have ports of that name. Here a load balancer's
``DNSName`` is the address that stands for its port 80, and so what ``http://NAME/`` leads to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from ...wire.budget import Allowance, Budget
from ...wire.connection import HttpProtocol
from ...wire.front_ports import FrontPorts
from ...wire.http import Request, Response
from ...wire.loopback import refused_name
from ..balancer import LoadBalancer
from ..matching import name_of, names_host
from .serving import Serving

# Bodies of all requests to load balancers are held together up to this.
BODIES = 128 * 1024 * 1024
# A body of more than this is refused by its head, whatever the rules say.
MAX_READ = 8 * 1024 * 1024
# Names that nobody can own (RFC 2606, RFC 6761): no page of the web is served from one.
RESERVED = ("example.com", "example.net", "example.org", "example", "test", "invalid", "localhost")


class Connection:
    """One client's connection; ``gone`` once it has ended."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.protocol: HttpProtocol | None = None

    def abort(self) -> None:
        """End the connection without an answer."""
        if self.protocol is not None:
            self.protocol.abort()


class BalancerFront:
    """``on_request`` is told of each request. Belongs to the event loop."""

    def __init__(self) -> None:
        self.serving: Serving | None = None
        self.on_request: Callable[[], None] = lambda: None
        self._bodies = Budget(BODIES)
        self.ports: FrontPorts[tuple[str, int]] = FrontPorts()

    def open(self, balancer: LoadBalancer, port: int) -> str:
        """Give a port of a load balancer an address, or find the one that it has."""
        make = partial(self._protocol, balancer, port)
        return f"127.0.0.1:{self.ports.open((balancer.arn, port), make)}"

    def close(self, balancer: LoadBalancer, port: int | None = None) -> None:
        """A port's address is free again; without a port all of the load balancer's."""
        self.ports.close(lambda key: key[0] == balancer.arn and port in (None, key[1]))

    def allow(self, head: Request) -> Allowance:
        """How large a body may be."""
        return Allowance(MAX_READ, self._bodies)

    def _protocol(
        self,
        balancer: LoadBalancer,
        port: int,
        on_lost: Callable[[HttpProtocol], None],
        own_port: int,
    ) -> HttpProtocol:
        connection = Connection()

        def lost(protocol: HttpProtocol) -> None:
            connection.gone.set()
            on_lost(protocol)

        protocol = HttpProtocol(
            partial(self._answer, balancer, port, connection),
            on_lost=lost,
            refusal=lambda head: refused_name(head, own_port, partial(is_known, balancer)),
            allow=self.allow,
        )
        connection.protocol = protocol
        return protocol

    async def _answer(
        self, balancer: LoadBalancer, port: int, connection: Connection, request: Request
    ) -> Response:
        self.on_request()
        assert self.serving is not None
        return await self.serving.answer(balancer, port, request, connection)


def is_known(balancer: LoadBalancer, host: str) -> bool:
    """Whether a Host is nobody's name on the web, or one that the load balancer's rules name."""
    name = name_of(host)
    if any(name == each or name.endswith(f".{each}") for each in RESERVED):
        return True
    return any(names_host(rule.conditions, name) for rule in balancer.rules)
