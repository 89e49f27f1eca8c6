"""HTTP/1.1 on asyncio: the one server protocol of the embedded cloud.

The public endpoint and every environment's Runtime API speak through it. Parsing is
httptools' (llhttp, in C): the Invoke path passes here three times for each invocation.

What one client sends or leaves unread is bounded: nothing is read while answers wait, and a large
body comes in when there is room for it (`budget`). What waits behind a request that is being
answered is bounded for each connection, and over all of them (`pipeline`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic

import httptools

from .budget import Allowance, Reservation
from .http import Handler, Later, Request, Response
from .pipeline import Pipeline
from .stream_sender import StreamSender
from .streamed import Sink, SinkOf, Streamed

log = logging.getLogger(__name__)

MAX_BODY = 512 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
MAX_HEADERS = 1000
# A smaller body needs no room of its own.
FREE_BODY = 64 * 1024
STEP = 1024 * 1024
# So much is parsed before it is asked whether there is too much already.
SLICE = 4096
# So long an answered client may go on sending.
LINGER_S = 5.0
# A request comes in so fast, on the whole, and without a longer silence; an answer is read so.
SILENCE_S = 20.0
LEAST_BYTES_PER_S = 64 * 1024
ROOM_S = 60.0

# What a head says of its body: how much it may be, or the answer that ends the connection.
Allow = Callable[[Request], "Allowance | Response"]


class HttpProtocol(asyncio.Protocol):
    """One connection. Requests on it are answered in order, one at a time.

    A body longer than ``max_body`` is refused; of a shorter one at most ``kept_body`` bytes are
    kept; headers may have ``max_headers`` bytes. ``on_lost`` is called with the protocol when the
    connection has ended. ``refusal`` is asked of each request's head, before its body is read: its
    answer ends the connection. ``allow`` is asked, after it, of heads with a large body.
    ``sink_of`` says where a body goes that is not held here.
    """

    def __init__(
        self,
        handler: Handler,
        max_body: int = MAX_BODY,
        kept_body: int = MAX_BODY,
        on_lost: Callable[[HttpProtocol], None] | None = None,
        refusal: Callable[[Request], Response | None] | None = None,
        max_headers: int = MAX_HEADER_BYTES,
        allow: Allow | None = None,
        sink_of: SinkOf | None = None,
    ) -> None:
        self._handler = handler
        self._sink_of = sink_of
        self._sink: Sink | None = None
        self._sender: StreamSender | None = None
        self._refusal = refusal
        self._allow = allow
        self._max_body = max_body
        self._kept_body = kept_body
        self._max_headers = max_headers
        self._on_lost = on_lost
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._pipeline = Pipeline()
        self._task: asyncio.Task[None] | None = None
        self._later: Later | None = None
        self._closed = False
        self._peer = ("127.0.0.1", 0)
        self._paused: set[str] = set()
        self._heard = self._begun = self._stuck = 0.0
        self._unread = 0
        self._room: Reservation | None = None
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._size = 0
        self._header_bytes = 0
        self._most = self._max_body
        self._declared = 0
        self._reading = False
        self._in_body = False

    @property
    def idle_since(self) -> float | None:
        """When a request was last heard of (monotonic seconds); None while there is one."""
        busy = self._is_busy() or self._pipeline.requests or self._in_body
        return None if busy or self._closed else self._begun

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._closed:
            transport.abort()
            return
        self._peer = transport.get_extra_info("peername")[:2]
        self._heard = self._begun = monotonic()

    def connection_lost(self, exc: Exception | None) -> None:
        # A running handler goes on: AWS, too, finishes an invocation whose caller has gone.
        self._closed = True
        self._pipeline.clear()
        _release(self._room)
        self._room = None
        if self._sink is not None:
            self._sink.broken()
            self._sink = None
        if self._sender is not None:
            self._sender.go_on()
        # The parser and this hold each other: what was half read must not wait for the collector.
        self._begin()
        if self._on_lost is not None:
            self._on_lost(self)

    def pause_writing(self) -> None:
        """The client does not read: nothing more is read of it, and nothing answered."""
        self._stuck = monotonic()
        self._pause("unread")

    def resume_writing(self) -> None:
        """The client has read."""
        self._stuck = 0.0
        self._resume("unread")
        if self._sender is not None:
            self._sender.go_on()
        self._serve_waiting()

    def abort(self) -> None:
        """End the connection now, whatever it is in the middle of."""
        self._closed = True
        if self._transport is not None:
            self._transport.abort()

    def check(self, now: float) -> None:
        """End a connection whose client has fallen silent within a request, or does not read."""
        if self._stuck and self._transport is not None:
            unread = self._transport.get_write_buffer_size()
            if unread != self._unread:
                self._unread, self._stuck = unread, now
            elif now - self._stuck > ROOM_S:
                self.abort()
        elif self._room is not None and not self._room.is_granted:
            if now - self._begun > ROOM_S:
                text = b"The embedded cloud holds too many large requests. Try again.\n"
                self._end_with(Response(503, {"Retry-After": "5"}, text))
        elif self._reading and not self._paused:
            due_s = SILENCE_S + self._size / LEAST_BYTES_PER_S
            if now - self._heard > SILENCE_S or now - self._begun > due_s:
                self._refuse(408)

    def data_received(self, data: bytes) -> None:
        if self._closed:
            return
        self._heard = monotonic()
        pipeline = self._pipeline
        if pipeline.unfed:
            pipeline.unfed += data
        elif len(data) <= SLICE:
            self._feed(data)
        else:
            self._feed_slices(data)
        if pipeline.requests or pipeline.unfed:
            self._count_waiting()

    def _feed_slices(self, data: bytes) -> None:
        view, at = memoryview(data), 0
        while at < len(data) and not self._closed:
            if self._pipeline.is_full():
                self._pipeline.unfed = bytes(view[at:])
                self._pause("queue")
                return
            rest = self._declared - self._size if self._in_body else 0
            step = max(SLICE, rest)
            self._feed(view[at : at + step])
            at += step

    def _feed(self, data: bytes | memoryview) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
        except httptools.HttpParserError:
            self._refuse(400)

    def _upgrade(self) -> None:
        self._refuse(400)

    # httptools callbacks

    def on_message_begin(self) -> None:
        self._begin()
        self._reading = True
        self._begun = self._heard

    def on_url(self, url: bytes) -> None:
        self._target += url
        self._count_header(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_header(len(name) + len(value))
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        if len(self._headers) > MAX_HEADERS:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        if self._closed:
            return
        hosts, expects, chunked = 0, False, False
        for name, value in self._headers:
            if name == "host":
                hosts += 1
            elif name == "content-length":
                self._declared = int(value)
            elif name == "transfer-encoding":
                chunked = True
            elif name == "expect":
                expects = value.lower() == "100-continue"
        if hosts > 1:
            self._refuse(400)
            return
        if self._refusal is not None:
            refused = self._refusal(self._request())
            if refused is not None:
                self._end_with(refused)
                return
        self._in_body = chunked or self._declared > 0
        if self._sink_of is not None and self._in_body:
            self._sink = self._sink_of(
                self._request(), partial(self._pause, "sink"), partial(self._resume, "sink")
            )
        if self._allow is not None and (chunked or self._declared > FREE_BODY):
            self._ask_for_room(self._allow, chunked)
        if expects and not self._closed:
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _ask_for_room(self, allow: Allow, chunked: bool) -> None:
        allowed = allow(self._request())
        if isinstance(allowed, Response):
            self._end_with(allowed)
            return
        self._most = min(self._max_body, allowed.most)
        if self._declared > self._most:
            self._refuse(413)
            return
        size = min(STEP if chunked else self._declared, self._kept_body)
        self._room = allowed.budget.reserve(size, partial(self._resume, "room"))
        if not self._room.is_granted:
            self._pause("room")

    def on_body(self, body: bytes) -> None:
        if self._closed:
            return
        if self._sink is not None:
            self._sink.feed(bytes(body))
            return
        self._size += len(body)
        if self._size > self._most:
            self._refuse(413)
        elif self._size - len(body) < self._kept_body:
            room = self._room
            if room is not None and room.is_granted and self._size > room.size:
                wanted = max(STEP, self._size - room.size)
                if room.size < room.budget.most and not room.budget.grow(room, wanted):
                    self._refuse(503)
                    return
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self._closed:
            return
        request, room = self._request(), self._room
        keep_alive = self._parser.should_keep_alive()
        self._body, self._room = [], None
        self._reading = self._in_body = False
        if self._sink is not None:
            self._sink = None
            self._resume("sink")
        if self._pipeline.requests or self._is_busy() or "unread" in self._paused:
            self._pipeline.put((request, keep_alive, room))
            if self._pipeline.is_full():
                self._pause("queue")
            return
        self._serve(request, keep_alive, room)

    def _request(self) -> Request:
        """What has been read of the request: without a body before that has come."""
        return Request(
            self._parser.get_method().decode("latin-1"),
            self._target.decode("latin-1"),
            self._headers,
            b"".join(self._body),
            self._peer,
            http_version=self._parser.get_http_version(),
        )

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > self._max_headers:
            self._refuse(431)

    # what is read, and when

    def _is_busy(self) -> bool:
        return self._later is not None or (self._task is not None and not self._task.done())

    def _is_unread(self) -> bool:
        return "unread" in self._paused

    def _is_gone(self) -> bool:
        return self._closed or self._transport is None or self._transport.is_closing()

    def _count_waiting(self) -> None:
        if not self._pipeline.count():
            self.abort()

    def _pause(self, why: str) -> None:
        if not self._paused and self._transport is not None:
            self._transport.pause_reading()
        self._paused.add(why)

    def _resume(self, why: str) -> None:
        if why in self._paused:
            self._paused.discard(why)
            self._heard = monotonic()
            if why == "room":
                self._begun = self._heard
            if not self._paused and self._transport is not None and not self._closed:
                self._transport.resume_reading()

    # answering

    def _serve(self, request: Request, keep_alive: bool, room: Reservation | None = None) -> None:
        try:
            answer = self._handler(request)
        except Exception:
            log.exception("handler failed")
            answer = Response(500)
        if isinstance(answer, Response):
            _release(room)
            self._send(answer, request, keep_alive)
            return
        if isinstance(answer, Later):
            self._later = answer
            answer.then(partial(self._finish, request, keep_alive, room))
            return
        self._task = asyncio.ensure_future(self._serve_later(answer, request, keep_alive, room))

    async def _serve_later(
        self,
        answer: Awaitable[Response],
        request: Request,
        keep_alive: bool,
        room: Reservation | None,
    ) -> None:
        try:
            response = await answer
        except Exception:
            log.exception("handler failed")
            response = Response(500)
        finally:
            _release(room)
        if isinstance(response, Streamed):
            await self._stream(response, request, keep_alive)
        else:
            self._send(response, request, keep_alive)
        self._task = None
        self._serve_waiting()

    async def _stream(self, response: Streamed, request: Request, keep_alive: bool) -> None:
        self._begun = self._heard
        self._sender = StreamSender(self._write, self._is_unread, self._is_gone)
        try:
            keep_alive = await self._sender.send(response, request, keep_alive=keep_alive)
        finally:
            self._sender = None
        self._begun = self._heard = monotonic()
        if not keep_alive and self._transport is not None:
            self._transport.close()

    def _finish(
        self,
        request: Request,
        keep_alive: bool,
        room: Reservation | None,
        response: Response | None,
    ) -> None:
        self._later = None
        _release(room)
        if response is not None:
            self._send(response, request, keep_alive)
        self._serve_waiting()

    def _serve_waiting(self) -> None:
        # A handler may answer at once, or later: then that answer's end goes on from here.
        pipeline = self._pipeline
        while pipeline.requests and not self._closed and not self._is_serving():
            self._serve(*pipeline.take())
        if "queue" in self._paused and not pipeline.is_full() and not self._closed:
            unfed, pipeline.unfed = pipeline.unfed, b""
            self._feed_slices(unfed)
            # That may have filled it again.
            if not pipeline.unfed and not pipeline.is_full():
                self._resume("queue")
        if pipeline.is_counted:
            self._count_waiting()

    def _is_serving(self) -> bool:
        return self._task is not None or self._later is not None or "unread" in self._paused

    def _send(self, response: Response, request: Request, keep_alive: bool) -> None:
        self._begun = self._heard
        self._write(response.encode(keep_alive=keep_alive, head=request.method == "HEAD"))
        if not keep_alive and self._transport is not None:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        self._end_with(Response(status))

    def _end_with(self, response: Response) -> None:
        transport = self._transport
        if not self._closed and transport is not None:
            self._write(response.encode(keep_alive=False))
            if self._in_body and transport.can_write_eof():
                self._linger(transport)
            else:
                transport.close()
        self._closed = True

    def _linger(self, transport: asyncio.Transport) -> None:
        """The client is still sending: throw away what comes, so that it reads the answer.

        A connection that is closed before all is read is reset, and the answer is lost (RFC 9112,
        section 9.6).
        """
        _release(self._room)
        self._room = None
        transport.write_eof()
        if self._paused:
            transport.resume_reading()
        asyncio.get_running_loop().call_later(LINGER_S, transport.close)

    def _write(self, data: bytes) -> None:
        if not self._closed and self._transport is not None:
            self._transport.write(data)


def _release(room: Reservation | None) -> None:
    if room is not None:
        room.release()
