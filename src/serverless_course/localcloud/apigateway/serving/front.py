"""Where APIs answer: by their names on the server's port, and each on a loopback port of its own.

AWS gives an API the name ``ID.execute-api.REGION.amazonaws.com``. Here it ends in ``localhost``,
which not every program resolves: so each API listens on ``http://127.0.0.1:PORT/`` as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from ...wire.budget import Allowance, Budget
from ...wire.connection import HttpProtocol
from ...wire.front_ports import FrontPorts
from ...wire.http import Request, Response
from ...wire.loopback import refused_name
from ..apis import Api, Apis, Roles
from ..http_apis.http_api import HttpApi
from .http_serving import MAX_BODY, HttpServing
from .refused import Refused
from .rest_serving import RestServing

HOST = re.compile(r"(?P<id>[a-z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.localhost(?::\d+)?")
HOST_MARK = ".execute-api."
# Bodies of all requests to APIs are held together up to this.
BODIES = 128 * 1024 * 1024
TOO_LARGE = Refused(413, "Request Entity Too Large")


class ApiFront:
    """``http`` and ``rest`` answer what came for an API of their kind. ``on_request`` is told of
    each request on a port of an API's own. Belongs to the event loop."""

    def __init__(self, http: HttpServing, rest: RestServing, roles: Roles) -> None:
        self.apis = Apis(self, roles)
        self.on_request: Callable[[], None] = lambda: None
        self._http = http
        self._rest = rest
        self._bodies = Budget(BODIES)
        self.ports: FrontPorts[tuple[str, str]] = FrontPorts()

    async def answer(self, request: Request) -> Response:
        """The answer to a request on the server's own port, by its Host."""
        match = HOST.fullmatch(request.header("host"))
        api = self.apis.find(match["region"], match["id"]) if match else None
        if api is None:
            # A name that no API has is none on AWS: it does not resolve.
            return Refused(404, "Not Found").response()
        return await self._answer(api, request)

    def allow(self, head: Request) -> Allowance | Response:
        """How large a body may be, or the answer to one that is too large."""
        text = head.header("content-length")
        if text.isascii() and text.isdigit() and int(text) > MAX_BODY:
            return TOO_LARGE.response()
        return Allowance(MAX_BODY, self._bodies)

    def open(self, api: Api) -> str:
        """Let an API listen on a port of its own; returns its address."""

        def make(on_lost: Callable[[HttpProtocol], None], port: int) -> HttpProtocol:
            return HttpProtocol(
                partial(self._on_port, api),
                on_lost=on_lost,
                refusal=lambda head: refused_name(head, port),
                allow=self.allow,
            )

        return f"http://127.0.0.1:{self.ports.open((api.region, api.id), make)}"

    def close(self, api: Api) -> None:
        """The API was deleted: its port is free."""
        self.ports.close(lambda key: key == (api.region, api.id))

    async def _on_port(self, api: Api, request: Request) -> Response:
        self.on_request()
        return await self._answer(api, request)

    async def _answer(self, api: Api, request: Request) -> Response:
        domain = domain_of(api)
        if isinstance(api, HttpApi):
            return await self._http.answer(api, request, domain)
        return await self._rest.answer(api, self.apis.region(api.region), request, domain)


def domain_of(api: Api) -> str:
    """An API's name, as events tell it."""
    return f"{api.id}.execute-api.{api.region}.localhost"
