"""Streamed answers on a connection: how they end for each version of HTTP, and who reads them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable

import pytest

from serverless_course.localcloud.wire.connection import ROOM_S, SILENCE_S, HttpProtocol
from serverless_course.localcloud.wire.http import Request, Response
from serverless_course.localcloud.wire.streamed import Broken, Streamed


async def two_parts() -> AsyncGenerator[bytes]:
    yield b"one "
    await asyncio.sleep(0)
    yield b"two"


async def cut_off() -> AsyncGenerator[bytes]:
    yield b"one "
    raise Broken


def talk(sent: bytes, parts: Callable[[], AsyncGenerator[bytes]], status: int = 200) -> bytes:
    """What the server sends until it closes, or nothing more comes."""

    async def answer(_request: Request) -> Response:
        return Streamed(status, parts=parts())

    async def run() -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: HttpProtocol(answer), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(sent)
        told = b""
        try:
            while data := await asyncio.wait_for(reader.read(100_000), 0.5):
                told += data
            told += b" CLOSED"
        except TimeoutError:
            pass
        writer.close()
        server.close()
        return told

    return asyncio.run(run())


def test_a_client_of_http_1_1_gets_chunks_and_keeps_its_connection() -> None:
    told = talk(b"GET / HTTP/1.1\r\n\r\n" * 2, two_parts)
    assert told.count(b"\r\n\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n") == 2
    assert told.count(b"Transfer-Encoding: chunked\r\nConnection: keep-alive") == 2
    assert not told.endswith(b" CLOSED")
    assert talk(b"GET / HTTP/1.1\r\n\r\n", cut_off).endswith(b"\r\n4\r\none \r\n CLOSED")


@pytest.mark.parametrize("lines", [b"", b"Connection: keep-alive\r\n"])
def test_a_client_of_http_1_0_reads_until_the_connection_closes(lines: bytes) -> None:
    told = talk(b"GET / HTTP/1.0\r\n" + lines + b"\r\n", two_parts)
    head, _, body = told.partition(b"\r\n\r\n")
    assert body == b"one two CLOSED"
    assert b"Transfer-Encoding" not in head
    assert b"Connection: close" in head


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_head_and_204_have_no_body(version: bytes) -> None:
    asked = b" / HTTP/" + version + b"\r\nConnection: close\r\n\r\n"
    assert talk(b"HEAD" + asked, two_parts).endswith(b"\r\n\r\n CLOSED")
    told = talk(b"GET" + asked, two_parts, 204)
    assert told.endswith(b"\r\n\r\n CLOSED")
    assert b"Transfer-Encoding" not in told


class Watched:
    """One connection to a server whose answer does not end until it is closed.

    ``protocol.check`` is given the time that it is to be: nothing here waits for a minute.
    """

    def __init__(self, part: bytes) -> None:
        self.protocol = HttpProtocol(self._answer)
        self.is_closed = asyncio.Event()
        self._part = part

    async def _answer(self, _request: Request) -> Response:
        return Streamed(parts=self._parts())

    async def _parts(self) -> AsyncGenerator[bytes]:
        try:
            while True:
                yield self._part
                await asyncio.sleep(0.005)
        finally:
            self.is_closed.set()

    async def connect(self) -> asyncio.StreamReader:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: self.protocol, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(
            *server.sockets[0].getsockname(), limit=65536
        )
        self._held = (server, writer)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        return reader

    def end(self) -> None:
        self.protocol.abort()
        for each in self._held:
            each.close()


def test_a_client_that_reads_no_more_loses_its_connection_and_its_parts_are_closed() -> None:
    async def run() -> None:
        watched = Watched(bytes(1 << 20))
        await watched.connect()
        end = time.monotonic() + 20
        while "unread" not in watched.protocol._paused:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        now = time.monotonic()
        # The first look notes how much is unread.
        watched.protocol.check(now)
        watched.protocol.check(now + ROOM_S - 1)
        await asyncio.sleep(0.05)
        assert not watched.is_closed.is_set()
        watched.protocol.check(now + ROOM_S + 1)
        await asyncio.wait_for(watched.is_closed.wait(), 5)
        watched.end()

    asyncio.run(run())


def test_a_streamed_answer_is_not_idle_however_long_it_takes() -> None:
    async def run() -> None:
        watched = Watched(b"tick")
        reader = await watched.connect()
        assert watched.protocol.idle_since is None
        watched.protocol.check(time.monotonic() + ROOM_S + SILENCE_S + 3600)
        assert b"tick" in await reader.readuntil(b"tick\r\n")
        assert not watched.is_closed.is_set()
        watched.end()
        await asyncio.wait_for(watched.is_closed.wait(), 5)

    asyncio.run(run())
