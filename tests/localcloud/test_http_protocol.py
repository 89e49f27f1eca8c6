"""HTTP/1.1 as the server speaks it, byte by byte."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.wire.connection import MAX_HEADER_BYTES, HttpProtocol
from serverless_course.localcloud.wire.http import Later, Request, Response
from serverless_course.localcloud.wire.pipeline import BACKLOG, MAX_WAITING_BYTES


def handle(request: Request) -> Response | Awaitable[Response]:
    """Echo; ``/later`` answers a moment later."""
    body = f"{request.method} {request.target} ".encode() + request.body
    if request.path == "/fails":
        raise ValueError("broken handler")
    if request.path == "/none":
        return Response(204)
    if request.path != "/later":
        return Response(body=body)

    async def later() -> Response:
        await asyncio.sleep(0.01)
        return Response(body=body)

    return later()


def talk(*pieces: bytes, max_body: int = 1000) -> bytes:
    """What the server sends for these pieces, until it closes or nothing more comes."""

    async def run() -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: HttpProtocol(handle, max_body), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        answer = b""
        try:
            while data := await asyncio.wait_for(reader.read(100_000), 0.15):
                answer += data
        except (TimeoutError, ConnectionError):
            pass
        writer.close()
        server.close()
        return answer

    return asyncio.run(run())


def bodies(answer: bytes) -> list[bytes]:
    """Bodies of answers that end in a mark of their own."""
    return [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]]


def test_a_connection_is_kept_until_it_is_to_close() -> None:
    one = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = talk(one, one, last, one)
    assert bodies(answer) == [b"GET /a ", b"GET /a ", b"GET /b "]
    assert answer.count(b"Connection: keep-alive") == 2
    assert answer.count(b"Connection: close") == 1
    assert bodies(talk(b"GET /old HTTP/1.0\r\n\r\n", one)) == [b"GET /old "]


def test_pipelined_requests_are_answered_in_order() -> None:
    order = ["/later", "/now", "/now2", "/later", "/end"]
    sent = b"".join(f"GET {path} HTTP/1.1\r\n\r\n".encode() for path in order)
    assert bodies(talk(sent)) == [f"GET {path} ".encode() for path in order]


def test_a_chunked_body() -> None:
    sent = (
        b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\n\r\n"
    )
    assert bodies(talk(sent)) == [b"POST /c abcdefgh"]


def test_it_says_continue_before_the_body() -> None:
    head = b"PUT /e HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    assert talk(head) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert bodies(talk(head, b"body"))[1] == b"PUT /e body"


def test_head_and_204_have_no_body() -> None:
    answer = talk(b"HEAD /h HTTP/1.1\r\n\r\n")
    assert b"Content-Length: 8\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")
    answer = talk(b"GET /none HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert b"Content-Length" not in answer


def test_what_is_too_large_is_refused() -> None:
    many = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(MAX_HEADER_BYTES // 1000 + 2))
    assert talk(b"GET / HTTP/1.1\r\n" + many + b"\r\n").startswith(b"HTTP/1.1 431")
    assert talk(b"GET /" + b"p" * MAX_HEADER_BYTES + b" HTTP/1.1\r\n\r\n").startswith(
        b"HTTP/1.1 431"
    )
    body = b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + b"z" * 1001
    assert talk(body).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x00",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_garbage_is_refused_and_the_connection_closed(garbage: bytes) -> None:
    answer = talk(garbage)
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"Connection: close" in answer


def test_a_handler_that_fails_is_a_500_and_no_end() -> None:
    answer = talk(b"GET /fails HTTP/1.1\r\n\r\n", b"GET /next HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500")
    assert bodies(answer)[1] == b"GET /next "


@given(st.integers(1, 60), st.binary(max_size=100).filter(lambda body: b"HTTP" not in body))
def test_a_request_cut_anywhere_is_the_same_request(size: int, body: bytes) -> None:
    seen: list[Request] = []

    def take(request: Request) -> Response:
        seen.append(request)
        return Response()

    sent = (
        b"POST /p%20q?a=b HTTP/1.1\r\nHost: x\r\nX-Long: "
        + b"v" * 50
        + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
        + body
    )
    protocol = HttpProtocol(take)
    for start in range(0, len(sent), size):
        protocol.data_received(sent[start : start + size])
    assert [(r.method, r.target, r.body) for r in seen] == [("POST", "/p%20q?a=b", body)]
    assert seen[0].headers[:2] == [("host", "x"), ("x-long", "v" * 50)]


def test_half_a_body_is_let_go_of_when_its_connection_ends() -> None:
    size = 20_000_000
    gc.disable()
    tracemalloc.start()
    try:
        protocol = HttpProtocol(handle)
        protocol.data_received(b"POST / HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(200):
            protocol.data_received(bytes(size // 200))
        assert tracemalloc.get_traced_memory()[0] > size
        protocol.connection_lost(None)
        assert tracemalloc.get_traced_memory()[0] < size / 10
    finally:
        tracemalloc.stop()
        gc.enable()


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.is_closed = True


def test_an_answer_given_later_is_on_the_wire_at_once_and_in_order() -> None:
    asked: list[Later] = []

    def take(request: Request) -> Response | Later:
        if request.path == "/now":
            return Response(200, {}, b"now")
        asked.append(Later())
        return asked[-1]

    protocol, wire = HttpProtocol(take), Wire()
    protocol._transport = wire  # type: ignore[assignment]
    protocol.data_received(b"GET /later HTTP/1.1\r\n\r\nGET /now HTTP/1.1\r\n\r\n")
    assert (len(asked), wire.written) == (1, b""), "the second waits for the first"
    asked[0].give(Response(200, {}, b"late"))
    assert bodies(wire.written) == [b"late", b"now"]
    asked[0].give(Response(200, {}, b"again"))
    assert b"again" not in wire.written, "an answer is given once"
    protocol.data_received(b"GET /later HTTP/1.1\r\nConnection: close\r\n\r\n")
    asked[1].give(Response(200, {}, b"last"))
    assert bodies(wire.written)[-1] == b"last"
    assert wire.is_closed


def test_a_request_that_gets_no_answer_holds_up_no_other() -> None:
    asked = Later()
    answers: list[Response | Later] = [asked, Response(200, {}, b"next")]
    protocol, wire = HttpProtocol(lambda _: answers.pop(0)), Wire()
    protocol._transport = wire  # type: ignore[assignment]
    protocol.data_received(b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
    asked.cancel()
    asked.give(Response(200, {}, b"too late"))
    assert bodies(wire.written) == [b"next"]


async def flooded(protocols: list[HttpProtocol], request: bytes, count: int) -> tuple[int, int]:
    """Send many requests on each of some connections while nobody reads, then read all answers.

    Returns the bytes that waited most in one connection, and how many answers came in all.
    """

    async def late(_request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(body=b"!" * 200)

    def make() -> HttpProtocol:
        protocols.append(HttpProtocol(late))
        return protocols[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0)
    most = answers = 0
    connections = [
        await asyncio.open_connection(*server.sockets[0].getsockname()) for _ in range(3)
    ]
    for _, writer in connections:
        writer.write(request * count)
    until = loop.time() + 1.0
    while loop.time() < until:
        await asyncio.sleep(0.02)
        most = max(most, *(each._pipeline.size for each in protocols))
    for reader, writer in connections:
        for _ in range(count):
            head = await asyncio.wait_for(reader.readuntil(b"!" * 200), 10)
            answers += head.count(b"HTTP/1.1 200")
        writer.close()
    server.close()
    await asyncio.sleep(0.05)
    return most, answers


def test_a_flood_waits_with_its_client_and_is_answered_in_full() -> None:
    request = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

    async def run() -> tuple[int, int]:
        return await flooded([], request, 60_000)

    most, answers = asyncio.run(run())
    assert answers == 180_000
    # What asyncio reads at once, and a slice of it more than may wait.
    assert most < 256 * 1024 + MAX_WAITING_BYTES + 4096 * 20
    assert BACKLOG.held == 0


def test_what_waits_in_all_connections_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BACKLOG, "most", 300_000)
    protocols: list[HttpProtocol] = []

    async def run() -> int:
        async def never(_request: Request) -> Response:
            await asyncio.Event().wait()
            return Response()

        def make() -> HttpProtocol:
            protocols.append(HttpProtocol(never))
            return protocols[-1]

        loop = asyncio.get_running_loop()
        server = await loop.create_server(make, "127.0.0.1", 0)
        ended = 0
        for _ in range(6):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            one = b"POST / HTTP/1.1\r\nContent-Length: 50000\r\n\r\n" + bytes(50_000)
            writer.write(one * 9)
            await asyncio.sleep(0.05)
            assert BACKLOG.held <= 300_000
            ended += reader.at_eof() or isinstance(reader.exception(), ConnectionError)
        server.close()
        for each in protocols:
            each.abort()
        await asyncio.sleep(0.05)
        return ended

    assert asyncio.run(run()) >= 3
    assert BACKLOG.held == 0
