"""The Runtime API of one environment: where its runtime asks for events and posts results.

Source: Lambda Developer Guide, "Using the Lambda runtime API" (version 2018-06-01, read 2026-11).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from .http import HttpProtocol, Request, Response

BASE = "/2018-06-01/runtime"
MAX_RESPONSE_BYTES = 6_291_556
ACCEPTED = b'{"status":"OK"}'


@dataclass
class Posted:
    """What a runtime posted: a result, or an error with its type."""

    body: bytes
    is_error: bool = False
    error_type: str = ""
    too_large: bool = False


@dataclass
class RuntimeApi:
    """A listener on a loopback port of its own, so that no environment can speak for another.

    The three callbacks tell the environment what its runtime does: it asks for the next event,
    posts a result or an error for a request id, or posts an initialisation error.
    """

    on_next: Callable[[], None]
    on_posted: Callable[[str, Posted], bool]
    on_init_error: Callable[[Posted], None]
    address: str = ""
    _server: asyncio.Server | None = None
    _asking: asyncio.Future[Response] | None = field(default=None, repr=False)

    async def open(self) -> None:
        """Listen on a free port of the loopback interface."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: HttpProtocol(self._handle, MAX_RESPONSE_BYTES * 3), "127.0.0.1", 0
        )
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Stop listening and let go of a waiting runtime."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
        if self._server is not None:
            self._server.close()

    @property
    def asked(self) -> bool:
        """True while the runtime waits for an event."""
        return self._asking is not None and not self._asking.done()

    def give(self, headers: dict[str, str], body: bytes) -> None:
        """Answer the waiting runtime with an event."""
        assert self._asking is not None
        self._asking.set_result(
            Response(200, {"Content-Type": "application/json", **headers}, body)
        )
        self._asking = None

    def forget(self) -> None:
        """The process behind a waiting request has gone."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
        self._asking = None

    def _handle(self, request: Request) -> Response | asyncio.Future[Response]:
        if request.header("host") != self.address or request.has_header("origin"):
            return Response(403)
        path = request.path
        if path == f"{BASE}/invocation/next" and request.method == "GET":
            self.forget()
            self._asking = asyncio.get_running_loop().create_future()
            waiting = self._asking
            self.on_next()
            return waiting
        if request.method != "POST":
            return Response(404)
        error_type = request.header("lambda-runtime-function-error-type")
        if path == f"{BASE}/init/error":
            self.on_init_error(Posted(request.body, is_error=True, error_type=error_type))
            return Response(202, {"Content-Type": "application/json"}, ACCEPTED)
        parts = path.removeprefix(f"{BASE}/invocation/").split("/")
        if len(parts) == 2 and parts[1] in ("response", "error"):
            return self._take(parts[0], parts[1] == "error", error_type, request.body)
        return Response(404)

    def _take(self, request_id: str, is_error: bool, error_type: str, body: bytes) -> Response:
        too_large = len(body) > MAX_RESPONSE_BYTES
        posted = Posted(b"" if too_large else body, is_error, error_type, too_large)
        if not self.on_posted(request_id, posted):
            return Response(
                400,
                {"Content-Type": "application/json"},
                b'{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}',
            )
        if too_large:
            return Response(
                413,
                {"Content-Type": "application/json"},
                b'{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).",'
                b'"errorType":"RequestEntityTooLarge"}',
            )
        return Response(202, {"Content-Type": "application/json"}, ACCEPTED)
