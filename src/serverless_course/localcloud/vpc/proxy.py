"""The proxy that an ENI is: it carries one connection's requests where the network lets them.

A request comes in one of three forms: to the ENI's own address (AWS_ENDPOINT_URL), with a whole
address (the proxy variable for http), or CONNECT (the one for https).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

from serverless_course.network import Address, Behaviour, Destination, Internet, Path, Service

from ..wire.budget import Allowance
from ..wire.connection import HttpProtocol
from ..wire.errors import ServiceError
from ..wire.http import Request, Response, is_local
from ..wire.received import claimed
from . import web
from .eni import Eni

# Nothing of the web is behind the proxy: a body to it is read, and goes nowhere.
MAX_TO_THE_WEB = 6 * 1024 * 1024


class EniProtocol(HttpProtocol):
    """One connection of a function to its ENI."""

    def __init__(self, eni: Eni, on_lost: Callable[[HttpProtocol], None]) -> None:
        super().__init__(
            self._carry,
            on_lost=on_lost,
            refusal=self._not_a_functions,
            allow=self._allow_body,
        )
        self._eni = eni
        self._hanging = False

    def _allow_body(self, head: Request) -> Allowance | Response:
        if _is_for_the_web(head):
            return Allowance(MAX_TO_THE_WEB, self._eni.bodies)
        return self._eni.around.allow(head)

    def _upgrade(self) -> None:
        """CONNECT: answered as a request; there is never a tunnel."""

    def connection_lost(self, exc: Exception | None) -> None:
        # What hangs has reached nobody and ends with its caller; what was delivered goes on.
        if self._hanging and self._task is not None:
            self._task.cancel()
        super().connection_lost(exc)

    def _send(self, response: Response, request: Request, keep_alive: bool) -> None:
        # After CONNECT no other request can follow on the connection.
        super()._send(response, request, keep_alive and request.method != "CONNECT")

    def _not_a_functions(self, head: Request) -> Response | None:
        """What no function sends: a browser's page does, or who takes this for another host."""
        own = self._eni.endpoint.removeprefix("http://")
        if head.has_header("origin"):
            words = b"Web pages may not call this server.\n"
        elif not _is_for_the_web(head) and not is_local(head.header("host"), own):
            words = b"This is another's ENI.\n"
        else:
            return None
        return Response(403, {"Content-Type": "text/plain"}, words)

    async def _carry(self, request: Request) -> Response:
        if _is_for_the_web(request):
            return await self._to_the_web(request)
        return await self._to_aws(request)

    async def _to_aws(self, request: Request) -> Response:
        try:
            scope = claimed(request).scope
        except ServiceError:
            # What is not signed is a function URL, or the link of a package.
            service, region = "lambda", self._eni.region
        else:
            service, region = scope.service.lower(), scope.region
        action = self._eni.around.action(request)
        path = await self._travel(Service(service, region, action=action))
        # What an endpoint's policy denies is refused in the service's own words, by the gateway.
        vpc_source = self._eni.vpc_source(path.verdict)
        return await self._eni.around.answer(replace(request, vpc_source=vpc_source))

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


def _is_for_the_web(request: Request) -> bool:
    return request.method == "CONNECT" or request.target.startswith(("http://", "https://"))


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
