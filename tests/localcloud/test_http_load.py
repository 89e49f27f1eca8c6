"""The open load of ``bench/http_load.py``: nobody's answer is waited for before the next request."""

from __future__ import annotations

import asyncio

import pytest

from bench.http_load import Connections, Load, offer

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def measured(answers: list[bytes], answers_from: int = 1) -> Load:
    """One request for each of a server's answers, which come once so many requests are there."""

    async def run() -> Load:
        load, there, numbers = Load(), asyncio.Event(), iter(range(len(answers)))

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.read(len(REQUEST)):
                number = next(numbers)
                if number + 1 >= answers_from:
                    there.set()
                await there.wait()
                writer.write(answers[number])
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            connections = Connections(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            await offer(connections, REQUEST, 100.0, len(answers) / 100.0, load)
            connections.close()
        return load

    return asyncio.run(run())


def said(status: int) -> bytes:
    return f"HTTP/1.1 {status} A\r\nContent-Length: 2\r\n\r\nok".encode()


def test_requests_do_not_wait_for_each_other() -> None:
    load = measured([said(200)] * 10, answers_from=10)
    assert load.statuses == {200: 10}
    # Due 90 ms before the last one, and answered after it.
    assert max(load.latencies) >= 80.0


def test_what_was_not_answered_with_200_is_counted_apart() -> None:
    load = measured([said(200), said(503), said(200)])
    assert load.statuses == {200: 2, 503: 1}
    assert len(load.latencies) == 2
    assert "2 of 3 answered with 200" in load.told()
    assert "others {503: 1}" in load.told()


@pytest.mark.parametrize("broken", [b"", b"HTTP/1.1 200 A\r\nContent-Length: 9\r\n\r\nshort"])
def test_a_connection_that_breaks_is_no_answer(broken: bytes) -> None:
    async def run() -> Load:
        load = Load()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(len(REQUEST))
            writer.write(broken)
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            connections = Connections(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            await offer(connections, REQUEST, 100.0, 0.02, load)
        return load

    load = asyncio.run(run())
    assert load.statuses == {0: 2}
    assert load.latencies == []
