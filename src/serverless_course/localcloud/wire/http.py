"""HTTP/1.1 on asyncio: the one server protocol of the embedded cloud.

The public endpoint and every environment's Runtime API speak through it. Parsing is
httptools' (llhttp, in C): the Invoke path passes here three times for each invocation.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

import httptools

from .vpc_source import VpcSource

log = logging.getLogger(__name__)

MAX_BODY = 512 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
_REASONS = {status.value: status.phrase for status in HTTPStatus}
NO_BODY_STATUSES = frozenset({204, 304})


@dataclass(slots=True)
class Request:
    """One request: ``target`` is the raw path and query as sent, header names are lower case.

    ``origin`` is there when it came through a function's VPC.
    """

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    peer: tuple[str, int] = ("127.0.0.1", 0)
    vpc_source: VpcSource | None = None

    @property
    def source_ip(self) -> str:
        """The caller's address as an AWS service sees it."""
        return self.vpc_source.source_ip if self.vpc_source else self.peer[0]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str, default: str = "") -> str:
        """The first header of that (lower-case) name."""
        for key, value in self.headers:
            if key == name:
                return value
        return default

    def has_header(self, name: str) -> bool:
        return any(key == name for key, _ in self.headers)


@dataclass(slots=True)
class Response:
    """One response. ``Content-Length`` and ``Connection`` are added when it is sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    extra_headers: list[tuple[str, str]] = field(default_factory=list)

    def encode(self, *, keep_alive: bool, head: bool = False) -> bytes:
        """The bytes on the wire; ``head`` leaves the body away, as an answer to HEAD must."""
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"{name}: {value}" for name, value in self.extra_headers]
        declared = any(name.lower() == "content-length" for name in self.headers)
        if not declared and self.status not in NO_BODY_STATUSES:
            lines.append(f"Content-Length: {len(self.body)}")
        lines.append("Connection: keep-alive" if keep_alive else "Connection: close")
        head_bytes = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if head or self.status in NO_BODY_STATUSES:
            return head_bytes
        return head_bytes + self.body


def is_local(host: str, own: str) -> bool:
    """Whether a Host header names this listener: by its own address, or below ``localhost``."""
    name = f"localhost:{own.rpartition(':')[2]}"
    return host in (own, name) or host.endswith(f".{name}")


class Later:
    """An answer that is given later: it is on its way as soon as `give` returns.

    A future's answer would wait for the next round of the event loop.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._response: Response | None = None
        self._take: Callable[[Response | None], None] | None = None

    def give(self, response: Response) -> None:
        """Answer the request. Once is enough: what comes later, or after `cancel`, is ignored."""
        self._end(response)

    def cancel(self) -> None:
        """The request gets no answer any more."""
        self._end(None)

    def then(self, take: Callable[[Response | None], None]) -> None:
        """Call ``take`` with the answer, or with None when there will be none."""
        self._take = take
        if self.is_over:
            take(self._response)

    def _end(self, response: Response | None) -> None:
        if not self.is_over:
            self.is_over, self._response = True, response
            if self._take is not None:
                self._take(response)


Handler = Callable[[Request], "Response | Later | Awaitable[Response]"]


class HttpProtocol(asyncio.Protocol):
    """One connection. Requests on it are answered in order, one at a time.

    A body longer than ``max_body`` is refused; of a shorter one at most ``kept_body`` bytes are
    kept; headers may have ``max_headers`` bytes. ``on_lost`` is called with the protocol when the
    connection has ended. ``refusal`` is asked of each request's head, before its body is read: its
    answer ends the connection.
    """

    def __init__(
        self,
        handler: Handler,
        max_body: int = MAX_BODY,
        kept_body: int = MAX_BODY,
        on_lost: Callable[[HttpProtocol], None] | None = None,
        refusal: Callable[[Request], Response | None] | None = None,
        max_headers: int = MAX_HEADER_BYTES,
    ) -> None:
        self._handler = handler
        self._refusal = refusal
        self._max_body = max_body
        self._kept_body = kept_body
        self._max_headers = max_headers
        self._on_lost = on_lost
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._later: Later | None = None
        self._closed = False
        self._peer = ("127.0.0.1", 0)
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._size = 0
        self._header_bytes = 0

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._peer = transport.get_extra_info("peername")[:2]

    def connection_lost(self, exc: Exception | None) -> None:
        # A running handler goes on: AWS, too, finishes an invocation whose caller has gone.
        self._closed = True
        self._waiting.clear()
        # The parser and this hold each other: what was half read must not wait for the collector.
        self._begin()
        if self._on_lost is not None:
            self._on_lost(self)

    def abort(self) -> None:
        """End the connection now, whatever it is in the middle of."""
        self._closed = True
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400)
        except httptools.HttpParserError:
            self._refuse(400)

    # httptools callbacks

    def on_message_begin(self) -> None:
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._target += url
        self._count_header(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_header(len(name) + len(value))
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self._refusal is not None and not self._closed:
            refused = self._refusal(self._request())
            if refused is not None:
                self._end_with(refused)
                return
        if any(k == "expect" and v.lower() == "100-continue" for k, v in self._headers):
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if self._closed:
            return
        self._size += len(body)
        if self._size > self._max_body:
            self._refuse(413)
        elif self._size - len(body) < self._kept_body:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self._closed:
            return
        request = self._request()
        keep_alive = self._parser.should_keep_alive()
        if self._later is not None or (self._task is not None and not self._task.done()):
            self._waiting.append((request, keep_alive))
            return
        self._serve(request, keep_alive)

    def _request(self) -> Request:
        """What has been read of the request: without a body before that has come."""
        return Request(
            self._parser.get_method().decode("latin-1"),
            self._target.decode("latin-1"),
            self._headers,
            b"".join(self._body),
            self._peer,
        )

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > self._max_headers:
            self._refuse(431)

    # answering

    def _serve(self, request: Request, keep_alive: bool) -> None:
        try:
            answer = self._handler(request)
        except Exception:
            log.exception("handler failed")
            answer = Response(500)
        if isinstance(answer, Response):
            self._send(answer, request, keep_alive)
            return
        if isinstance(answer, Later):
            self._later = answer
            answer.then(partial(self._finish, request, keep_alive))
            return
        self._task = asyncio.ensure_future(self._serve_later(answer, request, keep_alive))

    async def _serve_later(
        self, answer: Awaitable[Response], request: Request, keep_alive: bool
    ) -> None:
        try:
            response = await answer
        except Exception:
            log.exception("handler failed")
            response = Response(500)
        self._send(response, request, keep_alive)
        self._task = None
        self._serve_waiting()

    def _finish(self, request: Request, keep_alive: bool, response: Response | None) -> None:
        self._later = None
        if response is not None:
            self._send(response, request, keep_alive)
        self._serve_waiting()

    def _serve_waiting(self) -> None:
        # A handler may answer at once, or later: then that answer's end goes on from here.
        while self._waiting and not self._closed and self._task is None and self._later is None:
            self._serve(*self._waiting.popleft())

    def _send(self, response: Response, request: Request, keep_alive: bool) -> None:
        self._write(response.encode(keep_alive=keep_alive, head=request.method == "HEAD"))
        if not keep_alive and self._transport is not None:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        self._end_with(Response(status))

    def _end_with(self, response: Response) -> None:
        if not self._closed and self._transport is not None:
            self._write(response.encode(keep_alive=False))
            self._transport.close()
        self._closed = True

    def _write(self, data: bytes) -> None:
        if not self._closed and self._transport is not None:
            self._transport.write(data)
