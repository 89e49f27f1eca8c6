"""What killed processes have sent to their Runtime API is not taken for their successors'."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from serverless_course.localcloud.lambda_.environment.runtime_api import RuntimeApi

NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n"
ROUNDS = 20


class Asked:
    """A Runtime API, and how often a runtime has asked it for an event."""

    def __init__(self) -> None:
        self.times = 0
        self.api = RuntimeApi(self._on_next, lambda *_: False, lambda _: None)
        self.api.open()

    def ask(self) -> socket.socket:
        """A runtime's request as the kernel has it: the server has not read it yet."""
        host, port = self.api.address.split(":")
        connection = socket.create_connection((host, int(port)))
        connection.sendall(NEXT % self.api.address.encode())
        return connection

    def _on_next(self) -> bool:
        self.times += 1
        return True


def has_ended(connection: socket.socket) -> bool:
    """Whether the server has ended a connection, without an answer; TimeoutError if not."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


async def rounds(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("turns", range(6))
def test_a_request_of_a_killed_runtime_is_not_read(turns: int) -> None:
    """After each number of the loop's turns: waiting, accepted, connected, read."""

    async def main() -> None:
        asked = Asked()
        with asked.ask():
            for _ in range(turns):
                await asyncio.sleep(0)
            before = asked.times
            asked.api.hang_up()
            assert not asked.api.asked
            await rounds(ROUNDS)
            assert asked.times == before
            assert not asked.api.asked
        with asked.ask():
            await rounds(ROUNDS)
            assert asked.times == before + 1
            assert asked.api.asked
        asked.api.close()

    asyncio.run(main())


@pytest.mark.parametrize("act", [RuntimeApi.hang_up, RuntimeApi.close])
def test_every_connection_ends(act: Callable[[RuntimeApi], Awaitable[None] | None]) -> None:
    async def main() -> None:
        asked = Asked()
        connections = [asked.ask() for _ in range(8)]
        await rounds(3)
        connections += [asked.ask() for _ in range(4)]
        act(asked.api)
        await rounds(ROUNDS)
        for each in connections:
            each.settimeout(1.0)
            with each:
                assert has_ended(each)
        asked.api.close()

    asyncio.run(main())
